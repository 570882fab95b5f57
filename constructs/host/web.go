package host

import (
	"fmt"
	"regexp"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
)

// WebPort is the TCP port that a web host serves.
const WebPort = 80

// WebProps describe a web host.
type WebProps struct {
	// Vpc is the VPC that the host belongs to. Required.
	Vpc ec2.IVpc
	// Subnet is where its interface lies. Required.
	Subnet ec2.ISubnet
	// Name is what the host answers to every request, and the instance's Name
	// tag: letters, digits and hyphens. Required.
	Name string
	// InstanceType is the type of the instance, as in [Props]. Default: t4g.micro.
	InstanceType ec2.InstanceType
}

// NewWeb makes a host that serves its own name on [WebPort]. It needs nothing
// from the internet to start. Its security group lets nothing in, and nothing
// but answers out. It panics if a property is missing or wrong.
func NewWeb(scope constructs.Construct, id string, props *WebProps) ec2.Instance {
	if props == nil {
		props = &WebProps{}
	}
	if err := checkName(props.Name); err != nil {
		panic(err)
	}
	return New(scope, id, &Props{
		Vpc:          props.Vpc,
		Subnet:       props.Subnet,
		Name:         props.Name,
		UserData:     webScript(props.Name, WebPort),
		NoOutbound:   true,
		InstanceType: props.InstanceType,
	})
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9-]{1,63}$`)

// checkName refuses names that the shell would interpret.
func checkName(name string) error {
	if !hostName.MatchString(name) {
		return fmt.Errorf("Name: must be 1 to 63 letters, digits and hyphens, got %q", name)
	}
	return nil
}
