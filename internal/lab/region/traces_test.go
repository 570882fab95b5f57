package region_test

import (
	"strings"
	"testing"

	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/trace"
	"provenendpoints/proof"
)

// Every claim that was measured has the ways of its packets, and they say what the
// verdict says: what was reached got there and back, and what was not ended on the way.
func TestTraces(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s := assembled.Stack(t, id)
			r := newRegion(t, region.Options{Traces: true})
			deploy(t, r, s)
			traces := r.Traces(s.Name)
			var texts []string
			for _, l := range r.AllLogs(s.Name) {
				texts = append(texts, l.Text)
			}
			measured := 0
			for _, report := range traces.Explain(verdict.Read(texts...)) {
				for _, v := range report.Verdicts {
					kind := proof.Kind(v.Kind)
					if !kind.Measured() {
						if len(v.Traces) > 0 {
							t.Errorf("%s was not measured and has a trace", v.Claim)
						}
						continue
					}
					measured++
					if v.State != proof.Holds || len(v.Traces) == 0 {
						t.Errorf("%s %s has no trace", v.State, v.Claim)
					}
					for _, e := range v.Traces {
						checkTrace(t, v, e, traces)
					}
				}
			}
			if measured < 4 {
				t.Errorf("%d claims were measured, want some", measured)
			}
		})
	}
}

func checkTrace(t *testing.T, v verdict.Verdict, e trace.Exchange, traces region.Traces) {
	t.Helper()
	text := strings.Join(e.Named(traces.Naming()).Lines(), "\n")
	hop, _, broken := e.Broken()
	switch {
	case v.Kind == string(proof.Unreachable) && v.Measured.Port != 0 && (!broken || hop.Action != trace.Dropped):
		t.Errorf("%s is unreachable, but:\n%s", v.Claim, text)
	case v.Kind != string(proof.Unreachable) && (broken || e.Back == nil):
		t.Errorf("%s was reached, but:\n%s", v.Claim, text)
	}
	if first := e.There.Hops[0]; first.Action != trace.Received || !strings.HasPrefix(traces.Names[first.At], "function ") {
		t.Errorf("%s starts at %q, want the prober's function:\n%s", v.Claim, traces.Names[first.At], text)
	}
	if strings.Contains(text, "240.0.0.") {
		t.Errorf("%s shows addresses of the lab's own:\n%s", v.Claim, text)
	}
}

// Without being asked for there are no traces, and nobody traces.
func TestNoTraces(t *testing.T) {
	t.Parallel()
	s := assembled.Stack(t, assembled.GatewayEndpoint)
	r := newRegion(t, region.Options{})
	deploy(t, r, s)
	if traces := r.Traces(s.Name); len(traces.ByClaim) > 0 {
		t.Errorf("there are traces: %v", traces)
	}
}
