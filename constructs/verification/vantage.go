package verification

import (
	"fmt"
	"regexp"
	"strings"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/build"
	"provenendpoints/internal/contract"
	"provenendpoints/internal/known"
	"provenendpoints/internal/lazy"
	"provenendpoints/internal/suppression"
	"provenendpoints/proof"
)

// MaxPointName is the most characters of the name of a vantage point.
const MaxPointName = contract.MaxPointName

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

// proberMemory is in MiB. It also determines the share of a CPU.
const proberMemory = 256

// probers are the functions that measure for the verifications of a stack, one in
// each subnet and one outside, with what they share.
type probers struct {
	scope constructs.Construct
	props FunctionProps
	code  build.Package
	role  iam.Role
	arn   string // of the role
	// roleMade, if set, is told of the role's name.
	roleMade  func(name string)
	logs      awslogs.LogGroup
	functions map[string]*deployed // by the subnet
	groups    map[string]*group    // by the VPC
	grants    []Grant
	endpoints map[string]lazy.Set      // of the grants, by their action
	policy    iam.Policy               // of the grants
	common    *awslambda.FunctionProps // what all functions have, made once
}

// deployed is a function with its ARN.
type deployed struct {
	function awslambda.Function
	arn      string
}

func newDeployed(scope constructs.Construct, id string, settings *awslambda.FunctionProps) *deployed {
	function := newFunction(scope, id, settings)
	return &deployed{function, *function.FunctionArn()}
}

// prober is the function at a vantage point.
type prober struct {
	point string
	*deployed
}

func newProbers(scope constructs.Construct, props FunctionProps, code build.Package) *probers {
	return &probers{
		scope: constructs.NewConstruct(scope, jsii.String("Probers")), props: props, code: code,
		functions: map[string]*deployed{}, groups: map[string]*group{}, endpoints: map[string]lazy.Set{},
	}
}

// at returns the probers at the vantage points, and the claims that they are there
// and that nothing of their own holds them back.
func (p *probers) at(points []VantagePoint) ([]prober, []proof.Claim) {
	if p.role == nil && len(points) > 0 {
		// All have one role, so that a call from inside and the same call from outside
		// differ only in their path.
		p.logs = newLogs(p.scope, p.props)
		p.role = newRole(p.scope, p.logs, "Runs the probers of endpoint verifications")
		p.arn = *p.role.RoleArn()
		if p.roleMade != nil {
			p.roleMade(*p.role.RoleName())
		}
	}
	var found []prober
	var claims []proof.Claim
	for _, point := range points {
		where := place{role: p.arn, code: p.code.SHA256}
		if point.Subnet != nil {
			where.subnet, where.group = known.SubnetID(point.Subnet), p.group(point.Vpc).id
			for _, acl := range point.NetworkAcls {
				where.acls = append(where.acls, *acl.NetworkAclId())
			}
		}
		found = append(found, prober{point.Name, p.function(point)})
		claims = append(claims, proberClaims(point.Name, where)...)
	}
	return found, claims
}

// function returns the prober in the point's subnet, or the one outside.
func (p *probers) function(point VantagePoint) *deployed {
	if point.Subnet == nil {
		if p.functions[Outside] == nil {
			settings := p.settings()
			settings.Description = jsii.String("Measures from outside every VPC")
			p.functions[Outside] = newDeployed(p.scope, Outside, settings)
		}
		return p.functions[Outside]
	}
	key := p.resolved(known.SubnetID(point.Subnet))
	if p.functions[key] != nil {
		return p.functions[key]
	}
	if !p.inside() {
		allowInterfaces(p.role)
	}
	settings := p.settings()
	path := p.pathOf(point.Subnet)
	settings.Description = jsii.String(shorten("Measures from the subnet "+path, maxDescription))
	settings.Vpc = point.Vpc
	settings.VpcSubnets = &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{point.Subnet}}
	settings.AllowPublicSubnet = jsii.Bool(true)
	settings.SecurityGroups = &[]ec2.ISecurityGroup{p.group(point.Vpc).ISecurityGroup}
	p.functions[key] = newDeployed(p.scope, p.freeID(path), settings)
	return p.functions[key]
}

// settings are those that all probers share. CDK's constants are asked for once.
func (p *probers) settings() *awslambda.FunctionProps {
	if p.common == nil {
		p.common = commonProps(p.code.File, p.role, p.logs, contract.ProberTimeout, proberMemory)
	}
	settings := *p.common
	return &settings
}

// inside reports whether there is a prober in a VPC.
func (p *probers) inside() bool {
	for key := range p.functions {
		if key != Outside {
			return true
		}
	}
	return false
}

// freeID makes an id of a subnet's path that no other prober has: subnets of
// imported VPCs may have the same.
func (p *probers) freeID(path string) string {
	base := notID.ReplaceAllString(path, "")
	id := base
	for n := 1; known.Node(p.scope).TryFindChild(&id) != nil; n++ {
		id = base + ordinal(n)
	}
	return id
}

// pathOf is a subnet's path as a person finds it in the code: without the stack, if
// that is the probers' own.
func (p *probers) pathOf(subnet ec2.ISubnet) string {
	return strings.TrimPrefix(known.Path(subnet), known.Path(known.Stack(p.scope))+"/")
}

// maxDescription is the longest description of a function
// (docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html).
const maxDescription = 256

// shorten keeps the end of a text, which tells more of a path.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return "…" + text[len(text)-limit+len("…"):]
}

var notID = regexp.MustCompile(`[^A-Za-z0-9]+`)

// group returns the probers' security group in a VPC. It lets everything out and
// nothing in: the network under test must stop a prober, not the prober's own
// group.
func (p *probers) group(vpc ec2.IVpc) *group {
	key := p.resolved(known.VpcID(vpc))
	if p.groups[key] == nil {
		made := ec2.NewSecurityGroup(p.scope, jsii.String("SecurityGroup"+ordinal(len(p.groups))), &ec2.SecurityGroupProps{
			Vpc:              vpc,
			Description:      jsii.String("Probers of endpoint verifications: everything out, nothing in"),
			AllowAllOutbound: jsii.Bool(true),
		})
		suppression.Add(made, suppression.Rule{
			Same:   []string{"EC2_SECURITY_GROUP_EGRESS_OPEN_TO_WORLD_RULE", "SECURITY_GROUP_EGRESS_ALL_PROTOCOLS_RULE"},
			Reason: "the network under test must stop a prober, not its own group",
		})
		p.groups[key] = &group{made, *made.SecurityGroupId()}
	}
	return p.groups[key]
}

// group is a security group with its id.
type group struct {
	ec2.ISecurityGroup
	id string
}

// resolved is an id as it will be in the template: equal for what is the same,
// by whatever constructs it is known.
func (p *probers) resolved(id string) string {
	return fmt.Sprint(known.Resolved(known.Stack(p.scope), id))
}
