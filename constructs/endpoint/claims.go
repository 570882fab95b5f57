package endpoint

import (
	"fmt"

	"provenendpoints/constructs/verification"
	"provenendpoints/proof"
)

// The subjects below say in plain data what an endpoint is, so that its claims
// can be made without CDK, and for endpoints that already exist: pass them to
// verification.New. All texts may hold tokens.

// GatewaySubject describes a gateway endpoint.
type GatewaySubject struct {
	// Endpoint is its id.
	Endpoint string
	// Host is the service's default DNS name in the Region, and PrefixList the
	// name of its prefix list (com.amazonaws.REGION.s3).
	Host, PrefixList string
	// RouteTables are the ids of the route tables that lead to it.
	RouteTables []string
	// From are the vantage points in subnets with these route tables.
	From []string
	// Policy is the endpoint's policy as JSON text. Default: none, and no claim
	// about it.
	Policy string
	// Call is the call to prove the path with. Default: none.
	Call *Call
	// OtherHost is another public name, which must not be reachable; then the
	// route tables must be enclosed as well. Default: none, there may be other
	// ways out.
	OtherHost string
}

// Claims are what makes a gateway endpoint true. The DNS name leads to public
// addresses as before, so what counts is that they lie in the prefix list, that
// the prefix list leads to the endpoint, and that a call went through it.
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

// InterfaceSubject describes an interface endpoint to an AWS service.
type InterfaceSubject struct {
	// Endpoint is its id.
	Endpoint string
	// DefaultName is the service's default DNS name in the Region.
	// Default: none, and no claim about it.
	DefaultName string
	// PrivateDNS says that the default name leads to the endpoint.
	PrivateDNS bool
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
	// Isolated says that without private DNS the default name must not be
	// reachable.
	Isolated bool
}

// ZonedPoint is a vantage point with its Availability Zone.
type ZonedPoint struct{ Name, Zone string }

// Claims are what makes an interface endpoint true: its names lead to its own
// interfaces, it presents a certificate that is valid for them, a call went
// through it, and it needs no route.
func (s InterfaceSubject) Claims() []proof.Claim {
	var claims []proof.Claim
	for _, from := range s.From {
		claims = append(claims, proof.Claim{ID: from.Name + "EndpointResolves", Kind: proof.Resolves, From: from.Name, Endpoint: s.Endpoint, Answer: proof.AnswerInterfaces})
		if from.Zone != "" {
			claims = append(claims, proof.Claim{ID: from.Name + "ZonalResolves", Kind: proof.Resolves, From: from.Name, Endpoint: s.Endpoint, Zone: from.Zone, Answer: proof.AnswerInterfaces})
		}
		if s.Port == tlsPort {
			claims = append(claims, proof.Claim{ID: from.Name + "EndpointSecures", Kind: proof.Secures, From: from.Name, Endpoint: s.Endpoint, Port: tlsPort})
		} else {
			claims = append(claims, proof.Claim{ID: from.Name + "EndpointConnects", Kind: proof.Connects, From: from.Name, Endpoint: s.Endpoint, Port: proof.Number(s.Port)})
		}
		if s.Call != nil {
			claims = append(claims, proof.Claim{ID: from.Name + "EndpointCallAllowed", Kind: proof.Allowed, From: from.Name, Endpoint: s.Endpoint, Call: &s.Call.Call})
		}
		claims = append(claims, s.defaultName(from.Name)...)
	}
	claims = append(claims,
		proof.Claim{ID: "Unrouted", Kind: proof.Unrouted, Endpoint: s.Endpoint},
		proof.Claim{ID: "Guarded", Kind: proof.Guarded, Endpoint: s.Endpoint, Port: proof.Number(s.Port)},
	)
	claims = append(claims, limited(s.Endpoint, s.Policy)...)
	return append(claims, s.Call.deniedOutside()...)
}

// limited is the claim about an endpoint's policy.
func limited(endpoint, policy string) []proof.Claim {
	if policy == "" {
		return nil
	}
	return []proof.Claim{{ID: "Limited", Kind: proof.Limited, Endpoint: endpoint, Policy: policy}}
}

// defaultName are the claims about the service's default name.
func (s InterfaceSubject) defaultName(from string) []proof.Claim {
	if s.DefaultName == "" {
		return nil
	}
	answer := proof.AnswerPublic
	if s.PrivateDNS {
		answer = proof.AnswerInterfaces
	}
	claims := []proof.Claim{{ID: from + "DefaultResolves", Kind: proof.Resolves, From: from, Host: s.DefaultName, Endpoint: s.Endpoint, Answer: answer}}
	switch {
	case s.PrivateDNS && s.Call != nil:
		claims = append(claims, proof.Claim{ID: from + "DefaultCallAllowed", Kind: proof.Allowed, From: from, Host: s.Call.Host, Call: &s.Call.Call})
	case !s.PrivateDNS && s.Isolated:
		claims = append(claims, proof.Claim{ID: from + "DefaultUnreachable", Kind: proof.Unreachable, From: from, Host: s.DefaultName, Port: proof.Number(s.Port)})
	}
	return claims
}

