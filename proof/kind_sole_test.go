package proof

import "testing"

var _ = exampleOf(Sole, example{
	valid:    Claim{Endpoint: "vpce-1"},
	fields:   "Endpoint! Endpoints",
	gathered: []Claim{{Endpoint: "vpce-1"}},
})

func TestJudgeSole(t *testing.T) {
	t.Parallel()
	sole := Claim{Kind: Sole, Endpoint: "vpce-1"}
	but := Claim{Kind: Sole, Endpoint: "vpce-1", Endpoints: []string{"vpce-2"}}
	own := Endpoint{ID: "vpce-1", VPC: "vpc-1", Type: "Gateway", Service: "com.amazonaws.r.s3"}
	in := func(endpoints ...Endpoint) Facts { return Facts{soleFacts{own, endpoints}} }
	to := func(service string) Endpoint {
		return Endpoint{ID: "vpce-2", VPC: "vpc-1", Type: "Interface", Service: service, Policy: `{"Statement":[{"Effect":"Allow","Action":"s3:*"}]}`}
	}
	const hint = "what made vpce-2; declare it if it is wanted"
	checkJudged(t, map[string]judged{
		"sole":             {claim: sole, facts: in(own, to("com.amazonaws.r.sts")), state: Holds, text: "the only one to com.amazonaws.r.s3"},
		"a second one":     {claim: sole, facts: in(own, to("com.amazonaws.r.s3")), state: Refuted, text: "vpc-1 has the endpoint vpce-2 (Interface) to com.amazonaws.r.s3 too, which admits s3:*", hint: hint},
		"another front":    {claim: sole, facts: in(to("com.amazonaws.r.s3-fips"), own), state: Refuted, text: "vpc-1 has the endpoint vpce-2 (Interface) to com.amazonaws.r.s3-fips too, which admits s3:*", hint: hint},
		"a declared one":   {claim: but, facts: in(own, to("com.amazonaws.r.s3")), state: Holds, text: "the only one to com.amazonaws.r.s3"},
		"itself not there": {claim: sole, facts: in(to("com.amazonaws.r.sts")), state: Unproven, text: "it was not described among the endpoints of its VPC"},
		"no service":       {claim: sole, facts: Facts{soleFacts{Endpoint{ID: "vpce-1"}, nil}}, state: Unproven, text: "the service of the endpoint is unknown"},
	})
}
