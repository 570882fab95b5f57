package verification

import (
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/contract"
	"provenendpoints/proof"
)

// Outside is the usual name of the vantage point without a subnet, from which the
// same call must be denied.
const Outside = "Outside"

// VantagePoint is a place in a subnet from which probes run: a function with its
// interface there. That interface never has a public address, whatever the subnet
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html).
type VantagePoint struct {
	// Name is the From of claims: 1 to 32 letters and digits. Required.
	Name string
	// Vpc and Subnet are where the function's interface is. Default: neither; the
	// function then runs outside every VPC, with access to the internet.
	Vpc    ec2.IVpc
	Subnet ec2.ISubnet
	// NetworkAcls are network ACLs that may hold for Subnet although they do not let
	// everything pass. What they stop there, they stop for the whole subnet.
	// Default: none; the subnet has one that lets everything pass, as AWS makes it.
	NetworkAcls []ec2.INetworkAcl
}

// proberMemory is in MiB; it also decides the share of a CPU.
const proberMemory = 256

// probers are the functions at the vantage points, and what they share.
type probers struct {
	scope     constructs.Construct
	role      iam.Role
	names     []string
	functions map[string]awslambda.Function
	groups    map[string]ec2.ISecurityGroup // by the path of the VPC
	claims    []proof.Claim                 // about the probers themselves
}

// newProbers makes a function for each vantage point. They share a role: a call
// from inside and the same call from outside then differ only in the path.
func newProbers(scope constructs.Construct, props *Props, code string) *probers {
	p := &probers{
		scope:     constructs.NewConstruct(scope, jsii.String("Probers")),
		functions: map[string]awslambda.Function{},
		groups:    map[string]ec2.ISecurityGroup{},
	}
	if len(props.VantagePoints) == 0 {
		return p
	}
	logs := newLogs(p.scope, props)
	p.role = newRole(p.scope, logs, "Runs the probers of an endpoint verification")
	allowInterfaces(p.role, props.VantagePoints)
	allowCall(p.scope, p.role, props.Grant)

	for _, point := range props.VantagePoints {
		p.add(point, commonProps(code, p.role, logs, contract.ProberTimeout, proberMemory))
	}
	p.claims = append(p.claims, grantClaim(*p.role.RoleArn(), props.Grant))
	return p
}

// add makes the function at a vantage point, and the claims about it.
func (p *probers) add(point VantagePoint, props *awslambda.FunctionProps) {
	props.Description = jsii.String("Measures from the vantage point " + point.Name)
	at := place{role: *p.role.RoleArn()}
	if point.Subnet != nil {
		group := p.group(point.Vpc)
		props.Vpc = point.Vpc
		props.VpcSubnets = &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{point.Subnet}}
		props.AllowPublicSubnet = jsii.Bool(true)
		props.SecurityGroups = &[]ec2.ISecurityGroup{group}
		at.subnet, at.group = *point.Subnet.SubnetId(), *group.SecurityGroupId()
		for _, acl := range point.NetworkAcls {
			at.acls = append(at.acls, *acl.NetworkAclId())
		}
	}
	p.names = append(p.names, point.Name)
	p.functions[point.Name] = awslambda.NewFunction(p.scope, jsii.String(point.Name+"Prober"), props)
	p.claims = append(p.claims, proberClaims(point.Name, at)...)
}

// group returns the probers' security group in a VPC. It lets everything out
// and nothing in: the network under test must be what stops a prober, not its own
// group.
func (p *probers) group(vpc ec2.IVpc) ec2.ISecurityGroup {
	path := *vpc.Node().Path()
	if p.groups[path] == nil {
		p.groups[path] = ec2.NewSecurityGroup(p.scope, jsii.String("SecurityGroup"+ordinal(len(p.groups))), &ec2.SecurityGroupProps{
			Vpc:              vpc,
			Description:      jsii.String("Probers of an endpoint verification: everything out, nothing in"),
			AllowAllOutbound: jsii.Bool(true),
		})
	}
	return p.groups[path]
}

// arns are the functions' ARNs by the names of their vantage points.
func (p *probers) arns() map[string]string {
	arns := map[string]string{}
	for name, function := range p.functions {
		arns[name] = *function.FunctionArn()
	}
	return arns
}
