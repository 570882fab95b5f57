package reach

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/vpc"
)

// Place is where packets start.
type Place struct {
	// Name is such as "subnet Private", "instance Web", "the internet".
	Name string
	// Home is the name of the VPC that it is in; empty: none.
	Home string
	// Host sends the packets.
	Host *vpc.Host
	kind string
	id   string // physical id of what it is, or internet, stranger
	out  bool   // it is in no VPC of the stacks
}

// Outside reports whether the place is in no VPC of the stacks.
func (p Place) Outside() bool { return p.out }

// Kind is the kind of resource that the place is, such as [KindInstance], and ID its
// physical id. Both are empty for the places that belong to no stack.
func (p Place) Kind() string { return p.kind }

// ID is the physical id of the resource that the place is.
func (p Place) ID() string {
	if p.kind == "" {
		return ""
	}
	return p.id
}

// What people call the places that belong to no stack, and their names.
const (
	Internet = "internet"
	Stranger = "stranger"

	internetName = "the internet"
	strangerName = "a stranger's VPC"
)

// The hosts of the survey on the internet and in a VPC that no stack knows.
var (
	onInternet   = netip.AddrFrom4([4]byte{203, 0, 113, 78})
	strangerCIDR = netip.MustParsePrefix("192.168.0.0/16")
)

// own begins the ids of everything that the survey makes.
const own = "reach-"

// Own reports whether an interface is one of the survey's.
func Own(i vpc.Interface) bool { return strings.HasPrefix(i.ID, "eni-"+own) }

// Settle puts a host into a subnet, behind a security group that admits everything, with
// a public address or without. What it reaches, the network alone decides. There
// is one of each; further calls return the same.
func (s *Survey) Settle(subnet string, public bool) (vpc.Interface, *vpc.Host, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "eni-" + own + subnet
	if public {
		id += "-public"
	}
	return s.settle(id, subnet, public)
}

// Fresh puts another host into a subnet, which has sent nothing yet.
func (s *Survey) Fresh(subnet string) (vpc.Interface, *vpc.Host, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settle(fmt.Sprintf("eni-%sfresh-%d", own, len(s.made)), subnet, false)
}

// settle makes a host behind an interface with an id, unless there is one. The caller
// holds the lock.
func (s *Survey) settle(id, subnet string, public bool) (vpc.Interface, *vpc.Host, error) {
	n := s.Region.Network
	if host := s.hosts[id]; host != nil {
		i, err := n.Interfaces().Get(id)
		return i, host, err
	}
	sub, err := n.Subnets().Get(subnet)
	if err != nil {
		return vpc.Interface{}, nil, err
	}
	group := "sg-" + own + sub.VPC
	if _, err := n.SecurityGroups().Get(group); err != nil {
		if err := n.SecurityGroups().Create(vpc.SecurityGroup{
			ID: group, VPC: sub.VPC, Name: own + sub.VPC, Ingress: []vpc.Rule{vpc.AllowAll}, Egress: []vpc.Rule{vpc.AllowAll},
		}); err != nil {
			return vpc.Interface{}, nil, err
		}
		s.undo(func() error { return n.SecurityGroups().Delete(group) })
	}
	i, err := n.Interfaces().Create(vpc.Interface{ID: id, Subnet: subnet, Groups: []string{group}, Public: public})
	if err != nil {
		return i, nil, fmt.Errorf("a host for the subnet %s: %w", subnet, err)
	}
	host, err := n.Host(i.ID)
	if err != nil {
		return i, nil, errors.Join(err, n.Interfaces().Delete(id))
	}
	s.hosts[id] = host
	s.undo(func() error {
		delete(s.hosts, id)
		host.Close()
		return n.Interfaces().Delete(id)
	})
	return i, host, nil
}

// internet returns the survey's host on the internet.
func (s *Survey) internet() (Place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	host := s.hosts[Internet]
	if host == nil {
		var err error
		if host, err = s.Region.Network.PublicHost(own+Internet, onInternet); err != nil {
			return Place{}, err
		}
		s.hosts[Internet] = host
		s.undo(func() error { host.Close(); return nil })
	}
	return Place{Name: internetName, Host: host, id: Internet, out: true}, nil
}

// stranger returns a host in a VPC that no stack knows. The VPC has an internet gateway,
// the host a public address.
func (s *Survey) stranger() (Place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const id = own + Stranger
	n := s.Region.Network
	if s.hosts["eni-"+id] == nil {
		for _, step := range []struct{ do, undo func() error }{
			{func() error {
				return n.VPCs().Create(vpc.VPC{ID: "vpc-" + id, CIDRs: []netip.Prefix{strangerCIDR}, DNSSupport: true, DNSHostnames: true, MainTable: "rtb-" + id})
			}, func() error { return n.VPCs().Delete("vpc-" + id) }},
			{func() error { return n.InternetGateways().Create("igw-" + id) }, func() error { return n.InternetGateways().Delete("igw-" + id) }},
			{func() error { return n.InternetGateways().Attach("igw-"+id, "vpc-"+id) }, func() error { return n.InternetGateways().Detach("igw-"+id, "vpc-"+id) }},
			{func() error {
				return n.RouteTables().CreateRoute("rtb-"+id, vpc.Route{Destination: "0.0.0.0/0", Target: "igw-" + id})
			}, func() error { return n.RouteTables().DeleteRoute("rtb-"+id, "0.0.0.0/0") }},
			{func() error {
				return n.Subnets().Create(vpc.Subnet{ID: "subnet-" + id, VPC: "vpc-" + id, CIDR: strangerCIDR})
			}, func() error { return n.Subnets().Delete("subnet-" + id) }},
		} {
			if err := step.do(); err != nil {
				return Place{}, fmt.Errorf("a stranger's VPC: %w", err)
			}
			s.undo(step.undo)
		}
	}
	_, host, err := s.settle("eni-"+id, "subnet-"+id, true)
	return Place{Name: strangerName, Home: strangerName, Host: host, id: Stranger, out: true}, err
}

// Subnet returns the place of a host in a subnet, by the subnet's id. It has a public
// address if the subnet gives one to instances.
func (s *Survey) Subnet(id string) (Place, error) {
	sub, err := s.Region.Network.Subnets().Get(id)
	if err != nil {
		return Place{}, err
	}
	_, host, err := s.Settle(id, sub.MapPublic)
	return Place{Name: KindSubnet + " " + s.Named(id), Home: s.Named(sub.VPC), Host: host, kind: KindSubnet, id: id}, err
}

// Places returns all places of the stacks and the internet, in the order of their
// names: a host in every subnet, the instances, and the functions in a VPC.
func (s *Survey) Places() ([]Place, error) {
	n := s.Region.Network
	var out []Place
	for _, sub := range n.Subnets().All() {
		if !s.Knows(sub.ID) {
			continue
		}
		p, err := s.Subnet(sub.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	for _, i := range n.Interfaces().All() {
		o := s.owner(i)
		if i.Managed || !i.InUse || o.kind != KindInstance && o.kind != KindFunction {
			continue
		}
		host, err := n.Host(i.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, Place{Name: s.Owner(i), Home: s.Named(i.VPC), Host: host, kind: o.kind, id: o.id})
	}
	slices.SortStableFunc(out, func(a, b Place) int { return strings.Compare(a.Name, b.Name) })
	internet, err := s.internet()
	return append(out, internet), err
}
