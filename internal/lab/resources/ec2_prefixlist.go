package resources

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::PrefixList", (*Resources).prefixListType) }

type prefixListEntry struct {
	Cidr        string `cfn:"required"`
	Description string `cfn:"inert"` // text for people
}

type prefixListProps struct {
	PrefixListName string `cfn:"required"`
	AddressFamily  string `cfn:"required,only=IPv4|IPv6"`
	MaxEntries     *int
	Entries        []prefixListEntry
	Tags           cfn.Tags `cfn:"inert"` // names for people
}

// entries are the list's blocks.
func (p prefixListProps) entries() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, e := range p.Entries {
		block, err := parseCIDR("Entries.Cidr", e.Cidr)
		if err != nil {
			return nil, err
		}
		out = append(out, block)
	}
	return out, nil
}

// most is MaxEntries; without it, CloudFormation takes the number of entries.
func (p prefixListProps) most() int { return max(1, valueOr(p.MaxEntries, len(p.Entries))) }

// prefixListType is AWS::EC2::PrefixList, a customer's list.
func (r *Resources) prefixListType() cfn.Definition[prefixListProps] {
	result := func(id string, version int, p prefixListProps) cfn.Result {
		return cfn.Result{PhysicalID: id, Attributes: map[string]any{
			"Arn": r.Scope.ARN("ec2", "prefix-list/"+id), "OwnerId": r.Scope.Account, "PrefixListId": id, "Version": version,
		}}
	}
	return cfn.Definition[prefixListProps]{
		Attributes: []string{"Arn", "OwnerId", "PrefixListId", "Version"},
		Create: func(_ context.Context, c cfn.TypedRequest[prefixListProps]) (cfn.Result, error) {
			entries, err := c.Props.entries()
			if err != nil {
				return cfn.Result{}, err
			}
			id := r.id("pl-", c.Request)
			err = r.Network.PrefixLists().Create(vpc.PrefixList{
				ID: id, Name: c.Props.PrefixListName, Entries: entries, MaxEntries: c.Props.most(), IPv6: c.Props.AddressFamily == "IPv6",
			})
			if err != nil {
				return cfn.Result{}, err
			}
			return result(id, 1, c.Props), nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[prefixListProps]) (cfn.Result, error) {
			if c.Old.AddressFamily != c.Props.AddressFamily {
				return cfn.Result{}, fmt.Errorf("property AddressFamily: that of a prefix list cannot change")
			}
			entries, err := c.Props.entries()
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.Network.PrefixLists().Modify(c.PhysicalID, c.Props.PrefixListName, entries, c.Props.most()); err != nil {
				return cfn.Result{}, err
			}
			for _, l := range r.Network.PrefixLists().All() {
				if l.ID == c.PhysicalID {
					return result(l.ID, l.Version, c.Props), nil
				}
			}
			return cfn.Result{}, nil
		},
		Read: func(_ context.Context, c cfn.TypedRequest[prefixListProps]) (prefixListProps, error) {
			now, err := find(r.Network.PrefixLists().All(), func(l vpc.PrefixList) bool { return l.ID == c.PhysicalID })
			p := c.Props
			p.PrefixListName, p.MaxEntries, p.Entries = now.Name, optional(p.MaxEntries, now.MaxEntries), nil
			for _, e := range now.Entries {
				p.Entries = append(p.Entries, prefixListEntry{Cidr: e.String()})
			}
			for n := range p.Entries { // descriptions are not kept
				if at := slices.IndexFunc(c.Props.Entries, func(e prefixListEntry) bool { return e.Cidr == p.Entries[n].Cidr }); at >= 0 {
					p.Entries[n] = c.Props.Entries[at]
				}
			}
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[prefixListProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.PrefixLists().Delete)
		},
	}
}
