package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/host"
	"provenendpoints/constructs/network"
	"provenendpoints/proof"
)

// NewInterfaceEndpoint makes scenario 2: CloudFormation at an address in each
// of two subnets, with private DNS off or on. The subnets lie in two
// Availability Zones, as an interface endpoint requires.
func NewInterfaceEndpoint(scope constructs.Construct, id string, privateDNS bool) awscdk.Stack {
	description := "A VPC reaches CloudFormation through an interface endpoint by the endpoint's own names (private DNS off); proved during the deployment"
	if privateDNS {
		description = "A VPC reaches CloudFormation through an interface endpoint by the service's default name (private DNS on); proved during the deployment"
	}
	stack := newStack(scope, id, description)
	net := network.New(stack, "Network", &network.Props{
		CIDR:    "10.0.0.0/16",
		Public:  &network.Subnet{CIDR: "10.0.0.0/24", Zone: 0},
		Private: &network.Subnet{CIDR: "10.0.1.0/24", Zone: 1},
	})
	call := endpoint.GetStackPolicy(stack)
	cloudFormation := endpoint.NewInterface(stack, "CloudFormation", &endpoint.InterfaceProps{
		Vpc:               net.Vpc(),
		Service:           ec2.InterfaceVpcEndpointAwsService_CLOUDFORMATION(),
		Subnets:           &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{net.Public(), net.Private()}},
		PrivateDnsEnabled: &privateDNS,
		Policy:            endpoint.OnlyCall(call),
		Verification: &endpoint.VerificationProps{
			Call:     call,
			Isolated: true,
			// The public subnet has a route to the internet. A function there has no
			// public address and reaches nothing by it; an instance could.
			IsolatedSubnets: []ec2.ISubnet{net.Private()},
			Claims:          defaultName(privateDNS),
			Schedule:        scheduleOf(stack),
		},
	})
	instance := host.New(stack, "Instance", &host.Props{Vpc: net.Vpc(), Subnet: net.Private()})
	host.NewInstanceConnectEndpoint(stack, "InstanceConnect", &host.InstanceConnectEndpointProps{Vpc: net.Vpc(), Subnet: net.Private()}).Admit(instance)

	evidence := cloudFormation.Verification()
	output(stack, "PublicDefaultName", "What CloudFormation's default name resolves to in the public subnet", evidence.Evidence("PublicDefaultResolves"))
	output(stack, "PublicEndpointName", "What the endpoint's name resolves to in the public subnet", evidence.Evidence("PublicEndpointResolves"))
	output(stack, "PrivateDefaultName", "What CloudFormation's default name resolves to in the private subnet", evidence.Evidence("PrivateDefaultResolves"))
	output(stack, "PrivateEndpointName", "What the endpoint's name resolves to in the private subnet", evidence.Evidence("PrivateEndpointResolves"))
	output(stack, "DnsEntries", "The endpoint's names, each after the id of its hosted zone",
		awscdk.Fn_Join(jsii.String(" "), cloudFormation.VpcEndpointDnsEntries()))
	output(stack, "InstanceId", "The instance to work from: aws ec2-instance-connect ssh --connection-type eice --instance-id ID", instance.InstanceId())
	outputReport(stack, evidence)
	return stack
}

// defaultName is the claim that without private DNS the service's default name
// is not reachable from the public subnet either: a function has no public
// address. For the private one, Isolated claims it.
func defaultName(privateDNS bool) []proof.Claim {
	if privateDNS {
		return nil
	}
	host := "cloudformation." + *awscdk.Aws_REGION() + "." + *awscdk.Aws_URL_SUFFIX()
	return []proof.Claim{{ID: "PublicDefaultUnreachable", Kind: proof.Unreachable, From: "Public", Host: host, Port: 443}}
}
