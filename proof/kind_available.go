package proof

import "strings"

// Available: Endpoint is available. If Service is set, that endpoint service has
// accepted its connection.
const Available Kind = "available"

var _ = define(Available, definition[availableFacts]{
	required: []string{"Endpoint"},
	optional: []string{"Service"},
	// It is pending first, and the connection may wait for a person.
	moves: true,
	lookups: func(c Claim) []source {
		if c.Service == "" {
			return []source{EndpointLookup}
		}
		return []source{EndpointLookup, ConnectionLookup}
	},
	gather: func(g *gatherer, c Claim) availableFacts {
		f := availableFacts{endpoint: g.endpoint(c.Endpoint)}
		if c.Service != "" {
			f.connection = g.connection(c.Service, c.Endpoint)
		}
		return f
	},
	expected: func(c Claim, _ availableFacts) string {
		if c.Service != "" {
			return "be available and its connection with " + c.Service + " accepted"
		}
		return "be available"
	},
	judge: judgeAvailable,
})

type availableFacts struct {
	endpoint Endpoint
	// connection is its state with the endpoint service.
	connection string
}

func judgeAvailable(c Claim, f availableFacts, _ Observation) finding {
	switch {
	case f.endpoint.State == "":
		return unproven("", "the state of the endpoint is unknown")
	case !strings.EqualFold(f.endpoint.State, "available"):
		return refuted(c.hintState(f.endpoint.State), "it is %s", printable(f.endpoint.State))
	case c.Service != "" && f.connection == "":
		return unproven("", "the state of the connection with %s is unknown", c.Service)
	case c.Service != "" && !strings.EqualFold(f.connection, "available"):
		return refuted(c.hintState(f.connection), "its connection with %s is %s", c.Service, printable(f.connection))
	}
	return holds("available")
}

// hintState says what to look at for a state of an endpoint or its connection.
func (c Claim) hintState(state string) string {
	switch strings.ToLower(state) {
	case "pendingacceptance", "pending-acceptance":
		return "whether the service accepts connections by itself (AcceptanceRequired)"
	case "rejected", "failed", "expired":
		return "the principals that the service admits (AllowedPrincipals) and who rejected the connection"
	}
	return "the events of " + c.Endpoint
}
