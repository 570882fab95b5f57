package endpoint

import (
	"fmt"

	"provenendpoints/proof"
)

// ServiceSubject describes an endpoint service with an endpoint to it.
type ServiceSubject struct {
	// Endpoint is the id of the endpoint, Service that of the endpoint service.
	Endpoint, Service string
	// Balancer is the load balancer's DNS name, Port its listener's TCP port.
	Balancer string
	Port     int
	// From are the names of the vantage points in the endpoint's VPC, Inside
	// those in the load balancer's.
	From, Inside []string
	// Hosts are the hosts behind the load balancer. Default: none, and no claim
	// about them.
	Hosts []Host
	// TargetGroup is the ARN of the target group. Default: none, and no claim
	// about it.
	TargetGroup string
	// BalancerARN is the load balancer's ARN. Default: none, and no claim about who
	// comes to it and to the service.
	BalancerARN string
	// Listeners are all its listeners, as proof.ListenerText writes them.
	// Default: TCP on Port, to TargetGroup.
	Listeners []string
	// Sources are all that the load balancer's security groups may admit to its
	// listeners: CIDR blocks, and ids of security groups, prefix lists and VPCs.
	Sources []string
	// Subnets are the ids of the endpoint's subnets. Default: none, and no claim
	// about routes between its VPC and the load balancer's.
	Subnets []string
	// Gateways are the ids of gateways and connections by which routes may lead from
	// one of the two VPCs into the other. Default: none.
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
	// Others are the ids of other endpoints to the service in the same VPC that are
	// wanted. Default: none.
	Others []string
	// Isolation is about the endpoint's subnets, if they have no other way out.
	// Default: none; there may be other paths to the internet.
	Isolation *Isolation
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
		guarded(s.Endpoint, s.Port),
		sole(s.Endpoint, s.Others),
	)
	claims = append(claims, s.Isolation.claims()...)
	if len(s.Principals) > 0 {
		claims = append(claims, proof.Claim{ID: "Permitted", Kind: proof.Permitted, Service: s.Service, Principals: s.Principals})
	}
	claims = append(claims, s.surroundings(ids)...)
	if s.TargetGroup != "" && len(s.Hosts) > 0 {
		claims = append(claims, proof.Claim{ID: "Healthy", Kind: proof.Healthy, TargetGroup: s.TargetGroup, Hosts: ids})
	}
	return claims
}
