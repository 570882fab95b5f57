package verifier

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"provenendpoints/proof"
)

// overrun is how long after its limit a verification is waited for. It ends
// itself at the limit; this is for the call that does not let go.
const overrun = 2 * time.Second

// verify runs the verification. It returns within limit and overrun, and a
// report with a verdict on each claim, whatever happens: claims that nothing is
// known of by then are unproven.
func (h *Handler) verify(ctx context.Context, log *slog.Logger, p properties, limit time.Duration) proof.Report {
	began := h.clock.Now()
	if limit <= 0 {
		return h.unfinished(p, nil, "there was no time: the function's deadline was over before it began", 0)
	}
	ctx, cancel := h.clock.WithTimeout(ctx, limit+min(overrun, limit/10))
	defer cancel()

	var mutex sync.Mutex
	known := make(map[string]proof.Verdict, len(p.Claims))
	verification := proof.Verification{
		Subject:       p.Subject,
		Claims:        p.Claims,
		VantagePoints: h.vantagePoints(log, p.VantagePoints),
		Lookups:       newLookups(h.config, h.clock, log),
		Clock:         h.clock,
		Limit:         limit,
		OnVerdict: func(verdict proof.Verdict) {
			logVerdict(log, verdict)
			mutex.Lock()
			defer mutex.Unlock()
			known[verdict.Claim.ID] = verdict
		},
	}
	done := make(chan proof.Report, 1)
	broken := make(chan any, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				logPanic(log, p)
				broken <- p
			}
		}()
		done <- verification.Run(ctx)
	}()
	var report proof.Report
	select {
	case report = <-done:
	case p := <-broken:
		panic(p) // outcomeOf makes it an answer
	case <-ctx.Done():
		select {
		case report = <-done:
		default:
			mutex.Lock()
			defer mutex.Unlock()
			report = h.unfinished(p, known, "the measurement did not end in time", h.clock.Now().Sub(began))
		}
	}
	log.Info("report", "subject", p.Subject, "text", report.Text(), "took", report.Took.String())
	return report
}

// unfinished is the report of a verification that was cut off.
func (h *Handler) unfinished(p properties, known map[string]proof.Verdict, why string, took time.Duration) proof.Report {
	report := proof.Report{Subject: p.Subject, Took: took}
	for _, claim := range p.Claims {
		verdict, ok := known[claim.ID]
		if !ok {
			verdict = proof.Verdict{
				Claim: claim, State: proof.Unproven, Expected: "an answer in time", Seen: why,
				Look: "the log of the verifier and of the probers, and their time limits",
			}
		}
		report.Verdicts = append(report.Verdicts, verdict)
	}
	return report
}

func (h *Handler) vantagePoints(log *slog.Logger, functions map[string]string) map[string]proof.VantagePoint {
	client := lambda.NewFromConfig(h.config)
	points := make(map[string]proof.VantagePoint, len(functions))
	for name, function := range functions {
		points[name] = &vantagePoint{name: name, function: function, client: client, clock: h.clock, log: log}
	}
	return points
}

// logVerdict writes the one line of a verdict.
func logVerdict(log *slog.Logger, verdict proof.Verdict) {
	level := slog.LevelInfo
	if verdict.State != proof.Holds {
		level = slog.LevelWarn
	}
	log.Log(context.Background(), level, "verdict",
		"claim", verdict.Claim.ID, "kind", string(verdict.Claim.Kind), "from", verdict.Claim.From,
		"state", string(verdict.State), "expected", verdict.Expected, "seen", verdict.Seen,
		"look", verdict.Look, "rounds", verdict.Rounds)
}

// attributesOf makes the resource's attributes: the report, its summary, and the
// evidence of every claim. None is ever empty, so that each can be an output.
func attributesOf(report proof.Report) map[string]string {
	holding := 0
	data := map[string]string{attributeReport: report.Text()}
	for _, verdict := range report.Verdicts {
		text := verdict.Seen
		if verdict.State == proof.Holds {
			holding++
		} else {
			text = string(verdict.State) + ": " + text
		}
		if text == "" {
			text = string(verdict.State)
		}
		data[verdict.Claim.ID] = text
	}
	data[attributeSummary] = fmt.Sprintf("%d of %d claims hold", holding, len(report.Verdicts))
	return data
}

// notVerified makes the attributes where no verification took place.
func notVerified(event cfn.Event, why error) map[string]string {
	ids := claimIDs(event)
	data := map[string]string{
		attributeReport:  "not verified: " + why.Error(),
		attributeSummary: fmt.Sprintf("0 of %d claims hold", len(ids)),
	}
	for _, id := range ids {
		data[id] = "not verified"
	}
	return data
}
