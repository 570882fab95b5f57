package vpc

import (
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/store"
)

// PrefixList is a named set of CIDR blocks that routes and security groups can
// refer to. AWS manages one for each service with a gateway endpoint
// (docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html).
type PrefixList struct {
	// ID is pl-…, Name such as com.amazonaws.REGION.s3. Required.
	ID, Name string
	Entries  []netip.Prefix
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
	c.Entries = slices.Clone(c.Entries)
	n.lists.ByID[c.ID] = &c
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
