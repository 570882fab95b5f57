package proof

import (
	"fmt"
	"strings"
)

// EndpointLookup describes a VPC endpoint by its id, without its interfaces.
var EndpointLookup = newLookup[string, Endpoint]("endpoint", AnyResource, "ec2:DescribeVpcEndpoints")

// Endpoint is a VPC endpoint as ec2:DescribeVpcEndpoints describes it.
type Endpoint struct {
	ID, VPC, Service, State string
	// Type is Gateway, Interface, GatewayLoadBalancer, Resource or ServiceNetwork.
	Type string
	// Names are its DNS names in the order of DnsEntries, which AWS does not
	// promise for every service; see [Endpoint.RegionalName].
	Names []string
	// RecordIPType is the DnsRecordIpType: which records the names have (ipv4,
	// ipv6, dualstack or service-defined).
	RecordIPType string
	// Interfaces are the ids of its network interfaces.
	Interfaces []string
	// Groups are the ids of its security groups.
	Groups []string
	// Policy is its policy document, as JSON text.
	Policy string
}

// endpoint looks up an endpoint.
func (g *gatherer) endpoint(id string) Endpoint {
	return look(g, EndpointLookup, "the endpoint "+id, id, func(e Endpoint) error {
		if e.ID != id {
			return fmt.Errorf("the answer was about %q", e.ID)
		}
		return nil
	})
}

// isGateway reports whether the endpoint is a gateway endpoint.
func (e Endpoint) isGateway() bool { return strings.EqualFold(e.Type, "Gateway") }

// isOver reports whether the endpoint carries nothing and never will again.
func (e Endpoint) isOver() bool {
	switch strings.ToLower(e.State) {
	case "deleted", "rejected", "failed", "expired":
		return true
	}
	return false
}

// about says for people what the endpoint leads to.
func (e Endpoint) about() string {
	if e.Service == "" {
		return e.ID + " (" + e.Type + ")"
	}
	return e.ID + " (" + e.Type + ") to " + e.Service
}
