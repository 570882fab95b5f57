package labtest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provenendpoints/labtest"
)

// spokes are two VPCs that reach a shared one through a transit gateway and not each other;
// a third one is a way to the internet for the first.
func spokes() string {
	var b strings.Builder
	b.WriteString(`
Parameters:
  Image: {Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>, Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}
Resources:
  Transit: {Type: AWS::EC2::TransitGateway, Properties: {DefaultRouteTableAssociation: disable, DefaultRouteTablePropagation: disable}}
  OfSpokes: {Type: AWS::EC2::TransitGatewayRouteTable, Properties: {TransitGatewayId: !Ref Transit}}
  OfShared: {Type: AWS::EC2::TransitGatewayRouteTable, Properties: {TransitGatewayId: !Ref Transit}}
  SharedToSpokes: {Type: AWS::EC2::TransitGatewayRouteTablePropagation, Properties: {TransitGatewayRouteTableId: !Ref OfSpokes, TransitGatewayAttachmentId: !Ref AttachShared}}
  AToShared: {Type: AWS::EC2::TransitGatewayRouteTablePropagation, Properties: {TransitGatewayRouteTableId: !Ref OfShared, TransitGatewayAttachmentId: !Ref AttachA}}
  BToShared: {Type: AWS::EC2::TransitGatewayRoute, Properties: {TransitGatewayRouteTableId: !Ref OfShared, TransitGatewayAttachmentId: !Ref AttachB, DestinationCidrBlock: 10.2.0.0/16}}
  Rest: {Type: AWS::EC2::TransitGatewayRoute, Properties: {TransitGatewayRouteTableId: !Ref OfSpokes, TransitGatewayAttachmentId: !Ref AttachShared, DestinationCidrBlock: 0.0.0.0/0}}
  NotEachOther: {Type: AWS::EC2::TransitGatewayRoute, Properties: {TransitGatewayRouteTableId: !Ref OfSpokes, Blackhole: true, DestinationCidrBlock: 10.1.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref VpcShared, InternetGatewayId: !Ref Gateway}}
  Address: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}, DependsOn: Attachment}
  Outer: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref VpcShared, CidrBlock: 10.9.1.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}}
  OuterTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref VpcShared}}
  OuterInTable: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Outer, RouteTableId: !Ref OuterTable}}
  Out: {Type: AWS::EC2::Route, DependsOn: Attachment, Properties: {RouteTableId: !Ref OuterTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  Back: {Type: AWS::EC2::Route, DependsOn: AttachShared, Properties: {RouteTableId: !Ref OuterTable, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: !Ref Transit}}
  Nat: {Type: AWS::EC2::NatGateway, DependsOn: Out, Properties: {SubnetId: !Ref Outer, AllocationId: !GetAtt Address.AllocationId}}
  SharedOut: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableShared, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
`)
	for name, block := range map[string]string{"A": "10.1", "B": "10.2", "Shared": "10.9"} {
		table, way := "OfSpokes", "0.0.0.0/0"
		if name == "Shared" {
			table, way = "OfShared", "10.0.0.0/8"
		}
		fmt.Fprintf(&b, `
  Vpc%[1]s: {Type: AWS::EC2::VPC, Properties: {CidrBlock: %[2]s.0.0/16}}
  Subnet%[1]s: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc%[1]s, CidrBlock: %[2]s.0.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}}
  Table%[1]s: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc%[1]s}}
  InTable%[1]s: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet%[1]s, RouteTableId: !Ref Table%[1]s}}
  Attach%[1]s: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: !Ref Transit, VpcId: !Ref Vpc%[1]s, SubnetIds: [!Ref Subnet%[1]s]}}
  Member%[1]s: {Type: AWS::EC2::TransitGatewayRouteTableAssociation, Properties: {TransitGatewayRouteTableId: !Ref %[3]s, TransitGatewayAttachmentId: !Ref Attach%[1]s}}
  Way%[1]s: {Type: AWS::EC2::Route, DependsOn: Attach%[1]s, Properties: {RouteTableId: !Ref Table%[1]s, DestinationCidrBlock: %[4]s, TransitGatewayId: !Ref Transit}}
  Group%[1]s: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: all, VpcId: !Ref Vpc%[1]s, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  Host%[1]s: {Type: AWS::EC2::Instance, DependsOn: InTable%[1]s, Properties: {ImageId: !Ref Image, InstanceType: t3.micro, SubnetId: !Ref Subnet%[1]s, SecurityGroupIds: [!Ref Group%[1]s]}}
`, name, block, table, way)
	}
	return b.String()
}

// The route tables of a transit gateway decide who reaches whom: by propagated and static
// routes, with black holes, and on through a NAT gateway of the VPC where packets arrive.
func TestTransitGatewayRouteTables(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "Spokes.yaml")
	if err := os.WriteFile(file, []byte(spokes()), 0o644); err != nil {
		t.Fatal(err)
	}
	lab := labtest.Deploy(t, file)
	lab.Instance("HostA").Reaches("HostShared:ping", "www.example.com:443")
	lab.Instance("HostB").Reaches("HostShared:ping")
	lab.Instance("HostShared").Reaches("HostA:ping", "HostB:ping")
	lab.Instance("HostA").DoesNotReach("HostB:ping") // the default route leads to the shared VPC, which has no way back for it
	lab.Instance("HostB").DoesNotReach("HostA:ping") // a black hole
}
