package elb

import (
	"cmp"
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/nat"
	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/store"
	"provenendpoints/internal/lab/vpc"
)

// The types of load balancers.
const (
	Network     = "network"
	Application = "application"
	Gateway     = "gateway"
)

// LoadBalancer is a Network, an Application or a Gateway Load Balancer: a node in each of its
// zones, behind an interface of its own
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html).
type LoadBalancer struct {
	// Type is network, application or gateway. Default: network.
	Type string
	// ID is the ARN or any other id, Name the name. Required.
	ID, Name string
	// Subnets are the ids of its subnets, one in each zone. Required.
	Subnets []string
	// InternetFacing gives the nodes public addresses. Default: internal.
	InternetFacing bool
	// Groups are the ids of its security groups. Without any, nothing is
	// filtered, and none can be given later; an Application Load Balancer has its VPC's
	// default group then, and a Gateway Load Balancer never has any.
	Groups []string
	// IgnoreRulesOnPrivateLink turns
	// EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic off: the inbound rules
	// then do not apply to packets from endpoints. Default: they apply, with
	// the client's own private address.
	IgnoreRulesOnPrivateLink bool
	// CrossZone lets each node use the targets of all zones. Default: a node
	// uses those of its own zone.
	CrossZone bool
	// Active is when it is active. Until then it is provisioning, and its nodes take no
	// packets. Default: at once.
	Active time.Time
	// VPC is the id of its VPC, DNSName its name, which a Gateway Load Balancer does not
	// have, Nodes its nodes by zone. Set by the network.
	VPC, DNSName string
	Nodes        []Node
	// State is active or provisioning. Set by the network.
	State string
}

// Node is a load balancer's node in a zone.
type Node struct {
	Zone, Subnet, Interface string
	PrivateAddr, PublicAddr netip.Addr
}

// Balancer is a [LoadBalancer] in use, and the device behind the interfaces of
// its nodes. Its methods run under the network's lock.
type Balancer struct {
	LoadBalancer
	users     map[string]bool // endpoint services that use it, by id
	nodes     []*vpc.ENI      // by zone
	listeners map[string]*boundListener
	table     *vpc.Translations
	clock     *clock.Clock
	// probers are the nodes' own stacks, which send the health checks. Those of an
	// Application Load Balancer do everything.
	probers map[*vpc.ENI]*vpc.Host
	turn    atomic.Uint64 // requests so far
}

// IsActive reports whether the load balancer is active already.
func (b *Balancer) IsActive() bool { return !b.clock.Now().Before(b.Active) }

// CreateLoadBalancer creates a load balancer.
func (lb *LoadBalancing) CreateLoadBalancer(c LoadBalancer) (LoadBalancer, error) {
	locked := lb.network.Lock()
	defer locked.Unlock()
	if err := lb.balancers.CheckFree(c.ID); err != nil {
		return c, err
	}
	if c.Name == "" || len(c.Subnets) == 0 {
		return c, awserr.New("ValidationError", "A load balancer needs a name and at least one subnet")
	}
	if err := checkName("load balancer", c.Name); err != nil {
		return c, err
	}
	for _, other := range lb.balancers.ByID {
		if other.Name == c.Name {
			return c, awserr.New("DuplicateLoadBalancerName", "A load balancer with the same name '%s' exists, but with different settings", c.Name)
		}
	}
	first, err := locked.Subnet(c.Subnets[0])
	if err != nil {
		return c, err
	}
	c.VPC = first.VPC
	c.Type = cmp.Or(c.Type, Network)
	c.DNSName = strings.ToLower(c.Name) + "-" + awsid.Lower(16, c.ID) + ".elb." + lb.network.Region() + ".amazonaws.com"
	c.Groups = slices.Clone(c.Groups)
	switch c.Type {
	case Application:
		if err := lb.completeApplication(locked, &c); err != nil {
			return c, err
		}
	case Gateway:
		if c.InternetFacing || len(c.Groups) > 0 {
			return c, awserr.New("InvalidConfigurationRequest", "A load balancer of type 'gateway' has neither a scheme nor security groups")
		}
		c.DNSName = ""
	}
	b := &Balancer{
		LoadBalancer: c, users: map[string]bool{}, listeners: map[string]*boundListener{},
		clock: lb.network.Clock(), table: nat.NewTable[*vpc.ENI](lb.network.Clock(), idleBalanced), probers: map[*vpc.ENI]*vpc.Host{},
	}
	if err := lb.placeNodes(locked, b, c.Subnets); err != nil {
		return c, err
	}
	lb.balancers.ByID[c.ID] = b
	if c.Type == Gateway {
		return b.describe(), nil
	}
	if err := lb.network.PublicZone().SetAddressFunc(c.DNSName, func() []netip.Addr { return lb.balancerAddrs(b) }); err != nil {
		lb.removeBalancer(locked, b)
		return c, awserr.New("ValidationError", "The load balancer name '%s' is not valid", c.Name)
	}
	return b.describe(), nil
}

