package endpoint

import (
	"fmt"

	"provenendpoints/proof"
)

// ServiceSubject describes an endpoint service with an endpoint to it.
type ServiceSubject struct {
	// Endpoint is the id of the endpoint, Service that of the endpoint service.
	Endpoint, Service string
	// Balancers are the load balancers behind the service, Port is the TCP port of
	// their listeners.
	Balancers []Balancer
	Port      int
	// PrivateDNS is true if the service's private name resolves to the endpoint.
	PrivateDNS bool
	// From are the names of the vantage points in the endpoint's VPC, Inside
	// those in the load balancer's.
	From, Inside []string
	// Hosts are the hosts behind the load balancer. Default: none, and no claim
	// about them.
	Hosts []Host
	// TargetGroup is the ARN of the target group. Default: none, and no claim
	// about it.
	TargetGroup string
	// Listeners are all listeners of each, as proof.ListenerText writes them.
	// Default: TCP on Port, to TargetGroup.
	Listeners []string
	// Sources are all that the load balancer's security groups may admit to its
	// listeners: CIDR blocks, and ids of security groups, prefix lists and VPCs.
	Sources []string
	// Gateways are the ids of gateways and connections by which routes may lead from
	// one of the two VPCs into the other, and of instances that may be in both. Default: none.
	Gateways []string
	// HostSources are all that the hosts' security groups may admit besides the load
	// balancer's, PublicHosts those that may have a public address, as in
	// VerificationProps.Public. TargetGroups are the ARNs of other target groups of
	// the hosts. Default: none.
	HostSources, PublicHosts, TargetGroups []string
	// Endpoints are the ids of further endpoints that may be connected with the
	// service, Services those of further endpoint services that may lead to the
	// load balancer. Default: none.
	Endpoints, Services []string
	// Principals are the ARNs of all principals that may connect to the service,
	// * for everybody. Default: none, and no claim about them.
	Principals []string
	// AllowedSources are those that the endpoint's security groups may admit besides
	// the VPC, as in VerificationProps. Default: none.
	AllowedSources []string
	// Others are the ids of other endpoints to the service in the same VPC that are
	// wanted. Default: none.
	Others []string
	// Isolation is about the endpoint's subnets, if they have no other way out.
	// Default: none; there may be other paths to the internet.
	Isolation *Isolation
	// InsideIsolation is the same of the load balancer's subnets. Default: none; they are
	// clients of the load balancer, which may have other ways.
	InsideIsolation *Isolation
}

// Balancer is a load balancer behind an endpoint service.
type Balancer struct {
	// Name is its DNS name. Required.
	Name string
	// ARN is its ARN. Default: none, and no claim about who comes to it and to the
	// service.
	ARN string
	// Apart are the ids of the endpoint's subnets from which no route may lead to it.
	// Default: none, and no claim about routes between the two VPCs.
	Apart []string
}

// Host is a host behind a load balancer.
type Host struct {
	// Name is the body of its answer to GET /, trimmed. It tells the hosts apart.
	// Letters, digits and hyphens. Required.
	Name string
	// ID is the instance's id, Address its private address. Required.
	ID, Address string
}

// Claims returns the claims of the pattern: the endpoint's name resolves to its
// own interfaces, connections to it reach every host, the hosts cannot be reached
// in any other way, and no other principal may connect to the service.
func (s ServiceSubject) Claims() []proof.Claim {
	port := proof.Number(s.Port)
	var names, ids []string
	for _, host := range s.Hosts {
		names, ids = append(names, host.Name), append(ids, host.ID)
	}
	var claims []proof.Claim
	for _, from := range s.From {
		claims = append(claims, resolvesToInterfaces(from+"Resolves", from, s.Endpoint))
		if s.PrivateDNS {
			claims = append(claims, proof.Claim{ID: from + "DefaultResolves", Kind: proof.Resolves, From: from, Endpoint: s.Endpoint, Named: proof.NamedPrivate, Answer: proof.AnswerInterfaces})
		}
		if len(s.Hosts) > 0 {
			claims = append(claims, proof.Claim{ID: from + "Spreads", Kind: proof.Spreads, From: from, Endpoint: s.Endpoint, Scheme: "http", Port: port, Hosts: names})
		} else {
			claims = append(claims, proof.Claim{ID: from + "Connects", Kind: proof.Connects, From: from, Endpoint: s.Endpoint, Port: port})
		}
		for _, host := range s.Hosts {
			claims = append(claims, proof.Claim{ID: fmt.Sprintf("%s%sUnreachable", from, pointName(host.Name)), Kind: proof.Unreachable, From: from, Host: host.Address, Port: port})
		}
		for i, balancer := range s.Balancers {
			claims = append(claims, proof.Claim{ID: numbered(from+"BalancerUnreachable", i), Kind: proof.Unreachable, From: from, Host: balancer.Name, Port: port})
		}
	}
	for _, from := range s.Inside {
		for i, balancer := range s.Balancers {
			if len(s.Hosts) > 0 {
				claims = append(claims, proof.Claim{ID: numbered(from+"Spreads", i), Kind: proof.Spreads, From: from, Host: balancer.Name, Scheme: "http", Port: port, Hosts: names})
			} else {
				claims = append(claims, proof.Claim{ID: numbered(from+"Connects", i), Kind: proof.Connects, From: from, Host: balancer.Name, Port: port})
			}
		}
	}
	claims = append(claims,
		proof.Claim{ID: "Available", Kind: proof.Available, Endpoint: s.Endpoint, Service: s.Service},
		guarded(s.Endpoint, s.Port, s.AllowedSources),
		sole(s.Endpoint, s.Others),
	)
	claims = append(append(claims, s.Isolation.claims()...), s.InsideIsolation.claims()...)
	if len(s.Principals) > 0 {
		claims = append(claims, proof.Claim{ID: "Permitted", Kind: proof.Permitted, Service: s.Service, Principals: s.Principals})
	}
	for i, balancer := range s.Balancers {
		claims = append(claims, s.surroundings(i, balancer, ids)...)
	}
	if s.TargetGroup != "" && len(s.Hosts) > 0 {
		claims = append(claims, proof.Claim{ID: "Healthy", Kind: proof.Healthy, TargetGroup: s.TargetGroup, Hosts: ids})
	}
	return claims
}
