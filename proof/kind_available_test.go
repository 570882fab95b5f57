package proof

import (
	"testing"
)

var _ = exampleOf(Available, example{
	valid:  Claim{Endpoint: "vpce-1", Service: "vpce-svc-1"},
	fields: "Endpoint! Service",
	gathered: []Claim{
		{Endpoint: "vpce-1"},
		{Endpoint: "vpce-1", Service: "vpce-svc-1"},
	},
})

func TestJudgeAvailable(t *testing.T) {
	t.Parallel()
	available := Claim{Kind: Available, Endpoint: "vpce-1"}
	connected := Claim{Kind: Available, Endpoint: "vpce-1", Service: "vpce-svc-1"}
	state := func(s string) Endpoint { return Endpoint{ID: "vpce-1", State: s} }
	in := func(endpoint Endpoint, connection string) Facts { return Facts{availableFacts{endpoint, connection}} }
	const accept, who, events = "whether the service accepts connections by itself (AcceptanceRequired)",
		"the principals that the service admits (AllowedPrincipals) and who rejected the connection", "the events of vpce-1"
	checkJudged(t, map[string]judged{
		"available":                   {claim: available, facts: in(state("Available"), ""), state: Holds, text: "available"},
		"pending":                     {claim: available, facts: in(state("pending"), ""), state: Refuted, text: "it is pending", hint: events},
		"awaiting acceptance":         {claim: available, facts: in(state("pendingAcceptance"), ""), state: Refuted, text: "it is pendingAcceptance", hint: accept},
		"awaiting, in other words":    {claim: available, facts: in(state("pending-acceptance"), ""), state: Refuted, text: "it is pending-acceptance", hint: accept},
		"failed":                      {claim: available, facts: in(state("failed"), ""), state: Refuted, text: "it is failed", hint: who},
		"expired":                     {claim: available, facts: in(state("expired"), ""), state: Refuted, text: "it is expired", hint: who},
		"rejected":                    {claim: available, facts: in(state("rejected"), ""), state: Refuted, text: "it is rejected", hint: who},
		"of unknown state":            {claim: available, state: Unproven, text: "the state of the endpoint is unknown"},
		"connected":                   {claim: connected, facts: in(state("available"), "available"), state: Holds, text: "available"},
		"connected, says the service": {claim: connected, facts: in(state("pending"), "available"), state: Refuted, text: "it is pending", hint: events},
		"not accepted":                {claim: connected, facts: in(state("available"), "pendingAcceptance"), state: Refuted, text: "its connection with vpce-svc-1 is pendingAcceptance", hint: accept},
		"an unknown connection":       {claim: connected, facts: in(state("available"), ""), state: Unproven, text: "the state of the connection with vpce-svc-1 is unknown"},
	})
}
