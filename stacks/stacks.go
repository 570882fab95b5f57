// Package stacks deploys each pattern as a scenario of its own: a network, the
// pattern with its proof, hosts to work from, and the evidence as outputs.
//
//	GatewayEndpoint              a private subnet reaches S3, and nothing else
//	InterfaceEndpoint            CloudFormation at an address in each subnet, private DNS off
//	InterfaceEndpointPrivateDns  the same, private DNS on: the default name leads there
//	EndpointService              My-VPC reaches two web hosts in Custom-VPC, only through the endpoint
//
// The stacks deploy to any account and Region: nothing is looked up at
// synthesis. In China the Region has to be named ([RegionContext]). Construct ids and output names are a contract: renaming one
// replaces deployed resources or breaks those who read the output.
package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
)

// New makes all scenarios, and what the context asks for besides ([ExistingContext]).
func New(app awscdk.App) []awscdk.Stack {
	made := []awscdk.Stack{
		NewGatewayEndpoint(app, "GatewayEndpoint"),
		NewInterfaceEndpoint(app, "InterfaceEndpoint", false),
		NewInterfaceEndpoint(app, "InterfaceEndpointPrivateDns", true),
		NewEndpointService(app, "EndpointService"),
	}
	if existing := existingOf(app); existing != nil {
		made = append(made, NewExistingEndpoints(app, "ExistingEndpoints", *existing))
	}
	return made
}

// newStack makes an empty stack that fits any account, and any Region unless the context names
// one ([RegionContext]).
func newStack(scope constructs.Construct, id, description string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, &awscdk.StackProps{
		Description: &description,
		Env:         environmentOf(scope),
		Synthesizer: awscdk.NewDefaultStackSynthesizer(&awscdk.DefaultStackSynthesizerProps{
			// The CDK CLI checks the bootstrap stack's version itself. Without the
			// rule the template holds nothing but the scenario.
			GenerateBootstrapVersionRule: jsii.Bool(false),
		}),
	})
	except(stack)
	return stack
}

// output makes a stack output.
func output(stack awscdk.Stack, id, description string, value *string) {
	awscdk.NewCfnOutput(stack, &id, &awscdk.CfnOutputProps{Value: value, Description: &description})
}

// outputReport makes the outputs that every scenario has.
func outputReport(stack awscdk.Stack, proof verification.Verification) {
	output(stack, "Summary", "How many claims hold", proof.Summary())
	output(stack, "Report", "All verdicts; the whole report is in the verifier's log", proof.Report())
	output(stack, "Log", "The verifier's log, with the whole report; it outlives the stack", proof.LogURL())
}

// Prepare begins what the stacks need besides CDK, while that starts; see
// [verification.Prepare].
func Prepare() { verification.Prepare() }
