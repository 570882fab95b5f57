package endpoint

import "provenendpoints/proof"

// GatewaySubject describes a gateway endpoint.
type GatewaySubject struct {
	// Endpoint is its id.
	Endpoint string
	// Host is the service's default DNS name in the Region, and PrefixList the
	// name of its prefix list (com.amazonaws.REGION.s3).
	Host, PrefixList string
	// RouteTables are the ids of the route tables with a route to it.
	RouteTables []string
	// From are the names of the vantage points in subnets with these route tables.
	From []string
	// Policy is the endpoint's policy as JSON text. Default: none, and no claim
	// about it.
	Policy string
	// Call is the call to prove the path with. Default: none.
	Call *Call
	// OtherHost is another public name, which must not be reachable. If it is
	// set, the route tables must be enclosed as well. Default: none; there may be
	// other paths to the internet.
	OtherHost string
}

// Claims returns the claims of the pattern. A gateway endpoint leaves DNS alone:
// the name resolves to public addresses as before. The claims are that these lie
// in the prefix list, that the route tables route the prefix list to the
// endpoint, and that a call goes through it.
func (s GatewaySubject) Claims() []proof.Claim {
	var claims []proof.Claim
	for _, from := range s.From {
		claims = append(claims,
			proof.Claim{ID: from + "Resolves", Kind: proof.Resolves, From: from, Host: s.Host, Answer: proof.AnswerPrefixList, PrefixList: s.PrefixList},
			proof.Claim{ID: from + "Connects", Kind: proof.Connects, From: from, Host: s.Host, Port: tlsPort},
			proof.Claim{ID: from + "Answers", Kind: proof.Answers, From: from, Host: s.Host, Scheme: "https"},
		)
		if s.Call != nil {
			claims = append(claims, proof.Claim{ID: from + "CallAllowed", Kind: proof.Allowed, From: from, Host: s.Call.Host, Call: &s.Call.Call})
		}
		if s.OtherHost != "" {
			claims = append(claims, proof.Claim{ID: from + "OtherUnreachable", Kind: proof.Unreachable, From: from, Host: s.OtherHost, Port: tlsPort})
		}
	}
	claims = append(claims, proof.Claim{ID: "Routed", Kind: proof.Routed, Endpoint: s.Endpoint, PrefixList: s.PrefixList, RouteTables: s.RouteTables})
	if s.OtherHost != "" {
		claims = append(claims, proof.Claim{ID: "Enclosed", Kind: proof.Enclosed, RouteTables: s.RouteTables})
	}
	claims = append(claims, limited(s.Endpoint, s.Policy)...)
	return append(claims, s.Call.deniedOutside()...)
}
