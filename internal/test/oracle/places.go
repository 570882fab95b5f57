package oracle

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/reach"
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

// settle puts two hosts into every subnet, one of them with a public address, and finds all interfaces and services.
func (m *measurement) settle() error {
	n := m.Network
	var errs []error
	for _, s := range n.Subnets().All() {
		errs = append(errs, m.settleIn(s))
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

func (m *measurement) settleIn(s vpc.Subnet) error {
	for _, public := range []bool{false, true} {
		name := anybodyIn + m.named(s.ID)
		if public {
			name += withPublic
		}
		i, host, err := m.survey.Settle(s.ID, public)
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
	if reach.Own(i) {
		return
	}
	name := m.survey.Owner(i)
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
