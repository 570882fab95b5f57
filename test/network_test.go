package test

import (
	"slices"
	"testing"

	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

// subnetWant says what a subnet must be.
type subnetWant struct {
	vpc, cidr string
	zone      float64 // of Fn::GetAZs
	public    bool    // has a default route to an internet gateway
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	one := []subnetWant{{"10.0.0.0/16", "10.0.0.0/24", 0, true}, {"10.0.0.0/16", "10.0.1.0/24", 0, false}}
	two := []subnetWant{{"10.0.0.0/16", "10.0.0.0/24", 0, true}, {"10.0.0.0/16", "10.0.1.0/24", 1, false}}
	tests := map[string][]subnetWant{
		assembled.GatewayEndpoint:             one,
		assembled.InterfaceEndpoint:           two,
		assembled.InterfaceEndpointPrivateDNS: two,
		assembled.EndpointService:             {{"10.0.0.0/16", "10.0.0.0/24", 0, true}, {"20.0.0.0/16", "20.0.0.0/24", 0, true}},
	}
	for stack, subnets := range tests {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			template := load(t, stack)
			if got := len(template.all("AWS::EC2::Subnet")); got != len(subnets) {
				t.Errorf("%d subnets, want %d", got, len(subnets))
			}
			for _, want := range subnets {
				template.checkSubnet(t, want)
			}
			for _, vpc := range template.all("AWS::EC2::VPC") {
				if vpc.Properties["EnableDnsSupport"] != true || vpc.Properties["EnableDnsHostnames"] != true {
					t.Errorf("%s: both DNS attributes must be on", vpc.ID)
				}
			}
		})
	}
}

func (tpl *template) checkSubnet(t *testing.T, want subnetWant) {
	t.Helper()
	subnet := tpl.one(t, "AWS::EC2::Subnet", "CidrBlock", want.cidr)
	if vpc := tpl.Resources[templates.Target(subnet.Properties["VpcId"])]; vpc.Properties["CidrBlock"] != want.vpc {
		t.Errorf("%s lies in %v, want %s", want.cidr, vpc.Properties["CidrBlock"], want.vpc)
	}
	zone := map[string]any{"Fn::Select": []any{want.zone, map[string]any{"Fn::GetAZs": ""}}}
	if !equal(subnet.Properties["AvailabilityZone"], zone) {
		t.Errorf("%s lies in %s, want %s", want.cidr, text(subnet.Properties["AvailabilityZone"]), text(zone))
	}
	if subnet.Properties["MapPublicIpOnLaunch"] == true {
		t.Errorf("%s gives instances public addresses", want.cidr)
	}
	table := tpl.tableOf(t, subnet.ID)
	var public bool
	for _, route := range tpl.all("AWS::EC2::Route") {
		if templates.Target(route.Properties["RouteTableId"]) != table {
			continue
		}
		target := tpl.Resources[templates.Target(route.Properties["GatewayId"])]
		if route.Properties["DestinationCidrBlock"] != "0.0.0.0/0" || target == nil || target.Type != "AWS::EC2::InternetGateway" {
			t.Errorf("%s has an unexpected route %s", want.cidr, text(route.Properties))
			continue
		}
		public = true
		attachment := tpl.one(t, "AWS::EC2::VPCGatewayAttachment", "InternetGatewayId", map[string]any{"Ref": target.ID})
		if !slices.Contains(route.DependsOn, attachment.ID) {
			t.Errorf("the default route of %s does not wait for the attachment of its gateway", want.cidr)
		}
	}
	if public != want.public {
		t.Errorf("%s: public = %t, want %t", want.cidr, public, want.public)
	}
}

// tableOf is the route table that is associated with a subnet.
func (tpl *template) tableOf(t testing.TB, subnet string) string {
	t.Helper()
	association := tpl.one(t, "AWS::EC2::SubnetRouteTableAssociation", "SubnetId", map[string]any{"Ref": subnet})
	return templates.Target(association.Properties["RouteTableId"])
}

// No scenario may have another way between its networks than the one that it
// shows.
func TestNoOtherWayOut(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		for _, kind := range []string{
			"AWS::EC2::NatGateway", "AWS::EC2::EIP", "AWS::EC2::VPCPeeringConnection",
			"AWS::EC2::TransitGateway", "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::VPNGateway",
		} {
			for _, found := range load(t, stack).all(kind) {
				t.Errorf("%s has %s", stack, found.ID)
			}
		}
	}
}
