package ec2

import (
	"provenendpoints/internal/lab/vpc"
)

func init() {
	describe(description{
		name: "DescribeManagedPrefixLists",
		set:  "prefixListSet", ids: "PrefixListId", items: managedPrefixListItems, notFound: "InvalidPrefixListID.NotFound",
		filters: []string{"prefix-list-id", "prefix-list-name", "owner-id"},
	})
	describe(description{
		name: "GetManagedPrefixListEntries",
		set:  "entrySet", items: prefixListEntryItems, notFound: "InvalidPrefixListID.NotFound",
		of: "PrefixListId", owners: "DescribeManagedPrefixLists",
	})
}

type managedPrefixListXML struct {
	ID         string `xml:"prefixListId"`
	Name       string `xml:"prefixListName"`
	ARN        string `xml:"prefixListArn"`
	Owner      string `xml:"ownerId"`
	Family     string `xml:"addressFamily"`
	State      string `xml:"state"`
	MaxEntries int    `xml:"maxEntries,omitempty"`
	Version    int    `xml:"version,omitempty"`
}

func managedPrefixListItems(a account) ([]item, error) {
	var items []item
	for _, l := range a.network.PrefixLists().All() {
		x := managedPrefixListXML{ID: l.ID, Name: l.Name, Owner: "AWS", Family: familyOf(l), State: "create-complete"}
		x.ARN = "arn:aws:ec2:" + a.scope.Region + ":aws:prefix-list/" + l.ID
		if l.MaxEntries > 0 {
			x.Owner, x.MaxEntries, x.Version = a.scope.Account, l.MaxEntries, l.Version
			x.ARN = a.scope.ARN("ec2", "prefix-list/"+l.ID)
		}
		items = append(items, item{l.ID, map[string][]string{"prefix-list-id": {l.ID}, "prefix-list-name": {l.Name}, "owner-id": {x.Owner}}, x})
	}
	return items, nil
}

func familyOf(l vpc.PrefixList) string {
	if l.IPv6 {
		return "IPv6"
	}
	return "IPv4"
}

type prefixListEntryXML struct {
	CIDR string `xml:"cidr"`
}

func prefixListEntryItems(a account) ([]item, error) {
	var items []item
	for _, l := range a.network.PrefixLists().All() {
		for _, e := range l.Entries {
			items = append(items, item{l.ID + " " + e.String(), map[string][]string{"PrefixListId": {l.ID}}, prefixListEntryXML{e.String()}})
		}
	}
	return items, nil
}
