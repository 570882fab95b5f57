package proof

import (
	"context"
	"testing"
)

var _ = exampleOf(Connected, example{
	valid:    Claim{Service: "vpce-svc-1", Balancer: testBalancer},
	fields:   "Service! Balancer! Services Acceptance Endpoints",
	gathered: []Claim{{Service: "vpce-svc-1", Balancer: testBalancer}},
	lookups: Lookups{
		ServicesLookup.By(func(_ context.Context, of ServiceOnBalancer) ([]EndpointService, error) {
			return []EndpointService{{ID: of.Service, Balancers: []string{of.Balancer}}}, nil
		}),
		ConnectionsLookup.By(func(context.Context, string) ([]Connection, error) { return nil, nil }),
	},
})

func TestJudgeConnected(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Connected, Service: "vpce-svc-1", Balancer: testBalancer, Endpoints: []string{"vpce-1", "vpce-2"}}
	const second = "arn:aws:elasticloadbalancing:r:1:loadbalancer/net/second/4567"
	own := EndpointService{ID: "vpce-svc-1", Balancers: []string{testBalancer}}
	beside := EndpointService{ID: "vpce-svc-2", Balancers: []string{second, testBalancer}}
	at := func(services []EndpointService, connections ...Connection) Facts {
		return Facts{connectedFacts{services, connections}}
	}
	is := func(endpoint, state string) Connection { return Connection{endpoint, "123456789012", state} }
	alone := []EndpointService{own}
	accepting := own
	accepting.AcceptanceRequired = true
	wide, gone := own, own
	wide.Balancers = []string{testBalancer, second}
	gone.Balancers = []string{second}
	nobody := claim
	nobody.Endpoints = nil
	required, wanted := nobody, nobody
	required.Acceptance, wanted.Services = AcceptanceRequired, []string{"vpce-svc-2"}
	const stranger = "who made that endpoint; reject its connection, or declare it if it is wanted"
	checkJudged(t, map[string]judged{
		"with nobody":               {claim: nobody, facts: at(alone), state: Holds, text: "no connection"},
		"with the declared ones":    {claim: claim, facts: at(alone, is("vpce-2", "available"), is("vpce-1", "available")), state: Holds, text: "vpce-1 available, vpce-2 available"},
		"with nobody yet":           {claim: claim, facts: at(alone), state: Unproven, text: "none of its connections is known"},
		"strangers that were":       {claim: claim, facts: at(alone, is("vpce-9", "rejected"), is("vpce-8", "deleted"), is("vpce-7", "Failed"), is("vpce-6", "expired")), state: Holds, text: "no connection"},
		"a stranger":                {claim: claim, facts: at(alone, is("vpce-1", "available"), is("vpce-9", "available")), state: Refuted, text: "vpce-9 of the account 123456789012 is connected with it, available", hint: stranger},
		"a stranger that waits":     {claim: claim, facts: at(alone, is("vpce-9", "pendingAcceptance")), state: Refuted, text: "vpce-9 of the account 123456789012 is connected with it, pendingAcceptance", hint: stranger},
		"a stranger that goes":      {claim: claim, facts: at(alone, is("vpce-9", "deleting")), state: Refuted, text: "vpce-9 of the account 123456789012 is connected with it, deleting", hint: stranger},
		"an unknown stranger":       {claim: nobody, facts: at(alone, Connection{Endpoint: "vpce-1", State: "available"}), state: Refuted, text: "vpce-1 is connected with it, available", hint: stranger},
		"a second balancer":         {claim: claim, facts: at([]EndpointService{wide}), state: Refuted, text: "it leads to second as well", hint: "the load balancers of vpce-svc-1"},
		"another balancer":          {claim: claim, facts: at([]EndpointService{gone}), state: Refuted, text: "it does not lead to web", hint: "the load balancers of vpce-svc-1"},
		"another service":           {claim: claim, facts: at([]EndpointService{beside, own}), state: Refuted, text: "vpce-svc-2 leads to web as well", hint: "who made vpce-svc-2; declare it if it is wanted"},
		"another service, declared": {claim: wanted, facts: at([]EndpointService{beside, own}), state: Holds, text: "no connection"},
		"acceptance, as declared":   {claim: required, facts: at([]EndpointService{accepting}), state: Holds, text: "no connection"},
		"acceptance, not declared":  {claim: nobody, facts: at([]EndpointService{accepting}), state: Holds, text: "no connection"},
		"no acceptance":             {claim: required, facts: at(alone), state: Refuted, text: "it accepts every connection by itself", hint: "AcceptanceRequired of vpce-svc-1"},
		"of nothing but the others": {claim: claim, facts: at([]EndpointService{beside}), state: Unproven, text: "the load balancers of vpce-svc-1 are unknown"},
		"nothing is known":          {claim: claim, state: Unproven, text: "the load balancers of vpce-svc-1 are unknown"},
	})
}

// TestConnectionsAreWhole: a connection without its state may be open.
func TestConnectionsAreWhole(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		services    []EndpointService
		connections []Connection
		want        string
	}{
		"no service": {nil, nil, "looking up the endpoint services of web: vpce-svc-1 was not described"},
		"no state":   {[]EndpointService{{ID: "vpce-svc-1"}}, []Connection{{Endpoint: "vpce-1"}}, "looking up the connections with vpce-svc-1: one was described without its endpoint or state"},
		"no id":      {[]EndpointService{{ID: "vpce-svc-1"}}, []Connection{{State: "available"}}, "looking up the connections with vpce-svc-1: one was described without its endpoint or state"},
	}
	for name, test := range tests {
		_, err := Gather(t.Context(), Lookups{
			ServicesLookup.By(func(context.Context, ServiceOnBalancer) ([]EndpointService, error) { return test.services, nil }),
			ConnectionsLookup.By(func(context.Context, string) ([]Connection, error) { return test.connections, nil }),
		}, Claim{Kind: Connected, Service: "vpce-svc-1", Balancer: testBalancer})
		if errorText(err) != test.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestDeclaredAcceptance(t *testing.T) {
	t.Parallel()
	claim := validClaim(Connected)
	claim.Acceptance, claim.Balancer, claim.Services = "true", "web", []string{"vpce-1"}
	const want = "claim C: Balancer: want the ARN of a load balancer, got \"web\"\nclaim C: Acceptance: want required or nothing, got \"true\"\nclaim C: Services: want ids that begin with vpce-svc-, got \"vpce-1\""
	if got := errorText(claim.Validate()); got != want {
		t.Errorf("got %q", got)
	}
}
