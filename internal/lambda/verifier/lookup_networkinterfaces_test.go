package verifier

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

func TestInterfacesOf(t *testing.T) {
	t.Parallel()
	both := api.NetworkInterface{NetworkInterfaceId: "eni-1", PrivateIpAddress: "10.0.0.5", Ipv6Addresses: []api.NetworkInterfaceIpv6Address{{Ipv6Address: "2001:db8::5"}}}
	bad := api.NetworkInterface{PrivateIpAddress: "somewhere"}
	got, err := interfacesOf([]api.NetworkInterface{both})
	want := []proof.Interface{{ID: "eni-1", Address: netip.MustParseAddr("10.0.0.5")}, {ID: "eni-1", Address: netip.MustParseAddr("2001:db8::5")}}
	if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
	if _, err := interfacesOf([]api.NetworkInterface{both, bad}); err == nil {
		t.Error("an address that cannot be read was left out")
	}
}

func TestNetworkInterfaceOf(t *testing.T) {
	t.Parallel()
	elastic := api.NetworkInterfaceAssociation{PublicIp: "52.1.2.3", AllocationId: "eipalloc-1"}
	eni := api.NetworkInterface{
		NetworkInterfaceId: "eni-1", VpcId: "vpc-1", SubnetId: "subnet-1", Description: "d",
		Attachment: api.NetworkInterfaceAttachment{InstanceId: "i-1"}, Groups: []api.GroupIdentifier{{GroupId: "sg-1"}},
		PrivateIpAddress: "10.0.0.5", Association: elastic,
		PrivateIpAddresses: []api.NetworkInterfacePrivateIpAddress{
			{PrivateIpAddress: "10.0.0.5", Association: elastic},
			{PrivateIpAddress: "10.0.0.6", Association: api.NetworkInterfaceAssociation{CarrierIp: "155.0.0.1", CustomerOwnedIp: "198.51.100.1"}},
		},
		Ipv6Addresses: []api.NetworkInterfaceIpv6Address{{Ipv6Address: "2600:1f18::5"}},
	}
	addr := netip.MustParseAddr
	want := proof.NetworkInterface{
		ID: "eni-1", VPC: "vpc-1", Subnet: "subnet-1", Description: "d", Instance: "i-1", Groups: []string{"sg-1"},
		Addresses: []netip.Addr{addr("10.0.0.5"), addr("10.0.0.6"), addr("2600:1f18::5")},
		Public:    []proof.PublicAddress{{Address: addr("52.1.2.3"), Allocation: "eipalloc-1"}, {Address: addr("155.0.0.1")}, {Address: addr("198.51.100.1")}},
	}
	got, err := networkInterfaceOf(eni)
	if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
	for name, bad := range map[string]api.NetworkInterface{
		"private": {PrivateIpAddress: "somewhere"},
		"public":  {Association: api.NetworkInterfaceAssociation{PublicIp: "somewhere"}},
	} {
		if _, err := networkInterfaceOf(bad); err == nil {
			t.Errorf("a %s address that cannot be read was left out", name)
		}
	}
}