// deniedOutside is the negative control of a call: the same call with the same
// role, but not through the endpoint.
func (c *Call) deniedOutside() []proof.Claim {
	if c == nil {
		return nil
	}
	return []proof.Claim{{ID: verification.Outside + "Denied", Kind: proof.Denied, From: verification.Outside, Host: c.Host, Call: &c.Call}}
}

// ServiceSubject describes an endpoint service with an endpoint to it.
type ServiceSubject struct {
	// Endpoint is the id of the endpoint, Service that of the endpoint service.
	Endpoint, Service string
	// Balancer is the load balancer's DNS name, Port its listener's TCP port.
	Balancer string
	Port     int
	// From are the vantage points on the endpoint's side, Inside those beside
	// the load balancer.
	From, Inside []string
	// Hosts are the hosts behind the load balancer. Default: none, and no claim
	// about them.
	Hosts []Host
	// TargetGroup is the ARN of the target group. Default: none, and no claim
	// about it.
	TargetGroup string
	// Principals are the ARNs of all who may connect to the service, * for
	// everybody. Default: none, and no claim about them.
	Principals []string
}

// Host is a host behind a load balancer.
type Host struct {
	// Name is the body of its answer to GET /, trimmed: how it is told from the
	// others. Letters, digits and hyphens. Required.
	Name string
	// ID is the instance's id, Address its private address. Required.
	ID, Address string
}

// Claims are what makes an endpoint service true: the endpoint's name leads to
// its own interfaces and from there to every host, nothing but the endpoint
// leads there, and nobody else may make one.
func (s ServiceSubject) Claims() []proof.Claim {
	port := proof.Number(s.Port)
	var names, ids []string
	for _, host := range s.Hosts {
		names, ids = append(names, host.Name), append(ids, host.ID)
	}
	var claims []proof.Claim
	for _, from := range s.From {
		claims = append(claims, proof.Claim{ID: from + "Resolves", Kind: proof.Resolves, From: from, Endpoint: s.Endpoint, Answer: proof.AnswerInterfaces})
		if len(s.Hosts) > 0 {
			claims = append(claims, proof.Claim{ID: from + "Spreads", Kind: proof.Spreads, From: from, Endpoint: s.Endpoint, Scheme: "http", Port: port, Hosts: names})
		} else {
			claims = append(claims, proof.Claim{ID: from + "Connects", Kind: proof.Connects, From: from, Endpoint: s.Endpoint, Port: port})
		}
		for _, host := range s.Hosts {
			claims = append(claims, proof.Claim{ID: fmt.Sprintf("%s%sUnreachable", from, pointName(host.Name)), Kind: proof.Unreachable, From: from, Host: host.Address, Port: port})
		}
		claims = append(claims, proof.Claim{ID: from + "BalancerUnreachable", Kind: proof.Unreachable, From: from, Host: s.Balancer, Port: port})
	}
	for _, from := range s.Inside {
		if len(s.Hosts) > 0 {
			claims = append(claims, proof.Claim{ID: from + "Spreads", Kind: proof.Spreads, From: from, Host: s.Balancer, Scheme: "http", Port: port, Hosts: names})
		} else {
			claims = append(claims, proof.Claim{ID: from + "Connects", Kind: proof.Connects, From: from, Host: s.Balancer, Port: port})
		}
	}
	claims = append(claims,
		proof.Claim{ID: "Available", Kind: proof.Available, Endpoint: s.Endpoint, Service: s.Service},
		proof.Claim{ID: "Guarded", Kind: proof.Guarded, Endpoint: s.Endpoint, Port: port},
	)
	if len(s.Principals) > 0 {
		claims = append(claims, proof.Claim{ID: "Permitted", Kind: proof.Permitted, Service: s.Service, Principals: s.Principals})
	}
	if s.TargetGroup != "" && len(s.Hosts) > 0 {
		claims = append(claims, proof.Claim{ID: "Healthy", Kind: proof.Healthy, TargetGroup: s.TargetGroup, Hosts: ids})
	}
	return claims
}

// tlsPort is the TCP port of HTTPS, which AWS's services answer at.
const tlsPort = 443
