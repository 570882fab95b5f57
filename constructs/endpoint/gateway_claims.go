package endpoint

import "provenendpoints/proof"

// GatewaySubject describes a gateway endpoint.
type GatewaySubject struct {
	// Endpoint is its id.
	Endpoint string
	// Host is the service's default DNS name in the Region, and PrefixList the
	// name of its prefix list (com.amazonaws.REGION.s3).
	Host, PrefixList string
	// Subnets are the ids of the subnets whose route tables have a route to it.
	Subnets []string
	// From are the names of the vantage points in these subnets.
	From []string
	// Policy is the endpoint's policy as JSON text. Default: none, and no claim
	// about it.
	Policy string
	// Call is the call to prove the path with. Default: none.
	Call *Call
	// Others are the ids of other endpoints to the same service that are wanted.
	// Default: none.
	Others []string
	// Isolation is about subnets without another way out. Default: none; there may
	// be other paths to the internet.
	Isolation *Isolation
}

// Claims returns the claims of the pattern. A gateway endpoint leaves DNS alone:
// the name resolves to public addresses as before. The claims are that these lie
// in the prefix list, that the subnets route the prefix list to the endpoint, the
// only one to its service, and that a call goes through it.
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
	}
	claims = append(claims,
		proof.Claim{ID: "Routed", Kind: proof.Routed, Endpoint: s.Endpoint, PrefixList: s.PrefixList, Subnets: s.Subnets},
		sole(s.Endpoint, s.Others),
	)
	claims = append(claims, s.Isolation.claims()...)
	claims = append(claims, limited(s.Endpoint, s.Policy)...)
	return append(claims, s.Call.deniedOutside()...)
}
