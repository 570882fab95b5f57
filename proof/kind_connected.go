package proof

import (
	"fmt"
	"slices"
)

// Connected: Service leads to Balancer alone, no other endpoint service leads
// there but Services, and nobody is connected with Service but Endpoints.
const Connected Kind = "connected"

// AcceptanceRequired is the value of [Claim.Acceptance] for a service whose owner
// accepts each connection.
const AcceptanceRequired = "required"

var _ = define(Connected, definition[connectedFacts]{
	required: []string{"Service", "Balancer"},
	optional: []string{"Endpoints", "Services", "Acceptance"},
	lookups:  always(ServicesLookup, ConnectionsLookup),
	gather: func(g *gatherer, c Claim) connectedFacts {
		return connectedFacts{g.services(c.Service, c.Balancer), g.connections(c.Service)}
	},
	target:  func(c Claim) string { return c.Service },
	subject: func(c Claim) string { return "the endpoint service " + c.target() },
	expected: func(c Claim, _ connectedFacts) string {
		text := "lead to " + balancerName(c.Balancer) + " alone"
		if c.Acceptance == AcceptanceRequired {
			text += ", require acceptance"
		}
		if len(c.Endpoints) == 0 {
			return text + ", and have no connection"
		}
		return text + ", and be connected with nobody but " + joinWords(c.Endpoints)
	},
	judge: judgeConnected,
})

type connectedFacts struct {
	// services are Service and those that lead to the same load balancer.
	services    []EndpointService
	connections []Connection
}

// judgeConnected looks for doors beside the declared one, and for strangers in
// it. A service that requires acceptance where none is declared is no wider than
// declared.
func judgeConnected(c Claim, f connectedFacts, _ Observation) finding {
	at := slices.IndexFunc(f.services, func(s EndpointService) bool { return s.ID == c.Service })
	if at < 0 {
		return unproven("", "the load balancers of %s are unknown", c.Service)
	}
	own := f.services[at]
	hint := "the load balancers of " + c.Service
	if !slices.Contains(own.Balancers, c.Balancer) {
		return refuted(hint, "it does not lead to %s", balancerName(c.Balancer))
	}
	for _, arn := range own.Balancers {
		if arn != c.Balancer {
			return refuted(hint, "it leads to %s as well", balancerName(arn))
		}
	}
	for _, other := range f.services {
		if other.ID != c.Service && !slices.Contains(c.Services, other.ID) {
			return refuted("who made "+other.ID+"; declare it if it is wanted", "%s leads to %s as well", other.ID, balancerName(c.Balancer))
		}
	}
	if c.Acceptance == AcceptanceRequired && !own.AcceptanceRequired {
		return refuted("AcceptanceRequired of "+c.Service, "it accepts every connection by itself")
	}
	var seen []string
	for _, connection := range f.connections {
		if connection.isOver() {
			continue
		}
		if !slices.Contains(c.Endpoints, connection.Endpoint) {
			return refuted("who made that endpoint; reject its connection, or declare it if it is wanted", "%s is connected with it, %s", connection.about(), printable(connection.State))
		}
		seen = append(seen, fmt.Sprintf("%s %s", connection.Endpoint, printable(connection.State)))
	}
	switch {
	case len(f.connections) == 0 && len(c.Endpoints) > 0:
		// Nobody's word that nobody is connected cannot be told from an answer that
		// was not read.
		return unproven("", "none of its connections is known")
	case len(seen) == 0:
		return holds("no connection")
	}
	slices.Sort(seen)
	return holds("%s", joinCommas(seen))
}

// about says for people whose endpoint is connected.
func (c Connection) about() string {
	if c.Owner == "" {
		return c.Endpoint
	}
	return c.Endpoint + " of the account " + printable(c.Owner)
}

// validateAcceptance checks the one value that there is.
func (c Claim) validateAcceptance(wrong fieldReporter) {
	if c.Acceptance != "" && c.Acceptance != AcceptanceRequired {
		wrong("Acceptance", "want %s or nothing, got %q", AcceptanceRequired, c.Acceptance)
	}
}
