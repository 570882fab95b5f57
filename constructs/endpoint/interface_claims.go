package endpoint

import (
	"slices"

	"provenendpoints/proof"
)

// InterfaceSubject describes an interface endpoint to an AWS service.
type InterfaceSubject struct {
	// Endpoint is its id.
	Endpoint string
	// DefaultName is the service's default DNS name in the Region.
	// Default: unknown.
	DefaultName string
	// PrivateDnsEnabled is true if the default name resolves to the endpoint. Without
	// a DefaultName, that is the private name that AWS lists for the endpoint.
	PrivateDnsEnabled bool
	// Port is the service's TCP port.
	Port int
	// From are the vantage points, each with the Availability Zone of its
	// subnet; the zone may be empty where the endpoint has no interface.
	From []ZonedPoint
	// Policy is the endpoint's policy as JSON text. Default: none, and no claim
	// about it.
	Policy string
	// Call is the call to prove the path with. Default: none.
	Call *Call
	// Others are the ids of other endpoints to the same service that are wanted.
	// Default: none.
	Others []string
	// AllowedSources are those that its security groups may admit besides the VPC, as
	// in VerificationProps. Default: none.
	AllowedSources []string
	// Isolation is about subnets without another way out: without private DNS, the
	// default name is not reachable from there either. Default: none; there may be
	// other paths to the internet.
	Isolation *Isolation
}

// ZonedPoint is a vantage point with its Availability Zone.
type ZonedPoint struct{ Name, Zone string }

// Claims returns the claims of the pattern: the endpoint's names resolve to its
// own interfaces, its certificate is valid for them, a call goes through it, no
// route table mentions it, and no other endpoint leads to its service.
func (s InterfaceSubject) Claims() []proof.Claim {
	var claims []proof.Claim
	for _, from := range s.From {
		claims = append(claims, resolvesToInterfaces(from.Name+"EndpointResolves", from.Name, s.Endpoint))
		if from.Zone != "" {
			claims = append(claims, proof.Claim{ID: from.Name + "ZonalResolves", Kind: proof.Resolves, From: from.Name, Endpoint: s.Endpoint, Zone: from.Zone, Answer: proof.AnswerInterfaces})
		}
		if s.Port == tlsPort {
			claims = append(claims, proof.Claim{ID: from.Name + "EndpointSecures", Kind: proof.Secures, From: from.Name, Endpoint: s.Endpoint, Port: tlsPort})
		} else {
			claims = append(claims, proof.Claim{ID: from.Name + "EndpointConnects", Kind: proof.Connects, From: from.Name, Endpoint: s.Endpoint, Port: proof.Number(s.Port)})
		}
		if s.Call != nil {
			claims = append(claims, proof.Claim{ID: from.Name + "EndpointCallAllowed", Kind: proof.Allowed, From: from.Name, Endpoint: s.Endpoint, Call: s.Call.atEndpoint()})
		}
		claims = append(claims, s.defaultName(from.Name)...)
	}
	claims = append(claims,
		proof.Claim{ID: "Unrouted", Kind: proof.Unrouted, Endpoint: s.Endpoint},
		guarded(s.Endpoint, s.Port, s.AllowedSources),
		sole(s.Endpoint, s.Others),
	)
	claims = append(claims, s.Isolation.claims()...)
	claims = append(claims, limited(s.Endpoint, s.Policy)...)
	return append(claims, s.Call.deniedOutside()...)
}

// defaultName returns the claims about the service's default name.
func (s InterfaceSubject) defaultName(from string) []proof.Claim {
	resolves := proof.Claim{ID: from + "DefaultResolves", Kind: proof.Resolves, From: from, Host: s.DefaultName, Endpoint: s.Endpoint, Answer: proof.AnswerPublic}
	switch {
	case s.PrivateDnsEnabled && s.DefaultName == "":
		resolves.Named, resolves.Answer = proof.NamedPrivate, proof.AnswerInterfaces
	case s.PrivateDnsEnabled:
		resolves.Answer = proof.AnswerInterfaces
	case s.DefaultName == "":
		return nil
	}
	claims := []proof.Claim{resolves}
	switch {
	case s.PrivateDnsEnabled && s.Call != nil:
		claims = append(claims, proof.Claim{ID: from + "DefaultCallAllowed", Kind: proof.Allowed, From: from, Host: s.Call.Host, Call: &s.Call.Call})
	case !s.PrivateDnsEnabled && s.Isolation != nil && slices.Contains(s.Isolation.From, from):
		claims = append(claims, proof.Claim{ID: from + "DefaultUnreachable", Kind: proof.Unreachable, From: from, Host: s.DefaultName, Port: proof.Number(s.Port)})
	}
	return claims
}
