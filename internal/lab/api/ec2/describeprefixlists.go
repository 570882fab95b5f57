package ec2

func init() {
	describe(description{
		name: "DescribePrefixLists",
		set:  "prefixListSet", ids: "PrefixListId", items: prefixListItems, notFound: "InvalidPrefixListID.NotFound",
		filters: []string{"prefix-list-id", "prefix-list-name"},
	})
}

type prefixListXML struct {
	ID    string   `xml:"prefixListId"`
	Name  string   `xml:"prefixListName"`
	CIDRs []string `xml:"cidrSet>item"`
}

func prefixListItems(a account) ([]item, error) {
	var items []item
	for _, l := range a.network.PrefixLists().All() {
		if l.MaxEntries > 0 {
			continue // a customer's: only DescribeManagedPrefixLists tells of those
		}
		x := prefixListXML{ID: l.ID, Name: l.Name}
		for _, e := range l.Entries {
			x.CIDRs = append(x.CIDRs, e.String())
		}
		items = append(items, item{l.ID, map[string][]string{"prefix-list-id": {l.ID}, "prefix-list-name": {l.Name}}, x})
	}
	return items, nil
}
