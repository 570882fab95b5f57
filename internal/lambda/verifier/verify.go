package verifier

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// minTime is the time below which a verification is not begun.
const minTime = time.Second

// verify runs the verification. It returns within limit, and a report with a
// verdict on each claim ([proof.Verification.Run] ensures both, even where a
// call hangs or panics). It holds after settle at the earliest.
func (h *Handler) verify(ctx context.Context, log *slog.Logger, p contract.Properties, limit, settle time.Duration) proof.Report {
	verification := proof.Verification{
		Subject:       p.Subject,
		Subjects:      p.Subjects(),
		Claims:        p.All(),
		VantagePoints: h.vantagePoints(log, p.VantagePoints),
		Lookups:       newLookups(h.config, h.clock, p.VantagePoints, log),
		Clock:         h.clock,
		Limit:         limit,
		Settle:        settle,
		OnVerdict:     func(verdict proof.Verdict) { logVerdict(log, verdict, p.VantagePoints[verdict.Claim.From]) },
	}
	report := noTime(p)
	if limit >= minTime {
		report = verification.Run(ctx)
	}
	for _, verdict := range report.Verdicts {
		if verdict.Derived != "" {
			log.Info("derived", "claim", verdict.Claim.ID, "derived", verdict.Derived)
		}
	}
	log.Info("report", "subject", p.Subject, "text", report.Text(), "took", report.Took.String())
	return report
}

// noTime is the report where the function's deadline leaves no time to measure.
func noTime(p contract.Properties) proof.Report {
	report := proof.Report{Subject: p.Subject, Subjects: p.Subjects()}
	for _, claim := range p.All() {
		report.Verdicts = append(report.Verdicts, proof.Verdict{
			Claim: claim, State: proof.Unproven, Expected: "be measured", Seen: "no time was left before the verifier's deadline",
			Hint: "the time limit of the verifier function, which must be above that of the verification",
		})
	}
	return report
}

func (h *Handler) vantagePoints(log *slog.Logger, functions map[string]string) map[string]proof.VantagePoint {
	client := api.New(h.config)
	points := make(map[string]proof.VantagePoint, len(functions))
	for name, function := range functions {
		points[name] = &vantagePoint{name: name, function: function, client: client, clock: h.clock, log: log}
	}
	return points
}

// logVerdict writes the one line of a verdict. prober is the function at the claim's
// vantage point.
func logVerdict(log *slog.Logger, verdict proof.Verdict, prober string) {
	level := slog.LevelInfo
	if verdict.State != proof.Holds {
		level = slog.LevelWarn
	}
	var measured []any
	if m := verdict.Measured; m != nil {
		measured = []any{slog.Group("measured", "by", prober, "host", m.Host, "port", m.Port, "addresses", m.Addresses)}
	}
	log.With(measured...).Log(context.Background(), level, "verdict",
		"claim", verdict.Claim.ID, "kind", string(verdict.Claim.Kind), "from", verdict.Claim.From, "what", verdict.What(),
		"state", string(verdict.State), "expected", verdict.Expected, "seen", verdict.Seen,
		"hint", verdict.Hint, "rounds", verdict.Rounds)
}

// attributesOf makes the resource's attributes: the report, its summary, and the
// evidence that is wanted. None is ever empty, so that each can be an output.
func attributesOf(report proof.Report, wanted []string) map[string]string {
	data := map[string]string{
		contract.AttributeReport:  strings.TrimRight(report.Text(), "\n"),
		contract.AttributeSummary: report.Summary(),
	}
	for _, verdict := range report.Verdicts {
		if !slices.Contains(wanted, verdict.Claim.ID) {
			continue
		}
		text := verdict.Seen
		if verdict.State != proof.Holds || text == "" {
			text = strings.TrimSuffix(string(verdict.State)+": "+text, ": ")
		}
		data[verdict.Claim.ID] = text
	}
	return data
}

// notVerified makes the attributes where no verification took place.
func notVerified(event cfn.Event, why error) map[string]string {
	data := map[string]string{
		contract.AttributeReport:  "not verified: " + why.Error(),
		contract.AttributeSummary: fmt.Sprintf("0 of %d claims hold", contract.CountClaims(event.ResourceProperties)),
	}
	for _, id := range contract.EvidenceIDs(event.ResourceProperties) {
		data[id] = "not verified"
	}
	return data
}