// maxName is the length limit of names, in characters
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html,
// …/API_CreateTargetGroup.html).
const maxName = 32

// validName is what names are made of.
var validName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)

// checkName refuses a name that a load balancer or a target group cannot have.
func checkName(what, name string) error {
	switch {
	case len(name) > maxName:
		return awserr.New("ValidationError", "The %s name '%s' cannot be longer than '%d' characters", what, name, maxName)
	case !validName.MatchString(name):
		return awserr.New("ValidationError", "The %s name '%s' can only contain characters that are alphanumeric characters or hyphens(-), and cannot begin or end with a hyphen", what, name)
	case what == "load balancer" && strings.HasPrefix(name, "internal-"):
		return awserr.New("ValidationError", "The load balancer name '%s' cannot start with 'internal-'", name)
	}
	return nil
}

// completeApplication checks and completes what Application Load Balancers have of their own
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html).
func (lb *LoadBalancing) completeApplication(locked vpc.Locked, c *LoadBalancer) error {
	if len(c.Subnets) < 2 {
		return awserr.New("ValidationError", "At least two subnets in two different Availability Zones must be specified")
	}
	if len(c.Groups) == 0 {
		v, err := locked.VPC(c.VPC)
		if err != nil {
			return err
		}
		c.Groups = []string{v.DefaultGroup}
	}
	prefix := ""
	if !c.InternetFacing {
		prefix = "internal-"
	}
	c.CrossZone = true
	c.DNSName = prefix + strings.ToLower(c.Name) + "-" + awsid.Lower(10, c.ID) + "." + lb.network.Region() + ".elb.amazonaws.com"
	return nil
}

// placeNodes puts nodes into the subnets that have none, and removes those from
// other subnets. Nothing has changed if it returns an error.
func (lb *LoadBalancing) placeNodes(locked vpc.Locked, b *Balancer, subnets []string) error {
	zones := map[string]bool{}
	for _, id := range subnets {
		s, err := locked.Subnet(id)
		if err != nil {
			return err
		}
		switch {
		case s.VPC != b.VPC:
			return awserr.New("InvalidConfigurationRequest", "The subnets must be in one VPC: '%s' is not in %s", id, b.VPC)
		case zones[s.Zone]:
			return awserr.New("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
		case b.InternetFacing && !locked.HasInternetGateway(b.VPC):
			return awserr.New("InvalidSubnet", "VPC %s has no internet gateway", b.VPC)
		}
		zones[s.Zone] = true
	}
	if err := locked.CheckGroups(b.VPC, b.Groups); err != nil {
		return err
	}
	var made []*vpc.ENI
	for _, id := range subnets {
		if slices.ContainsFunc(b.nodes, func(e *vpc.ENI) bool { return e.Subnet == id }) {
			continue
		}
		e, err := locked.AddInterface(vpc.Interface{
			ID: awsid.EC2("eni-", b.ID, id), Subnet: id, Groups: b.Groups, Public: b.InternetFacing,
			Description: "ELB " + b.fullName(), Type: interfaceTypes[b.Type],
		}, b)
		if err == nil && b.Type == Application {
			if err = lb.startNode(locked, b, e); err != nil {
				locked.RemoveInterface(e)
			}
		}
		if err != nil {
			for _, e := range made {
				locked.RemoveInterface(e)
			}
			return err
		}
		made = append(made, e)
	}
	b.nodes = append(b.nodes, made...)
	for _, l := range b.listeners {
		for _, e := range made {
			if b.Type == Network && l.served(b) {
				if err := lb.serve(locked, b, l, e); err != nil {
					return err
				}
			}
		}
	}
	for _, e := range slices.Clone(b.nodes) {
		if !slices.Contains(subnets, e.Subnet) {
			lb.removeNode(locked, b, e)
		}
	}
	slices.SortFunc(b.nodes, func(x, y *vpc.ENI) int { return strings.Compare(x.Zone, y.Zone) })
	b.Subnets = slices.Clone(subnets)
	return nil
}

// interfaceTypes are the types of the nodes' interfaces
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html).
var interfaceTypes = map[string]string{Network: "network_load_balancer", Application: "interface", Gateway: "gateway_load_balancer"}

// kinds are the types in ARNs.
var kinds = map[string]string{Network: "net", Application: "app", Gateway: "gwy"}

// Kind is a type as ARNs have it: net, app or gwy
// (docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
func Kind(of string) string { return kinds[of] }

// fullName is the part of the ARN by which descriptions of interfaces name the load
// balancer: net/NAME/ID (repost.aws/knowledge-center/elb-find-load-balancer-ip).
func (b *Balancer) fullName() string {
	if _, name, isARN := strings.Cut(b.ID, ":loadbalancer/"); isARN {
		return name
	}
	return Kind(b.Type) + "/" + b.Name + "/" + awsid.Lower(16, b.ID)
}

