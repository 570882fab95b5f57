package proof

import (
	"errors"
	"net/netip"
)

// PrefixListLookup finds an AWS-managed prefix list by its name.
var PrefixListLookup = newLookup[string, PrefixList]("prefix list", AnyResource, "ec2:DescribePrefixLists")

// PrefixList is an AWS-managed prefix list.
type PrefixList struct {
	ID      string
	Entries []netip.Prefix
}

// prefixList looks up a prefix list.
func (g *gatherer) prefixList(name string) PrefixList {
	return look(g, PrefixListLookup, "the prefix list "+name, name, func(list PrefixList) error {
		if list.ID == "" || len(list.Entries) == 0 {
			return errors.New("it was described without its id or entries")
		}
		return nil
	})
}
