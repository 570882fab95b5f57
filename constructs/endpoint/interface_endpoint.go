package endpoint

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/customresources"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
	"provenendpoints/internal/suppression"
)

// endpointID is the id of an endpoint below the construct that holds it and its proof.
const endpointID = "Endpoint"

// interfaceSettings are those of an interface endpoint, to whatever service.
type interfaceSettings struct {
	vpc     ec2.IVpc
	subnets []ec2.ISubnet
	// port is the service's TCP port.
	port   float64
	groups []ec2.ISecurityGroup
	open   *bool
	tags   map[string]string
	// props are all others.
	props ec2.InterfaceVpcEndpointProps
}

// newInterface makes an interface endpoint with its security group.
func newInterface(holder constructs.Construct, s interfaceSettings) *iface {
	groups := groupsFor(holder, s.vpc, s.groups, s.open, s.port)
	props := s.props
	props.Vpc = s.vpc
	props.Subnets = &ec2.SubnetSelection{Subnets: &s.subnets}
	props.Open = jsii.Bool(false)
	props.SecurityGroups = &groups
	i := &iface{subnets: len(s.subnets)}
	ec2.NewInterfaceVpcEndpoint_Override(i, holder, jsii.String(endpointID), &props)
	known.Within(i, known.Stack(holder))
	addTags(i, s.tags)
	return i
}

func (i *iface) RegionalDnsName() *string { return i.firstEntry(1) }
func (i *iface) HostedZoneId() *string    { return i.firstEntry(0) }

// firstEntry is a part of the first of the DnsEntries, HOSTEDZONEID:NAME, which is the
// regional one
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html).
func (i *iface) firstEntry(part float64) *string {
	first := awscdk.Fn_Select(jsii.Number(0), i.VpcEndpointDnsEntries())
	return awscdk.Fn_Select(&part, awscdk.Fn_Split(jsii.String(":"), first, nil))
}

func (i *iface) Addresses() []*string {
	if i.addresses != nil {
		return i.addresses
	}
	var paths []string
	field := func(n int) string { return fmt.Sprintf("NetworkInterfaces.%d.PrivateIpAddress", n) }
	for n := range i.subnets {
		paths = append(paths, field(n))
	}
	call := &customresources.AwsSdkCall{
		Service:            jsii.String("EC2"),
		Action:             jsii.String("describeNetworkInterfaces"),
		Parameters:         map[string]any{"NetworkInterfaceIds": i.VpcEndpointNetworkInterfaceIds()},
		OutputPaths:        jsii.Strings(paths...),
		PhysicalResourceId: customresources.PhysicalResourceId_Of(i.VpcEndpointId()),
	}
	found := customresources.NewAwsCustomResource(i, jsii.String("Addresses"), &customresources.AwsCustomResourceProps{
		OnUpdate:            call,
		InstallLatestAwsSdk: jsii.Bool(false),
		Policy:              customresources.AwsCustomResourcePolicy_FromSdkCalls(&customresources.SdkCallsPolicyOptions{Resources: jsii.Strings("*")}),
	})
	suppression.Add(found.Node().FindChild(jsii.String("CustomResourcePolicy")), suppression.Rule{
		ID: "AwsSolutions-IAM5", Same: []string{"IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE"}, Reason: "ec2:DescribeNetworkInterfaces cannot be narrowed to a resource", AppliesTo: []string{"Resource::*"},
	})
	for n := range i.subnets {
		i.addresses = append(i.addresses, found.GetResponseField(jsii.String(field(n))))
	}
	return i.addresses
}

// addTags tags an endpoint.
func addTags(construct constructs.IConstruct, tags map[string]string) {
	for _, key := range sortedKeys(tags) {
		awscdk.Tags_Of(construct).Add(jsii.String(key), jsii.String(tags[key]), nil)
	}
}
