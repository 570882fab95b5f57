package oracle

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/vpc"
)

// place is where packets start.
type place struct {
	name string
	host *vpc.Host
	// own marks the oracle's own hosts, which stand for anybody in a subnet, and
	// for the internet.
	own bool
	// outward marks hosts that only try to get out: those with a public address.
	outward bool
}

// thing is what packets are sent to.
type thing struct {
	name string
	addr netip.Addr
	// at is the id of the interface that has the address, if one has.
	at string
	// open marks things to which a few ports are enough: they refuse none.
	open bool
}

// The beginnings of names.
const (
	anybodyIn = "anybody in "
	outside   = "service "
	nameOf    = "name "
	internet  = "the internet"
	roleOf    = "role "
	publicOf  = "public address of "
	// withPublic ends the names of hosts in a subnet that have a public address.
	withPublic = " with a public address"
)

// locals are the beginnings of the names of things that lead nowhere else.
var locals = []string{anybodyIn, "instance ", "function ", "interface ", "instance connect endpoint "}

func isLocal(name string) bool {
	return slices.ContainsFunc(locals, func(l string) bool { return strings.HasPrefix(name, l) })
}

// hash is the end of a logical id that CDK made, and of one that changes with
// what the resource is made of.
var hash = regexp.MustCompile(`[0-9A-F]{8}([0-9a-f]{16})?$`)

// nameThings gives the stack's resources their logical ids as names, without
// CDK's hashes. The first of several that share a physical id names it, as a
// bucket does and not its policy.
func (m *measurement) nameThings() {
	m.names = map[string]string{}
	for _, r := range m.Resources(m.stack) {
		if r.PhysicalID != "" && m.names[r.PhysicalID] == "" {
			m.names[r.PhysicalID] = hash.ReplaceAllString(r.LogicalID, "")
		}
	}
}

// named returns the name of a thing by its physical id.
func (m *measurement) named(id string) string {
	if name, ok := m.names[id]; ok {
		return name
	}
	return id
}

// settle puts two hosts into every subnet, one of them with a public address, and finds all interfaces and services.
func (m *measurement) settle() error {
	n := m.Network
	var errs []error
	for _, v := range n.VPCs().All() {
		group := "sg-oracle-" + v.ID
		errs = append(errs, n.SecurityGroups().Create(vpc.SecurityGroup{
			ID: group, VPC: v.ID, Name: group, Ingress: []vpc.Rule{vpc.AllowAll}, Egress: []vpc.Rule{vpc.AllowAll},
		}))
		for _, s := range n.Subnets().All() {
			if s.VPC == v.ID {
				errs = append(errs, m.settleIn(s, group))
			}
		}
	}
	host, err := n.PublicHost("oracle", netip.AddrFrom4([4]byte{203, 0, 113, 77}))
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	m.places = append(m.places, place{name: internet, host: host, own: true})
	for _, i := range n.Interfaces().All() {
		m.look(i)
	}
	m.lookOutside()
	return errors.Join(errs...)
}

func (m *measurement) settleIn(s vpc.Subnet, group string) error {
	for _, public := range []bool{false, true} {
		id, name := "eni-oracle-"+s.ID, anybodyIn+m.named(s.ID)
		if public {
			id, name = id+"-public", name+withPublic
		}
		i, err := m.Network.Interfaces().Create(vpc.Interface{ID: id, Subnet: s.ID, Groups: []string{group}, Public: public})
		if err != nil {
			return fmt.Errorf("a host for the subnet %s: %w", s.ID, err)
		}
		host, err := m.Network.Host(i.ID)
		if err != nil {
			return err
		}
		m.places = append(m.places, place{name: name, host: host, own: !public, outward: public})
		m.matrix.Homes[name] = m.named(s.VPC)
		if public {
			m.things = append(m.things, thing{name: publicOf + name, addr: i.PublicAddr, at: i.ID, open: true})
		} else {
			m.things = append(m.things, thing{name: name, addr: i.PrivateAddr, at: i.ID, open: true})
		}
	}
	return nil
}

// look notes an interface, which packets go to and, if a host is behind it or can
// be, come from.
func (m *measurement) look(i vpc.Interface) {
	if strings.HasPrefix(i.ID, "eni-oracle-") {
		return
	}
	name := m.ownerOf(i)
	m.matrix.Homes[name] = m.named(i.VPC)
	m.things = append(m.things, thing{name: name, addr: i.PrivateAddr, at: i.ID})
	if i.PublicAddr.IsValid() {
		m.things = append(m.things, thing{name: publicOf + name, addr: i.PublicAddr, at: i.ID})
	}
	if !i.Managed {
		if host, err := m.Network.Host(i.ID); err == nil {
			m.places = append(m.places, place{name: name, host: host})
		}
	}
}

// ownerOf names an interface after what it belongs to.
func (m *measurement) ownerOf(i vpc.Interface) string {
	for _, e := range m.PrivateLink.Endpoints() {
		if slices.Contains(e.Interfaces, i.ID) {
			return "endpoint " + m.named(e.ID) + " in " + m.named(i.Subnet)
		}
	}
	for _, b := range m.LoadBalancing.LoadBalancers() {
		for _, node := range b.Nodes {
			if node.Interface == i.ID {
				return "balancer " + m.named(b.ID) + " in " + m.named(i.Subnet)
			}
		}
	}
	for _, g := range m.Network.NatGateways().All() {
		if g.Interface == i.ID {
			return "NAT gateway " + m.named(g.ID)
		}
	}
	if name, ok := strings.CutPrefix(i.Description, "AWS Lambda VPC ENI-"); ok {
		return "function " + m.named(name) + " in " + m.named(i.Subnet)
	}
	if id, ok := strings.CutPrefix(i.Description, "EC2 Instance Connect Endpoint "); ok {
		return "instance connect endpoint " + m.named(id)
	}
	for _, r := range m.Resources(m.stack) {
		if r.Type == "AWS::EC2::Instance" && awsid.Derived("eni-", r.PhysicalID) == i.ID {
			return "instance " + m.named(r.PhysicalID)
		}
	}
	return "interface " + m.named(i.ID)
}
