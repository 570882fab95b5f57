package host

import (
	"errors"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
)

// PingProps describe a host that pings.
type PingProps struct {
	// Vpc is the VPC that the host belongs to. Required.
	Vpc ec2.IVpc
	// Subnet is where its interface lies. Required.
	Subnet ec2.ISubnet
	// Name is the instance's Name tag. Default: the construct's id.
	Name string
	// Target is the name to ping. Required.
	Target string
	// InstanceType is the type of the instance, as in [Props]. Default: t4g.micro.
	InstanceType ec2.InstanceType
}

// Ping is a host that pings at its first start and reports what it saw.
type Ping interface {
	constructs.Construct
	// Instance returns the instance.
	Instance() ec2.Instance
	// Report returns the end of what ping printed, as a token: the JSON object
	// {"ping": "…"} of a wait condition's data.
	Report() *string
}

type ping struct {
	constructs.Construct
	instance  ec2.Instance
	condition awscdk.CfnWaitCondition
}

// reportTimeout is how long the stack waits for the report: the time that the
// instance takes to start, and the ten minutes for which it tries to send.
const reportTimeout = 15 * time.Minute

// NewPing makes a host that pings a name and reports through a wait condition.
// Only CloudFormation gives out the report's URL, an S3 object in the Region.
// From a subnet whose only way out is an endpoint to S3, the report can
// therefore arrive through that endpoint only. The stack fails if the report
// does not arrive. Make the instance depend on the endpoint.
//
// A change of the instance, or of anything that its properties refer to, makes
// another instance, which pings and reports anew.
// It panics if a property is missing.
func NewPing(scope constructs.Construct, id string, props *PingProps) Ping {
	if props == nil {
		props = &PingProps{}
	}
	if err := errors.Join(known.CheckScope(scope, id), checkPing(props)); err != nil {
		panic(err)
	}
	p := &ping{}
	constructs.NewConstruct_Override(p, scope, &id)
	handle := awscdk.NewCfnWaitConditionHandle(p, jsii.String("ReportHandle"), nil)
	name := props.Name
	if name == "" {
		name = id
	}
	// CDK leaves the id Default out of logical ids.
	p.instance = New(p, "Default", &Props{
		Vpc:          props.Vpc,
		Subnet:       props.Subnet,
		Name:         name,
		UserData:     pingScript(props.Target, *handle.Ref()),
		InstanceType: props.InstanceType,
	})
	p.condition = awscdk.NewCfnWaitCondition(p, jsii.String("Report"), &awscdk.CfnWaitConditionProps{
		Handle:  handle.Ref(),
		Count:   jsii.Number(1),
		Timeout: jsii.Sprintf("%.0f", reportTimeout.Seconds()),
	})
	p.condition.Node().AddDependency(p.instance)
	follow(handle, p.condition)
	return p
}

func checkPing(props *PingProps) error {
	var target error
	if props.Target == "" {
		target = errors.New("Target: the name to ping is required, got none")
	}
	return errors.Join(target, check(&Props{Vpc: props.Vpc, Subnet: props.Subnet, InstanceType: props.InstanceType}))
}

func (p *ping) Instance() ec2.Instance { return p.instance }
func (p *ping) Report() *string        { return awscdk.Token_AsString(p.condition.AttrData(), nil) }
