package vpc

import (
	"net/netip"
	"provenendpoints/internal/lab/packet"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awsid"
)

// LoadBalancer is a Network Load Balancer: a node in each of its zones, behind
// an interface of its own
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html).
type LoadBalancer struct {
	// ID is the ARN or any other id, Name the name. Required.
	ID, Name string
	// Subnets are the ids of its subnets, one in each zone. Required.
	Subnets []string
	// InternetFacing gives the nodes public addresses. Default: internal.
	InternetFacing bool
	// Groups are the ids of its security groups. Without any, nothing is
	// filtered, and none can be given later.
	Groups []string
	// IgnoreRulesOnPrivateLink turns
	// EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic off: the inbound rules
	// then do not see what comes through endpoints. Default: they see it, from
	// the client's own private address.
	IgnoreRulesOnPrivateLink bool
	// CrossZone lets each node use the targets of all zones. Default: a node
	// uses those of its own zone.
	CrossZone bool
	// VPC is the id of its VPC, DNSName its name, Nodes its nodes by zone. Set
	// by the network.
	VPC, DNSName string
	Nodes        []Node
}

// Node is what a load balancer has in a zone.
type Node struct {
	Zone, Subnet, Interface string
	PrivateAddr, PublicAddr netip.Addr
}

// loadBalancer is a LoadBalancer in use. It is the device behind the interfaces
// of its nodes.
type loadBalancer struct {
	LoadBalancer
	vpc       *vpc
	nodes     []*eni // by zone
	listeners map[string]*listening
	table     *translator
	// probers are the nodes' own stacks, which send the health checks.
	probers map[*eni]*Host
}

// CreateLoadBalancer creates a load balancer.
func (n *Network) CreateLoadBalancer(c LoadBalancer) (LoadBalancer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.balancers.free(c.ID); err != nil {
		return c, err
	}
	if c.Name == "" || len(c.Subnets) == 0 {
		return c, refuse("ValidationError", "A load balancer needs a name and at least one subnet")
	}
	first, err := n.subnets.get(c.Subnets[0])
	if err != nil {
		return c, err
	}
	c.VPC = first.VPC
	c.DNSName = strings.ToLower(c.Name) + "-" + awsid.Lower(16, c.ID) + ".elb." + n.region + ".amazonaws.com"
	c.Groups = slices.Clone(c.Groups)
	b := &loadBalancer{
		LoadBalancer: c, vpc: first.vpc, listeners: map[string]*listening{},
		table: newTranslator(n.clock, idleBalanced), probers: map[*eni]*Host{},
	}
	if err := n.placeNodes(b, c.Subnets); err != nil {
		return c, err
	}
	n.balancers.byID[c.ID] = b
	if err := n.directory.root.SetAddressFunc(c.DNSName, func() []netip.Addr { return n.balancerAddrs(b) }); err != nil {
		n.removeBalancer(b)
		return c, refuse("ValidationError", "The load balancer name '%s' is not valid", c.Name)
	}
	return b.describe(), nil
}

