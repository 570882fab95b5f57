package vpc

import (
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/store"
)

// PrefixList is a named set of CIDR blocks that routes and security groups can
// refer to. AWS manages one for each service with a gateway endpoint
// (docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html);
// others are a customer's own
// (docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html).
type PrefixList struct {
	// ID is pl-…, Name such as com.amazonaws.REGION.s3. Required.
	ID, Name string
	Entries  []netip.Prefix
	// MaxEntries is the most entries that a customer's list may have. Default: the list
	// is AWS's.
	MaxEntries int
	// IPv6 lists have IPv6 blocks, all others IPv4 blocks.
	IPv6 bool
	// Version counts a customer's changes from 1. Set by the network.
	Version int
}

// PrefixLists are the prefix lists of a network.
type PrefixLists struct{ network *Network }

// PrefixLists returns the network's prefix lists.
func (n *Network) PrefixLists() PrefixLists { return PrefixLists{n} }

// Create creates a prefix list.
func (a PrefixLists) Create(c PrefixList) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.addPrefixList(c)
}

func (n *Network) addPrefixList(c PrefixList) error {
	if err := n.lists.CheckFree(c.ID); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	c.Entries, c.Version = slices.Clone(c.Entries), 1
	n.lists.ByID[c.ID] = &c
	return nil
}

// check returns EC2's error for a list that cannot be.
func (c PrefixList) check() error {
	if c.MaxEntries == 0 {
		return nil
	}
	if len(c.Entries) > c.MaxEntries {
		return refuse("PrefixListMaxEntriesExceeded", "The prefix list %s has %d entries, of at most %d", c.ID, len(c.Entries), c.MaxEntries)
	}
	for i, e := range c.Entries {
		switch {
		case !e.IsValid() || e != e.Masked() || e.Addr().Is6() != c.IPv6:
			return refuse("InvalidParameterValue", "The CIDR '%s' cannot be an entry of the prefix list %s", e, c.ID)
		case slices.Contains(c.Entries[:i], e):
			return refuse("InvalidParameterValue", "The CIDR '%s' is twice in the prefix list %s", e, c.ID)
		}
	}
	return nil
}

// Modify replaces the name, the entries and the most entries of a customer's list.
// Routes and rules that refer to it follow at once.
func (a PrefixLists) Modify(id, name string, entries []netip.Prefix, maxEntries int) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	l, err := n.lists.Get(id)
	if err != nil {
		return err
	}
	if l.MaxEntries == 0 {
		return refuse("UnauthorizedOperation", "The prefix list %s is AWS's.", id)
	}
	changed := *l
	changed.Name, changed.Entries, changed.MaxEntries, changed.Version = name, slices.Clone(entries), maxEntries, l.Version+1
	if err := changed.check(); err != nil {
		return err
	}
	*l = changed
	return nil
}

// Delete deletes a prefix list that no route and no rule names.
func (a PrefixLists) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.lists.Get(id); err != nil {
		return err
	}
	for _, t := range n.tables.ByID {
		for _, r := range t.routes {
			if r.Destination == id {
				return dependency("prefix list", id, t.ID)
			}
		}
	}
	for _, g := range n.groups.ByID {
		names := func(r Rule) bool { return r.PrefixList == id }
		if slices.ContainsFunc(g.Ingress, names) || slices.ContainsFunc(g.Egress, names) {
			return dependency("prefix list", id, g.ID)
		}
	}
	delete(n.lists.ByID, id)
	return nil
}

// All describes all prefix lists in the order of their ids.
func (a PrefixLists) All() []PrefixList {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.lists, func(l *PrefixList) PrefixList {
		c := *l
		c.Entries = slices.Clone(c.Entries)
		return c
	})
}

func (l *PrefixList) contains(a netip.Addr) bool {
	return slices.ContainsFunc(l.Entries, func(p netip.Prefix) bool { return p.Contains(a) })
}