func (lb *LoadBalancing) removeNode(locked vpc.Locked, b *Balancer, e *vpc.ENI) {
	b.table.Remove(func(in vpc.Arrival, _ packet.Flow, via *vpc.ENI) bool { return in.At == e || via == e })
	for _, l := range b.listeners {
		l.stop(locked, e, func() {})
	}
	if h := b.probers[e]; h != nil {
		delete(b.probers, e)
		// Closing takes the lock, which the caller holds.
		locked.Go(func(context.Context) { h.Close() })
	}
	locked.RemoveInterface(e)
	b.nodes = slices.DeleteFunc(b.nodes, func(o *vpc.ENI) bool { return o == e })
}

// ModifyLoadBalancer gives a load balancer the subnets, groups, PrivateLink
// setting and cross-zone setting of c, whose other fields are ignored.
func (lb *LoadBalancing) ModifyLoadBalancer(c LoadBalancer) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	b, err := lb.balancers.Get(c.ID)
	if err != nil {
		return err
	}
	if c.Type, c.InternetFacing = b.Type, b.InternetFacing; b.Type == Application {
		c.VPC = b.VPC
		if err := lb.completeApplication(locked, &c); err != nil {
			return err
		}
	}
	switch {
	case len(c.Subnets) == 0:
		return awserr.New("ValidationError", "A load balancer needs at least one subnet")
	case len(b.Groups) == 0 && len(c.Groups) > 0:
		return awserr.New("InvalidConfigurationRequest", "Security groups cannot be associated with a Network Load Balancer that was created without any")
	case len(b.Groups) > 0 && len(c.Groups) == 0:
		return awserr.New("ValidationError", "The last security group of a Network Load Balancer cannot be taken away")
	}
	if err := locked.CheckGroups(b.VPC, c.Groups); err != nil {
		return err
	}
	if err := lb.placeNodes(locked, b, c.Subnets); err != nil {
		return err
	}
	b.Groups = slices.Clone(c.Groups)
	for _, e := range b.nodes {
		if err := locked.SetGroups(e, c.Groups); err != nil {
			return err
		}
	}
	b.IgnoreRulesOnPrivateLink, b.CrossZone = c.IgnoreRulesOnPrivateLink, c.CrossZone
	lb.superviseAll(locked, b)
	return nil
}

// DeleteLoadBalancer deletes a load balancer with its listeners, unless an
// endpoint service is on it.
func (lb *LoadBalancing) DeleteLoadBalancer(id string) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	b, err := lb.balancers.Get(id)
	if err != nil {
		return err
	}
	if len(b.users) > 0 {
		return awserr.New("ResourceInUse", "Load balancer '%s' cannot be deleted because it is currently associated with another service", id)
	}
	lb.removeBalancer(locked, b)
	return nil
}

func (lb *LoadBalancing) removeBalancer(locked vpc.Locked, b *Balancer) {
	if b.DNSName != "" {
		lb.network.PublicZone().Remove(b.DNSName)
	}
	for id := range b.listeners {
		lb.removeListener(locked, b, id)
	}
	for _, e := range slices.Clone(b.nodes) {
		lb.removeNode(locked, b, e)
	}
	delete(lb.balancers.ByID, b.ID)
}

// LoadBalancer describes a load balancer.
func (lb *LoadBalancing) LoadBalancer(id string) (LoadBalancer, error) {
	defer lb.network.RLock().Unlock()
	b, err := lb.balancers.Get(id)
	if err != nil {
		return LoadBalancer{}, err
	}
	return b.describe(), nil
}

// LoadBalancers describes all load balancers in the order of their ids.
func (lb *LoadBalancing) LoadBalancers() []LoadBalancer {
	defer lb.network.RLock().Unlock()
	return store.Describe(lb.balancers, (*Balancer).describe)
}

func (b *Balancer) describe() LoadBalancer {
	c := b.LoadBalancer
	c.Subnets, c.Groups = slices.Clone(c.Subnets), slices.Clone(c.Groups)
	c.Nodes = nil
	c.State = "active"
	if !b.IsActive() {
		c.State = "provisioning"
	}
	for _, e := range b.nodes {
		c.Nodes = append(c.Nodes, Node{Zone: e.Zone, Subnet: e.Subnet, Interface: e.ID, PrivateAddr: e.PrivateAddr, PublicAddr: e.PublicAddr})
	}
	return c
}

// balancerAddrs are the addresses that a load balancer's name has now: those of
// its nodes in healthy zones, or of all nodes if no zone is healthy
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
func (lb *LoadBalancing) balancerAddrs(b *Balancer) []netip.Addr {
	defer lb.network.RLock().Unlock()
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