// placeNodes puts nodes into the subnets that have none, and removes those from
// other subnets. Nothing has changed if it returns an error.
func (n *Network) placeNodes(b *loadBalancer, subnets []string) error {
	zones := map[string]bool{}
	for _, id := range subnets {
		s, err := n.subnets.get(id)
		if err != nil {
			return err
		}
		switch {
		case s.vpc != b.vpc:
			return refuse("InvalidConfigurationRequest", "The subnets must be in one VPC: '%s' is not in %s", id, b.VPC)
		case zones[s.Zone]:
			return refuse("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
		case b.InternetFacing && s.vpc.gateway == nil:
			return refuse("InvalidSubnet", "VPC %s has no internet gateway", b.VPC)
		}
		zones[s.Zone] = true
	}
	if _, err := n.groupsOf(b.vpc, b.Groups); err != nil {
		return err
	}
	var made []*eni
	for _, id := range subnets {
		if slices.ContainsFunc(b.nodes, func(e *eni) bool { return e.Subnet == id }) {
			continue
		}
		e, err := n.addInterface(Interface{
			ID: awsid.EC2("eni-", b.ID, id), Subnet: id, Groups: b.Groups, Public: b.InternetFacing, Managed: true,
			Description: "ELB net/" + b.Name + "/" + awsid.Lower(16, b.ID), Type: "network_load_balancer",
		}, b)
		if err != nil {
			for _, e := range made {
				n.removeInterface(e)
			}
			return err
		}
		made = append(made, e)
	}
	b.nodes = append(b.nodes, made...)
	for _, e := range slices.Clone(b.nodes) {
		if !slices.Contains(subnets, e.Subnet) {
			n.removeNode(b, e)
		}
	}
	slices.SortFunc(b.nodes, func(x, y *eni) int { return strings.Compare(x.Zone, y.Zone) })
	b.Subnets = slices.Clone(subnets)
	return nil
}

func (n *Network) removeNode(b *loadBalancer, e *eni) {
	b.table.drop(func(in arrival, _ packet.Flow, via *eni) bool { return in.at == e || via == e })
	if h := b.probers[e]; h != nil {
		delete(b.probers, e)
		// Closing takes the lock, which the caller holds.
		n.running.Go(h.Close)
	}
	n.removeInterface(e)
	b.nodes = slices.DeleteFunc(b.nodes, func(o *eni) bool { return o == e })
}

// ModifyLoadBalancer gives a load balancer the subnets, groups, PrivateLink
// setting and cross-zone setting of c, whose other fields are not looked at.
func (n *Network) ModifyLoadBalancer(c LoadBalancer) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	b, err := n.balancers.get(c.ID)
	if err != nil {
		return err
	}
	switch {
	case len(c.Subnets) == 0:
		return refuse("ValidationError", "A load balancer needs at least one subnet")
	case len(b.Groups) == 0 && len(c.Groups) > 0:
		return refuse("InvalidConfigurationRequest", "Security groups cannot be associated with a Network Load Balancer that was created without any")
	case len(b.Groups) > 0 && len(c.Groups) == 0:
		return refuse("ValidationError", "The last security group of a Network Load Balancer cannot be taken away")
	}
	groups, err := n.groupsOf(b.vpc, c.Groups)
	if err != nil {
		return err
	}
	if err := n.placeNodes(b, c.Subnets); err != nil {
		return err
	}
	b.Groups = slices.Clone(c.Groups)
	for _, e := range b.nodes {
		e.Groups = slices.Clone(c.Groups)
		e.setGroups(groups)
	}
	b.IgnoreRulesOnPrivateLink, b.CrossZone = c.IgnoreRulesOnPrivateLink, c.CrossZone
	n.superviseAll(b)
	return nil
}

// DeleteLoadBalancer deletes a load balancer with its listeners, unless an
// endpoint service is on it.
func (n *Network) DeleteLoadBalancer(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	b, err := n.balancers.get(id)
	if err != nil {
		return err
	}
	for _, s := range n.offers.byID {
		if slices.Contains(s.balancers, b) {
			return refuse("ResourceInUse", "Load balancer '%s' cannot be deleted because it is currently associated with another service", id)
		}
	}
	n.removeBalancer(b)
	return nil
}

func (n *Network) removeBalancer(b *loadBalancer) {
	n.directory.root.Remove(b.DNSName)
	for id := range b.listeners {
		n.removeListener(b, id)
	}
	for _, e := range slices.Clone(b.nodes) {
		n.removeNode(b, e)
	}
	delete(n.balancers.byID, b.ID)
}

// LoadBalancer describes a load balancer.
func (n *Network) LoadBalancer(id string) (LoadBalancer, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	b, err := n.balancers.get(id)
	if err != nil {
		return LoadBalancer{}, err
	}
	return b.describe(), nil
}

// LoadBalancers describes all load balancers in the order of their ids.
func (n *Network) LoadBalancers() []LoadBalancer {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return describeAll(n.balancers.sorted(), (*loadBalancer).describe)
}

func (b *loadBalancer) describe() LoadBalancer {
	c := b.LoadBalancer
	c.Subnets, c.Groups = slices.Clone(c.Subnets), slices.Clone(c.Groups)
	c.Nodes = nil
	for _, e := range b.nodes {
		c.Nodes = append(c.Nodes, Node{Zone: e.Zone, Subnet: e.Subnet, Interface: e.ID, PrivateAddr: e.PrivateAddr, PublicAddr: e.PublicAddr})
	}
	return c
}

// balancerAddrs are the addresses that a load balancer's name has now: those of
// its nodes in healthy zones, or of all nodes if no zone is healthy
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
func (n *Network) balancerAddrs(b *loadBalancer) []netip.Addr {
	n.mu.RLock()
	defer n.mu.RUnlock()
	var healthy, all []netip.Addr
	for _, node := range b.nodes {
		addr := node.PrivateAddr
		if b.InternetFacing {
			addr = node.PublicAddr
		}
		all = append(all, addr)
		if b.healthyIn(node) {
			healthy = append(healthy, addr)
		}
	}
	if len(healthy) == 0 {
		return all
	}
	return healthy
}
