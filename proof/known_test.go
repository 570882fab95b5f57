package proof

import "net/netip"

// known are facts for tests that have several kinds of claims judged.
type known struct {
	Endpoint           Endpoint
	Interfaces         []Interface
	VPC                []netip.Prefix
	PrefixList         PrefixList
	RouteTables        []RouteTable
	Groups, Referenced []SecurityGroup
	Gateways           []Endpoint
	Connection         string
	Principals         []string
	Targets            []Target
	Function           Function
}

// of are the facts as the kind gathers them.
func (k known) of(kind Kind) Facts {
	switch kind {
	case Resolves:
		return Facts{resolvesFacts{targetFacts{k.Endpoint}, k.Interfaces, k.VPC, k.PrefixList}}
	case Routed:
		return Facts{routedFacts{k.PrefixList, k.RouteTables}}
	case Unrouted:
		return Facts{unroutedFacts{k.Endpoint, k.RouteTables}}
	case Enclosed:
		return Facts{enclosedFacts{k.RouteTables, k.Gateways}}
	case Guarded:
		return Facts{guardedFacts{k.Endpoint, k.VPC, k.Groups, k.Referenced}}
	case Available:
		return Facts{availableFacts{k.Endpoint, k.Connection}}
	case Limited:
		return Facts{limitedFacts{k.Endpoint.Policy}}
	case Permitted:
		return Facts{permittedFacts{k.Principals}}
	case Healthy:
		return Facts{healthyFacts{k.Targets}}
	case Placed:
		return Facts{placedFacts{k.Function}}
	}
	return Facts{targetFacts{k.Endpoint}}
}
