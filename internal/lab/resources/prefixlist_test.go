package resources

import (
	"strings"
	"testing"
)

// TestPrefixList: a customer's list in a route and in a rule, changed and deleted.
func TestPrefixList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, _, _ := w.network()
	entries := func(blocks ...string) props {
		list := []any{}
		for _, block := range blocks {
			list = append(list, props{"Cidr": block, "Description": "x"})
		}
		return props{"PrefixListName": "partners", "AddressFamily": "IPv4", "MaxEntries": 2, "Entries": list}
	}
	list := w.make("AWS::EC2::PrefixList", "List", entries("1.0.0.0/8"))
	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	eni := w.make("AWS::EC2::NetworkInterface", "Interface", props{"SubnetId": w.make("AWS::EC2::Subnet", "Third", props{"VpcId": v.id(), "CidrBlock": "10.0.3.0/24"}).id()})
	route := w.make("AWS::EC2::Route", "Route", props{"RouteTableId": table.id(), "DestinationPrefixListId": list.id(), "NetworkInterfaceId": eni.id()})
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id(), "SecurityGroupEgress": []any{props{"IpProtocol": "-1", "DestinationPrefixListId": list.id()}}})
	list.change(entries("2.0.0.0/8", "3.0.0.0/8"))
	if list.Attributes["Version"] != 2 {
		t.Errorf("attributes %v", list.Attributes)
	}
	for _, l := range w.Network.PrefixLists().All() {
		if l.ID == list.id() && (len(l.Entries) != 2 || l.Entries[0].String() != "2.0.0.0/8") {
			t.Errorf("the list is %+v", l)
		}
	}
	if err := list.update(entries("1.0.0.0/8", "2.0.0.0/8", "3.0.0.0/8")); err == nil || !strings.Contains(err.Error(), "PrefixListMaxEntriesExceeded") {
		t.Errorf("too many entries: %v", err)
	}
	if _, err := w.try("AWS::EC2::PrefixList", "Refused", props{"PrefixListName": "x", "AddressFamily": "IPv6", "Entries": []any{props{"Cidr": "1.0.0.0/8"}}}); err == nil || !strings.Contains(err.Error(), "cannot be an entry") {
		t.Errorf("an IPv4 block in an IPv6 list: %v", err)
	}
	route.delete()
	group.delete()
	list.delete()
	for _, l := range w.Network.PrefixLists().All() {
		if l.MaxEntries > 0 {
			t.Errorf("left: %+v", l)
		}
	}
}
