package resources

import (
	"strings"
	"testing"
)

// TestNetworkInterfaces: an interface of its own, attached to an instance, with an
// elastic address and as the target of a route.
func TestNetworkInterfaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id()})
	gateway := w.make("AWS::EC2::InternetGateway", "Gateway", props{})
	w.make("AWS::EC2::VPCGatewayAttachment", "Attachment", props{"VpcId": v.id(), "InternetGatewayId": gateway.id()})
	host := w.host("Host", a, props{"SourceDestCheck": false})
	first, err := w.InterfaceOf(host.id())
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := w.Network.Interfaces().Get(first); !got.NoSourceDestCheck || got.Instance != host.id() {
		t.Errorf("the instance's interface: %+v", got)
	}
	wanted := props{"SubnetId": a.id(), "PrivateIpAddress": "10.0.0.77"}
	eni := w.make("AWS::EC2::NetworkInterface", "Interface", wanted)
	if eni.Attributes["PrimaryPrivateIpAddress"] != "10.0.0.77" || eni.Attributes["VpcId"] != v.id() {
		t.Errorf("attributes %v", eni.Attributes)
	}
	eni.change(props{"SubnetId": a.id(), "PrivateIpAddress": "10.0.0.77", "GroupSet": []string{group.id()}, "SourceDestCheck": false})
	if got, _ := w.Network.Interfaces().Get(eni.id()); !got.NoSourceDestCheck || got.Groups[0] != group.id() || got.InUse {
		t.Errorf("after the update: %+v", got)
	}
	attachment := w.make("AWS::EC2::NetworkInterfaceAttachment", "Attached", props{"InstanceId": host.id(), "NetworkInterfaceId": eni.id(), "DeviceIndex": "1"})
	if got, _ := w.Network.Interfaces().Get(eni.id()); got.Instance != host.id() || got.Device != 1 || !got.InUse {
		t.Errorf("attached: %+v", got)
	}
	elsewhere := w.make("AWS::EC2::NetworkInterface", "Elsewhere", props{"SubnetId": b.id()})
	for want, p := range map[string]props{
		"not in the same availability zone": {"InstanceId": host.id(), "NetworkInterfaceId": elsewhere.id(), "DeviceIndex": "2"},
		"in use":                            {"InstanceId": host.id(), "NetworkInterfaceId": eni.id(), "DeviceIndex": "2"},
		"is not between 1 and 31":           {"InstanceId": host.id(), "NetworkInterfaceId": elsewhere.id(), "DeviceIndex": "0"},
	} {
		if _, err := w.try("AWS::EC2::NetworkInterfaceAttachment", "Refused", p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}

	address := w.make("AWS::EC2::EIP", "Address", props{})
	at := w.make("AWS::EC2::EIPAssociation", "Association", props{"AllocationId": address.Attributes["AllocationId"], "NetworkInterfaceId": eni.id()})
	if got, _ := w.Network.Interfaces().Get(eni.id()); got.PublicAddr.String() != address.id() || got.Allocation != address.Attributes["AllocationId"] {
		t.Errorf("with an elastic address: %+v", got)
	}
	moved := w.make("AWS::EC2::EIPAssociation", "Moved", props{"EIP": address.id(), "InstanceId": host.id()})
	at.delete() // what has moved stays where it is
	if got, _ := w.Network.Interfaces().Get(first); got.PublicAddr.String() != address.id() {
		t.Errorf("after the address has moved: %+v", got)
	}
	moved.delete()
	if got, _ := w.Network.Interfaces().Get(first); got.PublicAddr.IsValid() {
		t.Errorf("after the association is deleted: %+v", got)
	}
	for _, p := range []props{{"AllocationId": "eipalloc-1"}, {"EIP": "1.2.3.4", "AllocationId": "x", "InstanceId": "i-1"}} {
		if _, err := w.try("AWS::EC2::EIPAssociation", "Refused", p); err == nil || !strings.Contains(err.Error(), "exactly one of") {
			t.Errorf("%v: %v", p, err)
		}
	}

	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	w.make("AWS::EC2::Route", "ByInterface", props{"RouteTableId": table.id(), "DestinationCidrBlock": "1.0.0.0/8", "NetworkInterfaceId": eni.id()})
	w.make("AWS::EC2::Route", "ByInstance", props{"RouteTableId": table.id(), "DestinationCidrBlock": "2.0.0.0/8", "InstanceId": host.id()})
	got, _ := w.Network.RouteTables().Get(table.id())
	if len(got.Routes) != 3 || got.Routes[1].Target != eni.id() || got.Routes[2].Target != first {
		t.Errorf("routes %+v", got.Routes)
	}

	attachment.delete()
	elsewhere.delete()
	eni.delete()
	host.delete()
	if left := w.Network.Interfaces().All(); len(left) != 0 {
		t.Errorf("interfaces are left: %+v", left)
	}
}

// TestInstanceMadeOfInterfaces: an instance that starts with interfaces which exist,
// and others which go with it.
func TestInstanceMadeOfInterfaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	second := w.make("AWS::EC2::Subnet", "Second", props{"VpcId": v.id(), "CidrBlock": "10.0.7.0/24", "AvailabilityZone": "ap-northeast-2a"})
	eni := w.make("AWS::EC2::NetworkInterface", "Interface", props{"SubnetId": a.id(), "PrivateIpAddress": "10.0.0.9"})
	host := w.make("AWS::EC2::Instance", "Host", props{
		"ImageId": images["arm64"], "InstanceType": "t4g.nano",
		"NetworkInterfaces": []any{props{"DeviceIndex": "1", "SubnetId": second.id()}, props{"DeviceIndex": "0", "NetworkInterfaceId": eni.id()}},
	})
	if host.Attributes["PrivateIp"] != "10.0.0.9" {
		t.Errorf("attributes %v", host.Attributes)
	}
	var devices []string
	for _, i := range w.Network.Interfaces().All() {
		if i.Instance == host.id() {
			devices = append(devices, i.Subnet)
		}
	}
	if len(devices) != 2 {
		t.Errorf("the instance's interfaces are in %v", devices)
	}
	host.delete()
	left := w.Network.Interfaces().All()
	if len(left) != 1 || left[0].ID != eni.id() || left[0].Instance != "" || left[0].InUse {
		t.Errorf("left: %+v", left)
	}
	eni.delete()
}
