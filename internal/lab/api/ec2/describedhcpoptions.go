package ec2

import (
	"maps"
	"slices"
)

func init() {
	describe(description{
		name: "DescribeDhcpOptions",
		set:  "dhcpOptionsSet", ids: "DhcpOptionsId", items: dhcpOptionsItems, notFound: "InvalidDhcpOptionID.NotFound",
		filters: []string{"dhcp-options-id", "key", "value"},
	})
}

type dhcpValueXML struct {
	Value string `xml:"value"`
}

type dhcpConfigurationXML struct {
	Key    string         `xml:"key"`
	Values []dhcpValueXML `xml:"valueSet>item"`
}

type dhcpOptionsXML struct {
	ID             string                 `xml:"dhcpOptionsId"`
	Owner          string                 `xml:"ownerId"`
	Configurations []dhcpConfigurationXML `xml:"dhcpConfigurationSet>item"`
}

func dhcpOptionsItems(a account) ([]item, error) {
	var items []item
	for _, o := range a.network.DHCPOptions().All() {
		options := maps.Clone(o.Others)
		if options == nil {
			options = map[string][]string{}
		}
		if len(o.Servers) > 0 {
			options["domain-name-servers"] = o.Servers
		}
		x := dhcpOptionsXML{ID: o.ID, Owner: a.scope.Account}
		values := map[string][]string{"dhcp-options-id": {o.ID}}
		for _, key := range slices.Sorted(maps.Keys(options)) {
			configuration := dhcpConfigurationXML{Key: key}
			for _, value := range options[key] {
				configuration.Values = append(configuration.Values, dhcpValueXML{value})
			}
			values["key"], values["value"] = append(values["key"], key), append(values["value"], options[key]...)
			x.Configurations = append(x.Configurations, configuration)
		}
		items = append(items, item{o.ID, values, x})
	}
	return items, nil
}
