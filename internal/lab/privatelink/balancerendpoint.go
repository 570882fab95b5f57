package privatelink

import (
	"slices"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// createBalancerEndpoint creates a Gateway Load Balancer endpoint, which is in one subnet and
// a target of routes: packets that are routed to it go to the load balancer's appliances and
// come back, and go on by the routes of its subnet
// (docs.aws.amazon.com/vpc/latest/privatelink/create-gateway-load-balancer-endpoint.html,
// docs.aws.amazon.com/vpc/latest/privatelink/gateway-load-balancer-endpoints.html).
func (pl *PrivateLink) createBalancerEndpoint(locked vpc.Locked, c Endpoint) (Endpoint, error) {
	switch {
	case len(c.RouteTables) > 0 || len(c.Groups) > 0 || c.PrivateDNS || c.Policy != "":
		return c, awserr.New("InvalidParameter", "Route tables, security groups, private DNS and policies cannot be given for VPC endpoint type GatewayLoadBalancer")
	case len(c.Subnets) != 1:
		return c, awserr.New("InvalidParameter", "A VPC endpoint of type GatewayLoadBalancer is in one subnet, %d were given", len(c.Subnets))
	}
	e := pl.newEndpoint(c)
	if err := pl.findService(locked, e); err != nil {
		return c, err
	}
	if err := pl.checkEndpointSubnets(locked, e, c.Subnets); err != nil {
		return c, err
	}
	if err := pl.addEndpointInterface(locked, e, c.Subnets[0]); err != nil {
		return c, err
	}
	e.State = e.offer.connect(e)
	pl.add(locked, e)
	locked.AddMiddlebox(e.ID, e)
	return e.describe(), nil
}

// CheckBalancerEndpoint returns why an existing endpoint cannot be changed to c: nothing of
// one that has an effect can be changed.
func (pl *PrivateLink) CheckBalancerEndpoint(c Endpoint) error {
	was, err := pl.Endpoint(c.ID)
	if err == nil && !slices.Equal(was.Subnets, c.Subnets) {
		err = awserr.New("InvalidParameter", "The subnets of the VPC endpoint %s of type GatewayLoadBalancer cannot be changed", c.ID)
	}
	return err
}

// Entrance implements vpc.Middlebox.
func (e *endpoint) Entrance() *vpc.ENI {
	for _, i := range e.enis {
		return i // there is one
	}
	return nil
}

// Takes implements vpc.Middlebox.
func (e *endpoint) Takes() bool { return e.State == stateAvailable }

// inspect takes a packet to the appliances, and passes on what comes back.
func (e *endpoint) inspect(at *vpc.ENI, p *vpc.Transit) *vpc.Host {
	b, node := e.offer.node(at.Zone)
	if node == nil {
		return p.Drop(e.offer.ID, "no load balancer in the zone")
	}
	p.TellForwarded(e.ID, b.ID)
	if !b.Inspect(e.ID, node, p) {
		return nil
	}
	return p.Output(at)
}
