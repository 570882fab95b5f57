package verifier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// scheduled runs the proofs of a set because they are due. It answers nobody: what it
// finds is in the log, in metrics, and in events on the default bus. Nothing that goes
// wrong makes Lambda invoke it again but the end of its process.
func (h *Handler) scheduled(ctx context.Context, payload []byte) {
	event, proofs, err := contract.DecodeScheduled(payload)
	if err != nil {
		h.log.Error("the schedule's event is unusable", "error", err.Error())
		return
	}
	due, _ := time.Parse(time.RFC3339, event.Time) // it is one: see DecodeScheduled
	log := h.log.With("run", "scheduled", "set", event.Set, "due", event.Time)
	if late := h.clock.Now().Sub(due); late > time.Duration(event.Latest)*time.Second {
		log.Warn("run skipped", "reason", fmt.Sprintf("it would begin %s late, and the next one is due soon", late))
		return
	}
	h.runSet(ctx, log, event, proofs, "schedule "+event.Time)
}

// runSet runs the proofs of a set once, unless they are being run or the stack is
// being deployed.
func (h *Handler) runSet(ctx context.Context, log *slog.Logger, event contract.Scheduled, proofs map[string]contract.Properties, owner string) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(log, p)
		}
	}()
	start := h.clock.Now()
	limit := time.Duration(event.TimeLimit) * time.Second
	if remaining, bounded := h.remaining(ctx); bounded {
		limit = min(limit, remaining-contract.AnswerMargin/2)
	}
	kept := parameter{h, event.Memory}
	before, err := kept.begin(ctx, owner, start.Add(limit+contract.AnswerMargin))
	remembers := err == nil
	switch {
	case errors.Is(err, errBusy):
		log.Info("run skipped", "reason", err.Error())
		return
	case err != nil:
		// The alarms need no memory. Events do: what was told is not known.
		log.Warn("the last run is not known", "error", err.Error())
	}
	if status := h.stackStatus(ctx, log, event.Stack); strings.HasSuffix(status, "_IN_PROGRESS") {
		log.Info("run skipped", "reason", "the stack is "+status+": its deployment proves it")
		h.end(ctx, log, kept, remembers, owner, before, nil)
		return
	}
	report := h.verifyTogether(ctx, log, event.Set, proofs, limit)
	if !report.Holds() {
		if status := h.stackStatus(ctx, log, event.Stack); strings.HasSuffix(status, "_IN_PROGRESS") {
			log.Info("run dropped", "reason", "the stack is "+status+" now: its deployment proves it")
			h.end(ctx, log, kept, remembers, owner, before, nil)
			return
		}
	}
	now, age := h.clock.Now(), time.Duration(-1)
	if !before.Ended.IsZero() {
		age = now.Sub(before.Ended)
	}
	logMetrics(log, now, event.Set, report, age)
	if !remembers {
		return
	}
	tell, open := turns(event.Stack, before, report)
	for _, t := range tell {
		log.Info("verdict changed", "claim", t.Claim, "previous", t.Previous, "state", t.State, "reason", t.Reason, "changes", t.Changes)
	}
	untold, err := h.announce(ctx, event.Stack, tell)
	if err != nil {
		log.Warn("a change of a verdict could not be told", "claims", untold, "error", err.Error())
	}
	open = forget(open, before.Open, untold)
	h.end(ctx, log, kept, remembers, owner, before, func(m *memory) { m.Open, m.Ended = open, now })
}

// end gives the memory free, with what is to be recorded in it.
func (h *Handler) end(ctx context.Context, log *slog.Logger, kept parameter, remembers bool, owner string, before memory, record func(*memory)) {
	if !remembers {
		return
	}
	if err := kept.end(ctx, owner, before, record); err != nil {
		log.Warn("the run could not be remembered", "error", err.Error())
	}
}

// verifyTogether verifies the proofs of a set, each part with its share of the time.
func (h *Handler) verifyTogether(ctx context.Context, log *slog.Logger, set string, proofs map[string]contract.Properties, limit time.Duration) proof.Report {
	began := h.clock.Now()
	parts := together(set, proofs)
	var whole proof.Report
	for i, part := range parts {
		left := limit - h.clock.Now().Sub(began)
		report := h.verify(ctx, log, part, left/time.Duration(len(parts)-i), 0)
		whole.Subject = report.Subject
		whole.Verdicts = append(whole.Verdicts, report.Verdicts...)
	}
	whole.Took, whole.Limit = h.clock.Now().Sub(began), limit
	if len(parts) > 1 || !whole.Holds() {
		log.Info("outcome", "summary", whole.Summary(), "reason", whole.Reason())
	}
	return whole
}

// stackStatus is the status of the stack, or nothing if it cannot be told.
func (h *Handler) stackStatus(ctx context.Context, log *slog.Logger, stack string) string {
	return h.newStackWatch(log, stack).status(ctx)
}

// changed waits a little after a change for others, and runs the proofs then. Of
// several changes at the same time one waits for all.
func (h *Handler) changed(ctx context.Context, payload []byte) {
	event, err := contract.DecodeChange(payload)
	if err != nil {
		h.log.Error("the rule's event is unusable", "error", err.Error())
		return
	}
	log := h.log.With("run", "change", "call", event.Call, "by", event.By)
	kept := parameter{h, event.Memory}
	due := h.clock.Now().Add(contract.Debounce)
	errAwaited := errors.New("another change waits already")
	_, _, err = kept.change(ctx, func(m *memory) error {
		awaited := h.clock.Now().Before(m.Due)
		if !awaited {
			m.Due = due
		}
		if len(m.Changes) < maxChanges {
			m.Changes = append(m.Changes, change{event.Call, event.By, event.At})
		} else if awaited {
			return errAwaited
		}
		if awaited {
			due = time.Time{}
		}
		return nil
	})
	switch {
	case errors.Is(err, errAwaited) || err == nil && due.IsZero():
		log.Info("change noted", "reason", errAwaited.Error())
		return
	case err != nil:
		log.Warn("the change could not be noted", "error", err.Error())
	}
	if h.clock.Sleep(ctx, contract.Debounce) != nil {
		return
	}
	h.runChanged(ctx, log, kept, event)
}

// busyPause is between two looks whether another run is still under way.
const busyPause = 10 * time.Second

// runChanged runs what the schedule says, when the run that is under way is over.
func (h *Handler) runChanged(ctx context.Context, log *slog.Logger, kept parameter, event contract.Change) {
	schedule, err := call(ctx, h, api.GetSchedule, api.GetScheduleInput{Name: event.Schedule})
	if err != nil {
		log.Error("the schedule cannot be read", "error", err.Error())
		return
	}
	now := h.clock.Now().UTC().Format(time.RFC3339)
	// What the scheduler itself would put in.
	input := strings.ReplaceAll(schedule.Target.Input, contract.ScheduledTime, now)
	scheduled, proofs, err := contract.DecodeScheduled([]byte(input))
	if err != nil {
		log.Error("the schedule's event is unusable", "error", err.Error())
		return
	}
	for {
		m, _, err := kept.read(ctx, 0)
		if err != nil || m.Owner == "" || h.clock.Now().After(m.Until) {
			break
		}
		if h.clock.Sleep(ctx, busyPause) != nil {
			return
		}
	}
	h.runSet(ctx, log.With("set", scheduled.Set), scheduled, proofs, "change "+now)
}
