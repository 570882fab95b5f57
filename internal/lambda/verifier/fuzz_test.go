package verifier

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/lambdatest"
)

// denying refuses every AWS call.
var denying = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	lambdatest.Fail(w, http.StatusForbidden, "AccessDenied", "no")
})

// The handler neither panics nor hangs, whatever arrives. If the event has a
// ResponseURL, it gives exactly one answer, which CloudFormation would accept.
func FuzzEvent(f *testing.F) {
	for _, kind := range []cfn.RequestType{cfn.RequestCreate, cfn.RequestUpdate, cfn.RequestDelete} {
		seed, err := json.Marshal(newEvent(kind, goodProperties()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		w := newFixture()
		options := w.options()
		options.Config.HTTPClient = lambdatest.Client{Handler: denying}
		// The deadline has passed: this is about decoding, not measuring.
		options.Deadline = func(context.Context) (time.Time, bool) { return time.Time{}, true }
		_, err := New(options).Invoke(t.Context(), payload)
		answers, refused, attempts := w.url.Answers()
		var event cfn.Event
		_ = json.Unmarshal(payload, &event)
		switch {
		case event.ResponseURL != responseURL:
			return // that URL may not be usable
		case err != nil && attempts == 0:
			t.Fatalf("not even tried to answer: %v", err)
		case len(event.StackID)+len(event.RequestID)+len(event.LogicalResourceID)+len(event.PhysicalResourceID) > 1024:
			return // the ids alone can be too long for an answer
		case err != nil || len(answers) != 1 || len(refused) != 0:
			t.Fatalf("error %v, %d answers, refused %q", err, len(answers), refused)
		case event.RequestType == cfn.RequestDelete && answers[0].Status != "SUCCESS":
			t.Fatalf("a delete failed: %s", answers[0].Reason)
		case event.RequestType != cfn.RequestDelete && answers[0].Status != "FAILED":
			t.Fatalf("passed without any time to measure: %+v", answers[0])
		}
	})
}

// An answer never exceeds its limit, and never loses an attribute.
func FuzzAnswer(f *testing.F) {
	f.Add("reason", "report", "10.0.0.1", 3)
	f.Add("", "\x00\u2028 \"", "<&>", 100)
	f.Fuzz(func(t *testing.T, reason, report, seen string, claims int) {
		a := newAnswer(newEvent(cfn.RequestCreate, nil), cfn.StatusFailed).because(reason)
		a.Data = map[string]string{contract.AttributeReport: report}
		for i := range claims % 60 {
			a.Data["Claim"+string(rune('A'+i))] = seen
		}
		body, err := a.encode("whole report: elsewhere")
		if err != nil || len(body) > contract.MaxResponse {
			t.Fatalf("%d bytes, error %v", len(body), err)
		}
		var back answer
		if err := json.Unmarshal(body, &back); err != nil || len(back.Data) != len(a.Data) {
			t.Fatalf("error %v, %d attributes of %d", err, len(back.Data), len(a.Data))
		}
	})
}
