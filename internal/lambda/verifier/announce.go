package verifier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// turn is a change of a verdict, as the detail of an event tells it.
type turn struct {
	Stack, Claim, Kind string
	From               string `json:",omitempty"`
	// Previous and State are holds, refuted or unproven.
	Previous, State string
	// Reason is the sentence that a deployment would fail with; empty where the claim
	// holds.
	Reason string `json:",omitempty"`
	// Expected, Seen and Hint are the parts of it.
	Expected, Seen string
	Hint           string `json:",omitempty"`
	// Changes are what was changed since the run before, as far as rules told.
	Changes []change `json:",omitempty"`
}

// next is the state in which a claim goes into the memory, and the turn to tell, if
// there is one. A state that is not told stays what it was for whoever listens.
func next(before openState, verdict proof.Verdict) (state openState, tell bool) {
	switch verdict.State {
	case proof.Holds:
		return "", before == openRefuted || before == openUnproven
	case proof.Refuted:
		return openRefuted, before != openRefuted
	}
	switch before {
	case "":
		return openUnprovenOnce, false
	case openUnprovenOnce, openUnproven:
		return openUnproven, before == openUnprovenOnce
	}
	// Refuted so far. That it cannot be measured now does not refute the refutation.
	return openRefuted, false
}

// told is the state that listeners know.
func (s openState) told() proof.State {
	switch s {
	case openRefuted:
		return proof.Refuted
	case openUnproven:
		return proof.Unproven
	}
	return proof.Holds
}

// turns compare the verdicts with what is remembered, and return what to tell and
// what to remember.
func turns(stack string, before memory, report proof.Report) (tell []turn, open map[string]openState) {
	open = map[string]openState{}
	for _, verdict := range report.Verdicts {
		last := before.Open[verdict.Claim.ID]
		now, news := next(last, verdict)
		if now != "" {
			open[verdict.Claim.ID] = now
		}
		if !news {
			continue
		}
		t := turn{
			Stack: stack, Claim: verdict.Claim.ID, Kind: string(verdict.Claim.Kind), From: verdict.Claim.From,
			Previous: string(last.told()), State: string(verdict.State),
			Expected: verdict.Expected, Seen: verdict.Seen, Hint: verdict.Hint, Changes: before.Changes,
		}
		if verdict.State != proof.Holds {
			t.Reason = verdict.Reason()
		}
		tell = append(tell, t)
	}
	// Claims that are no longer made are gone, and nothing is told of them.
	return tell, open
}

// maxEntries is how many events one call takes
// (docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html).
const maxEntries = 10

// announce puts an event for each turn on the account's default bus. It needs
// events:PutEvents. It returns the claims whose turn could not be told.
func (h *Handler) announce(ctx context.Context, stack string, turns []turn) (untold []string, err error) {
	for some := range slices.Chunk(turns, maxEntries) {
		var in api.PutEventsInput
		for _, t := range some {
			detail, _ := json.Marshal(t) // it is made of strings
			in.Entries = append(in.Entries, api.PutEventsRequestEntry{
				Source: contract.EventSource, DetailType: contract.EventType, Detail: string(detail), Resources: []string{stack},
			})
		}
		out, failed := call(ctx, h, api.PutEvents, in)
		for i, t := range some {
			switch {
			case failed != nil:
				untold, err = append(untold, t.Claim), failed
			case i >= len(out.Entries):
				untold, err = append(untold, t.Claim), errors.New("events:PutEvents: the answer has fewer entries than the call")
			case out.Entries[i].ErrorCode != "":
				untold, err = append(untold, t.Claim), fmt.Errorf("events:PutEvents: %s: %s", out.Entries[i].ErrorCode, shorten(out.Entries[i].ErrorMessage, 200))
			}
		}
	}
	return untold, err
}

// forget takes back, in what is to be remembered, the turns that could not be told:
// the next run tells them.
func forget(open, before map[string]openState, untold []string) map[string]openState {
	open = maps.Clone(open)
	for _, claim := range untold {
		if last, known := before[claim]; known {
			open[claim] = last
		} else {
			delete(open, claim)
		}
	}
	return open
}
