package vpc

import (
	"context"
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/netstack"
)

// Locked is the network while its configuration is locked. Services that are
// built on the network (load balancing, PrivateLink) work through it and keep
// their own state under the same lock, so that every packet sees one state of
// everything. Packets read that state in [Device] and [Hop], which run under the
// read lock.
//
// Methods of [Network] must not be called before Unlock.
type Locked struct {
	n      *Network
	unlock func()
}

// Lock locks the configuration for a change.
func (n *Network) Lock() Locked {
	n.mu.Lock()
	return Locked{n, n.mu.Unlock}
}

// RLock locks the configuration for reading.
func (n *Network) RLock() Locked {
	n.mu.RLock()
	return Locked{n, n.mu.RUnlock}
}

// Unlock ends the access.
func (l Locked) Unlock() { l.unlock() }

// VPC describes a VPC.
func (l Locked) VPC(id string) (VPC, error) {
	v, err := l.n.vpcs.Get(id)
	if err != nil {
		return VPC{}, err
	}
	return v.describe(), nil
}

// Use keeps a VPC from being deleted, and id from being the target of a route
// that CreateRoute makes, until Release.
func (l Locked) Use(vpc, id string) {
	if v := l.n.vpcs.ByID[vpc]; v != nil {
		v.users[id] = true
	}
}

// Release ends the use of a VPC.
func (l Locked) Release(vpc, id string) {
	if v := l.n.vpcs.ByID[vpc]; v != nil {
		delete(v.users, id)
	}
}

// HasInternetGateway reports whether a VPC has an internet gateway attached.
func (l Locked) HasInternetGateway(vpc string) bool {
	v := l.n.vpcs.ByID[vpc]
	return v != nil && v.gateway != nil
}

// Subnet describes a subnet.
func (l Locked) Subnet(id string) (Subnet, error) {
	s, err := l.n.subnets.Get(id)
	if err != nil {
		return Subnet{}, err
	}
	return s.Subnet, nil
}

// ZoneOf returns the zone of the subnet of a VPC that contains an address; empty
// if none does.
func (l Locked) ZoneOf(vpc string, a netip.Addr) string {
	if v := l.n.vpcs.ByID[vpc]; v != nil {
		for _, s := range v.subnets {
			if s.CIDR.Contains(a) {
				return s.Zone
			}
		}
	}
	return ""
}

// CheckGroups returns an error unless all of the security groups exist in a VPC.
func (l Locked) CheckGroups(vpc string, groups []string) error {
	v, err := l.n.vpcs.Get(vpc)
	if err != nil {
		return err
	}
	_, err = l.n.groupsOf(v, groups)
	return err
}

// AddInterface creates an interface that an AWS service manages, with a device
// behind it. Without security groups it filters nothing.
func (l Locked) AddInterface(c Interface, d Device) (*ENI, error) {
	c.Managed = true
	return l.n.addInterface(c, d)
}

// RemoveInterface deletes an interface that AddInterface has made.
func (l Locked) RemoveInterface(e *ENI) { l.n.removeInterface(e) }

// SetGroups replaces an interface's security groups.
func (l Locked) SetGroups(e *ENI, ids []string) error {
	groups, err := l.n.groupsOf(e.vpc(), ids)
	if err != nil {
		return err
	}
	e.Groups = slices.Clone(ids)
	e.setGroups(groups)
	return nil
}

// Interface returns an interface.
func (l Locked) Interface(id string) (*ENI, error) { return l.n.interfaces.Get(id) }

// InterfaceAt returns the interface of a VPC with a private address, or nil.
func (l Locked) InterfaceAt(vpc string, a netip.Addr) *ENI {
	if v := l.n.vpcs.ByID[vpc]; v != nil {
		return v.byAddr[a]
	}
	return nil
}

// ReturnThrough has answers of an interface go back through tables of
// translations, in place of those that were set before.
func (l Locked) ReturnThrough(e *ENI, tables []*Translations) { e.returns = tables }

// StartHost starts a host that sends from an interface. The interface's device
// stays: what arrives for the host is up to it.
func (l Locked) StartHost(name string, at *ENI) (*Host, error) {
	return l.n.newHost(netstack.Options{Name: name, MTU: mtuVPC, Addrs: []netip.Addr{at.PrivateAddr}}, at)
}

// RouteTable describes a route table.
func (l Locked) RouteTable(id string) (RouteTable, error) {
	t, err := l.n.tables.Get(id)
	if err != nil {
		return RouteTable{}, err
	}
	return t.describe(l.n), nil
}

// AddRoute adds a route that an AWS service manages, from a prefix list to a hop.
// The route table and the prefix list exist, and the table has no such route.
func (l Locked) AddRoute(table, list, target string, via ManagedHop) {
	l.n.tables.ByID[table].add(&route{Destination: list, Target: target, list: l.n.lists.ByID[list], via: via})
}

// RemoveRoute deletes a route, managed or not.
func (l Locked) RemoveRoute(table, destination string) {
	if t := l.n.tables.ByID[table]; t != nil {
		t.remove(destination)
	}
}

// CutPaths ends all private paths of an owner; see [Transit.Tunnel].
func (l Locked) CutPaths(owner string) { l.n.paths.forget(owner) }

// PrivateZones returns the private zones of a VPC.
func (l Locked) PrivateZones(vpc string) *dns.Zones { return l.n.directory.of(vpc) }

// Go runs f until the network closes, which ends ctx and waits for f. It does
// nothing if the network is closed.
func (l Locked) Go(f func(ctx context.Context)) {
	if l.n.closed {
		return
	}
	l.n.running.Go(func() { f(l.n.ctx) })
}
