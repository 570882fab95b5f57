package proof

import (
	"testing"

	"github.com/miekg/dns"
)

var _ = exampleOf(Nonexistent, example{
	valid:    Claim{From: "private", Host: "gone.example"},
	fields:   "From! Host!",
	negative: true,
	gathered: []Claim{
		{Host: "a.example"},
	},
})

func TestJudgeNonexistent(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Nonexistent, Host: "gone.example"}
	const hint = "what answers for gone.example: a private hosted zone, a resolver rule, or an endpoint with private DNS"
	checkJudged(t, map[string]judged{
		"no such name":             {claim: claim, seen: Observation{Outcome: NoName, Missing: NXDomain}, state: Holds, text: "NXDOMAIN"},
		"a name without addresses": {claim: claim, seen: Observation{Outcome: NoName, Missing: NoData}, state: Refuted, text: "the name exists, without an address", hint: hint},
		"a name with one":          {claim: claim, seen: Observation{Outcome: OK, Addresses: addrs("192.0.2.1")}, state: Refuted, text: "it resolved to 192.0.2.1", hint: hint},
		"a name with too many":     {claim: claim, seen: Observation{Outcome: BadResponse, Detail: "too many"}, state: Refuted, text: "too many", hint: hint},
		"nobody answers":           {claim: claim, seen: Observation{Outcome: NoName, Detail: "silence"}, state: Unproven, text: "no resolver said so (silence)", hint: hintDNS},
		"resolved to nothing":      {claim: claim, seen: Observation{Outcome: OK}, state: Unproven, text: "the answer of the prober at private makes no sense: the name resolved to nothing", hint: hintLog},
		"not measured":             {claim: claim, seen: Observation{Outcome: Broken, Detail: "no resolver"}, state: Unproven, text: "the prober could not measure (no resolver)", hint: hintLog},
	})
}

// Asked of a real resolver: it does not exist, it exists, nobody knows.
func TestMeasureNonexistent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handler dns.HandlerFunc
		state   State
	}{
		"NXDOMAIN": {code(dns.RcodeNameError), Holds},
		"NODATA":   {func(rw dns.ResponseWriter, q *dns.Msg) { reply(t, rw, q) }, Refuted},
		"exists":   {func(rw dns.ResponseWriter, q *dns.Msg) { answerAddress(t, rw, q) }, Refuted},
		"SERVFAIL": {code(dns.RcodeServerFailure), Unproven},
	} {
		w := newWorld(t)
		w.stand(testResolver, serveDNS(t, test.handler))
		claim := Claim{ID: "C", Kind: Nonexistent, From: "private", Host: "a.example"}
		probe, err := claim.Probe(Facts{})
		if err != nil {
			t.Fatal(err)
		}
		seen := Measure(t.Context(), w.network(), []Probe{probe})[0]
		if verdict := Judge(claim, Facts{}, seen); verdict.State != test.state {
			t.Errorf("%s: %s (%s), want %s", name, verdict.State, verdict.Seen, test.state)
		}
	}
}

// answerAddress answers a question for IPv4 addresses with one.
func answerAddress(t *testing.T, rw dns.ResponseWriter, question *dns.Msg) {
	if asks(question, dns.TypeA) {
		reply(t, rw, question, "a.example. 60 IN A 192.0.2.1")
		return
	}
	reply(t, rw, question)
}
