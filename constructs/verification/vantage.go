package verification

import (
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/excuse"
	"provenendpoints/proof"
)

// Outside is the customary name of the vantage point without a subnet, from
// which the same call must be denied.
const Outside = "Outside"

// VantagePoint is a place from which probes run: a function with its interface
// in a subnet. That interface never has a public address, whatever the subnet
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html).
type VantagePoint struct {
	// Name is the From of claims: letters and digits. Required.
	Name string
	// Vpc and Subnet are where the function's interface lies. Default: neither;
	// the function then runs outside every VPC, with a way to the internet.
	Vpc    ec2.IVpc
	Subnet ec2.ISubnet
}

// Grant is the permission for one call, in force only on requests that came
// through one endpoint. So that the call succeeds is proof of the path, and
// that it is denied from outside shows that the grant is conditional.
type Grant struct {
	// Action is the IAM action, Resource the ARN that it may be used on, both
	// without wildcards if they can do without. Required.
	Action, Resource string
	// Endpoint is the id of the endpoint. Required.
	Endpoint string
}

// proberTimeout bounds one round of measurements of one prober: a name is
// resolved and then measured, each within at most 15 s.
const proberTimeout = 60 * time.Second

// proberMemory is in MiB; it also decides the share of a CPU.
const proberMemory = 256

// probers are the functions at the vantage points, with what they share.
type probers struct {
	scope     constructs.Construct
	role      iam.Role
	names     []string
	functions map[string]awslambda.Function
	placed    []proof.Claim
}

// placedSuffix ends the ids of the claims that a prober is where its vantage
// point says.
const placedSuffix = "Placed"

// newProbers makes a function for each vantage point. They share a role, so
// that a call from inside and the same call from outside differ in nothing but
// the path.
func newProbers(scope constructs.Construct, props *Props, code string) *probers {
	p := &probers{
		scope:     constructs.NewConstruct(scope, jsii.String("Probers")),
		functions: map[string]awslambda.Function{},
	}
	if len(props.VantagePoints) == 0 {
		return p
	}
	logs := newLogs(p.scope, props)
	p.role = newRole(p.scope, logs, "Runs the probers of an endpoint verification")
	allowInterfaces(p.role, props.VantagePoints)
	allowCall(p.scope, p.role, props.Grant)

	groups := map[string]ec2.ISecurityGroup{}
	for _, point := range props.VantagePoints {
		functionProps := functionProps(code, p.role, logs, proberTimeout, proberMemory)
		functionProps.Description = jsii.String("Measures from the vantage point " + point.Name)
		placed := proof.Claim{ID: point.Name + placedSuffix, Kind: proof.Placed, From: point.Name}
		if point.Subnet != nil {
			functionProps.Vpc = point.Vpc
			functionProps.VpcSubnets = &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{point.Subnet}}
			functionProps.AllowPublicSubnet = jsii.Bool(true)
			group := p.group(groups, point)
			functionProps.SecurityGroups = &[]ec2.ISecurityGroup{group}
			placed.Subnets = []string{*point.Subnet.SubnetId()}
			placed.Group = *group.SecurityGroupId()
		}
		p.placed = append(p.placed, placed)
		p.names = append(p.names, point.Name)
		p.functions[point.Name] = newFunction(p.scope, point.Name, functionProps)
	}
	return p
}

// group returns the probers' security group in the point's VPC. It lets
// everything out and nothing in: what stops a prober must be the network under
// test, not its own group.
func (p *probers) group(made map[string]ec2.ISecurityGroup, point VantagePoint) ec2.ISecurityGroup {
	vpc := *point.Vpc.Node().Path()
	if made[vpc] == nil {
		made[vpc] = ec2.NewSecurityGroup(p.scope, jsii.String("Group"+suffix(len(made))), &ec2.SecurityGroupProps{
			Vpc:              point.Vpc,
			Description:      jsii.String("Probers of an endpoint verification: everything out, nothing in"),
			AllowAllOutbound: jsii.Bool(true),
		})
	}
	return made[vpc]
}

// arns are the functions by the names of their vantage points.
func (p *probers) arns() map[string]any {
	arns := map[string]any{}
	for name, function := range p.functions {
		arns[name] = function.FunctionArn()
	}
	return arns
}

// allowInterfaces lets Lambda make and remove the functions' interfaces with
// the role, and forbids it to the code of the functions itself. Lambda calls
// these actions under the role without lambda:SourceFunctionArn; the code's own
// calls carry it (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html,
// docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html).
func allowInterfaces(role iam.Role, points []VantagePoint) {
	inside := false
	for _, point := range points {
		inside = inside || point.Subnet != nil
	}
	if !inside {
		return
	}
	actions := jsii.Strings(interfaceActions...)
	role.AddToPolicy(iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid:       jsii.String("LambdaMakesInterfaces"),
		Actions:   actions,
		Resources: jsii.Strings("*"),
	}))
	role.AddToPolicy(iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid:       jsii.String("CodeMakesNone"),
		Effect:    iam.Effect_DENY,
		Actions:   actions,
		Resources: jsii.Strings("*"),
		Conditions: &map[string]any{"ArnLike": map[string]any{
			"lambda:SourceFunctionArn": "arn:" + *awscdk.Aws_PARTITION() + ":lambda:" + *awscdk.Aws_REGION() + ":" + *awscdk.Aws_ACCOUNT_ID() + ":function:*",
		}},
	}))
	excuse.From(role, excuse.Rule{
		ID:        "AwsSolutions-IAM5",
		Reason:    "Lambda needs these actions on every resource to connect a function to a VPC (AWS says so); the second statement keeps them from the code",
		AppliesTo: []string{"Resource::*"},
	})
}

// interfaceActions are what Lambda needs to connect a function to a VPC: those
// of AWS's managed policy AWSLambdaVPCAccessExecutionRole
// (docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html).
var interfaceActions = []string{
	"ec2:AssignPrivateIpAddresses",
	"ec2:CreateNetworkInterface",
	"ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces",
	"ec2:DescribeSubnets",
	"ec2:UnassignPrivateIpAddresses",
}

// allowCall gives the role the one call, through the one endpoint. The grant is
// a policy of its own, as the role is older than the endpoint.
func allowCall(scope constructs.Construct, role iam.Role, grant *Grant) {
	if grant == nil {
		return
	}
	policy := iam.NewPolicy(scope, jsii.String("Grant"), &iam.PolicyProps{
		Roles: &[]iam.IRole{role},
		Statements: &[]iam.PolicyStatement{iam.NewPolicyStatement(&iam.PolicyStatementProps{
			Sid:       jsii.String("ThroughTheEndpointOnly"),
			Actions:   jsii.Strings(grant.Action),
			Resources: jsii.Strings(grant.Resource),
			Conditions: &map[string]any{"StringEquals": map[string]any{
				"aws:SourceVpce": grant.Endpoint,
			}},
		})},
	})
	if strings.Contains(grant.Resource, "*") {
		excuse.From(policy, excuse.Rule{
			ID:     "AwsSolutions-IAM5",
			Reason: "a resource called by its name is authorised by an ARN without its id; one call through one endpoint is all that it allows",
		})
	}
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)
