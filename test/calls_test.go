package test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
)

// Each ready-made call can be claimed, and the probers' role gets its one action,
// through the endpoint alone.
func TestReadyCallsAreClaimed(t *testing.T) {
	app := testApp(t, nil)
	var names []string
	for _, service := range endpoint.CallServices() {
		if service == "s3" || service == "dynamodb" {
			continue // names of gateway endpoints, too
		}
		names = append(names, "Stack"+strings.NewReplacer(".", "", "-", "").Replace(service))
		stack := awscdk.NewStack(app, &names[len(names)-1], nil)
		net := network.New(stack, "Network", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.0.0/24"}})
		endpoint.NewInterface(stack, "Endpoint", &endpoint.InterfaceProps{
			Vpc: net.Vpc(), Service: ec2.NewInterfaceVpcEndpointAwsService(jsii.String(service), nil, nil, nil),
			Subnets:      &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{net.Private()}},
			Verification: &endpoint.VerificationProps{Call: endpoint.CallTo(service)},
		})
	}
	app.Synth(nil)
	for _, stack := range names {
		template := loadFrom(t, *app.Outdir(), stack)
		allowed := ""
		for _, claim := range template.claims(t) {
			if claim.ID == "OutsideDenied" {
				allowed = claim.Call.Action
			}
		}
		granted := false
		for _, policy := range template.all("AWS::IAM::Policy") {
			for _, statement := range policy.Properties["PolicyDocument"].(map[string]any)["Statement"].([]any) {
				fields := statement.(map[string]any)
				granted = granted || fields["Action"] == allowed && fields["Condition"] != nil
			}
		}
		if allowed == "" || !granted {
			t.Errorf("%s: the call %q is not granted under a condition", stack, allowed)
		}
	}
}

func TestCallToRefuses(t *testing.T) {
	for service, want := range map[string]string{
		"sts":  "there is no call that proves the path to sts: it answers GetCallerIdentity to everybody, so a denial cannot be shown; leave Call out",
		"moon": `service: must be one of apigateway, autoscaling, `,
	} {
		if said := mustPanic(t, func() { endpoint.CallTo(service) }); !strings.Contains(said, want) {
			t.Errorf("%s: said %q, want %q", service, said, want)
		}
	}
}
