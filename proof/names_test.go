package proof

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEndpointNames(t *testing.T) {
	t.Parallel()
	service := Endpoint{ID: "vpce-0fe5b17a0707d6abc", Names: []string{
		"vpce-0fe5b17a0707d6abc-29p5708s-us-east-1a.vpce-svc-0e123abc123198abc.us-east-1.vpce.amazonaws.com",
		"vpce-0fe5b17a0707d6abc-29p5708s.vpce-svc-0e123abc123198abc.us-east-1.vpce.amazonaws.com",
		"vpce-0fe5b17a0707d6abc-29p5708s-us-east-1-atl-2a.vpce-svc-0e123abc123198abc.us-east-1.vpce.amazonaws.com",
	}}
	s3 := Endpoint{ID: "vpce-1", Names: []string{
		"s3.us-east-1.amazonaws.com", "*.s3.us-east-1.amazonaws.com",
		"*.vpce-1-abcd-us-east-1a.s3.us-east-1.vpce.amazonaws.com", "*.VPCE-1-abcd.s3.us-east-1.vpce.amazonaws.com.",
	}}
	other := Endpoint{ID: "vpce-1", Names: []string{"vpce-12-abcd.x.vpce.amazonaws.com", "vpce-1-abcd", "vpce-1.x.vpce.amazonaws.com"}}
	for _, test := range []struct {
		endpoint  Endpoint
		zone      string
		want, err string
	}{
		{testEndpoint, "", "vpce-1-abcd.cloudformation.ap-northeast-2.vpce.amazonaws.com", ""},
		{testEndpoint, "ap-northeast-2a", "vpce-1-abcd-ap-northeast-2a.cloudformation.ap-northeast-2.vpce.amazonaws.com", ""},
		{testEndpoint, "ap-northeast-2b", "vpce-1-abcd-ap-northeast-2b.cloudformation.ap-northeast-2.vpce.amazonaws.com", ""},
		{service, "", service.Names[1], ""},
		{service, "us-east-1a", service.Names[0], ""},
		{service, "us-east-1-atl-2a", service.Names[2], ""},
		{s3, "", "bucket.vpce-1-abcd.s3.us-east-1.vpce.amazonaws.com", ""},
		{s3, "us-east-1a", "bucket.vpce-1-abcd-us-east-1a.s3.us-east-1.vpce.amazonaws.com", ""},
		{s3, "us-east-1b", "", "the endpoint vpce-1 has no DNS name for the zone us-east-1b among its names " +
			"s3.us-east-1.amazonaws.com, *.s3.us-east-1.amazonaws.com, *.vpce-1-abcd-us-east-1a.s3.us-east-1.vpce.amazonaws.com and *.VPCE-1-abcd.s3.us-east-1.vpce.amazonaws.com."},
		{other, "", "", "the endpoint vpce-1 has no regional DNS name among its names vpce-12-abcd.x.vpce.amazonaws.com, vpce-1-abcd and vpce-1.x.vpce.amazonaws.com"},
		{Endpoint{ID: "vpce-1"}, "", "", "the endpoint vpce-1 has no regional DNS name, because it has no names at all"},
	} {
		got, err := test.endpoint.ZonalName(test.zone)
		if test.zone == "" {
			got, err = test.endpoint.RegionalName()
		}
		if text := errorText(err); got != test.want || text != test.err {
			t.Errorf("%s in %q: got %q, %q", test.endpoint.ID, test.zone, got, text)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestProbeOfClaim(t *testing.T) {
	t.Parallel()
	regional, zonal := testEndpoint.Names[2], testEndpoint.Names[3]
	for _, test := range []struct {
		claim Claim
		want  Probe
	}{
		{Claim{Kind: Resolves, Host: "a.example.", Endpoint: "vpce-1", Answer: AnswerPublic}, Probe{Host: "a.example"}},
		{Claim{Kind: Resolves, Endpoint: "vpce-1", Answer: AnswerInterfaces}, Probe{Host: regional}},
		{Claim{Kind: Connects, Endpoint: "vpce-1"}, Probe{Host: regional, Port: 443}},
		{Claim{Kind: Unreachable, Endpoint: "vpce-1", Zone: "ap-northeast-2b", Port: 80}, Probe{Host: zonal, Port: 80}},
		{Claim{Kind: Answers, Host: "a.example"}, Probe{Host: "a.example", Port: 443, Scheme: "https"}},
		{Claim{Kind: Answers, Host: "a.example", Scheme: "http", Path: "/x"}, Probe{Host: "a.example", Port: 80, Scheme: "http", Path: "/x"}},
		{Claim{Kind: Answers, Host: "a.example", Scheme: "http", Port: 8080}, Probe{Host: "a.example", Port: 8080, Scheme: "http"}},
		{Claim{Kind: Spreads, Host: "a.example", Hosts: []string{"A", "B"}}, Probe{Host: "a.example", Port: 443, Scheme: "https", Requests: 261, Hosts: 2}},
		{Claim{Kind: Spreads, Host: "a.example", Scheme: "http", Hosts: []string{"A", "B"}, Requests: 300}, Probe{Host: "a.example", Port: 80, Scheme: "http", Requests: 300, Hosts: 2}},
		{Claim{Kind: Denied, Host: "a.example", Call: testCall}, Probe{Host: "a.example", Port: 443, Call: testCall}},
	} {
		test.claim.ID, test.want.Claim, test.want.Kind = "C", "C", test.claim.Kind
		if test.want.Timeout == 0 {
			test.want.Timeout = 3 * time.Second
		}
		switch test.claim.Kind {
		case Connects, Answers:
			test.want.Requests, test.want.Timeout = 253, 5*time.Second
		case Spreads:
			test.want.Timeout = 5 * time.Second
		}
		got, err := test.claim.Probe(targetFactsFor(test.claim.Kind))
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		if err := (Request{Probes: []Probe{got}}).Validate(); err != nil {
			t.Error(err)
		}
	}
	if _, err := (Claim{ID: "C", Kind: Routed}).Probe(targetFactsFor(Connects)); errorText(err) != "claim C: routed is judged by facts alone" {
		t.Errorf("got %v", err)
	}
	if _, err := (Claim{ID: "C", Kind: Connects, Endpoint: "vpce-1", Zone: "x"}).Probe(targetFactsFor(Connects)); err == nil {
		t.Error("got a probe for a zone that the endpoint is not in")
	}
}

// targetFactsFor are facts of a measured kind at testEndpoint.
func targetFactsFor(kind Kind) Facts {
	if kind == Resolves {
		return Facts{resolvesFacts{targetFacts: targetFacts{testEndpoint}}}
	}
	return Facts{targetFacts{testEndpoint}}
}

// The private name is the one that is not made of the endpoint's id.
func TestPrivateName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		names      []string
		want, fail string
	}{
		{[]string{"vpce-1-abc.ec2.r.vpce.amazonaws.com", "vpce-1-abc-ra.ec2.r.vpce.amazonaws.com", "EC2.r.amazonaws.com."}, "ec2.r.amazonaws.com", ""},
		{[]string{"api.partner.example", "vpce-1-abc.vpce-svc-1.r.vpce.amazonaws.com"}, "api.partner.example", ""},
		{[]string{"*.vpce-1-abc.s3.r.vpce.amazonaws.com", "*.s3.r.amazonaws.com", "s3.r.amazonaws.com"}, "bucket.s3.r.amazonaws.com", ""},
		{[]string{"vpce-1-abc.ec2.r.vpce.amazonaws.com"}, "", "the endpoint vpce-1 has no private DNS name"},
		{nil, "", "the endpoint vpce-1 has no private DNS name"},
	} {
		got, err := Endpoint{ID: "vpce-1", Names: test.names}.PrivateName()
		if got != test.want || errorText(err) != test.fail {
			t.Errorf("%q: got %q, %v", test.names, got, err)
		}
	}
}
