package latency

import "time"

// What CloudFormation itself takes time for.
const (
	// Begin is the time from when a resource or a stack could begin until CloudFormation
	// turns to it.
	Begin What = "CloudFormation begins"
	// Call is the time from then until the service has the call.
	Call What = "CloudFormation calls the service"
	// Cancel is the time until CloudFormation notes that the failure of another resource
	// has cancelled this one.
	Cancel What = "CloudFormation cancels"
)

// What AWS's services take time for.
const (
	// PolicyEffect is the time until a policy is in effect everywhere.
	PolicyEffect What = "a policy takes effect"
	// ReadShows is the time until a replica that answers read calls shows a change.
	ReadShows What = "a read call shows a change"
	// EndpointAnswers is the time from when an interface endpoint is available until
	// packets get through.
	EndpointAnswers What = "an available endpoint answers"
	// ServiceTakesEndpoints is the time from when an endpoint service is available until
	// endpoints can be created.
	ServiceTakesEndpoints What = "a new endpoint service takes endpoints"
	// TargetRegisters is the time from when a load balancer begins to use a target until
	// its first check.
	TargetRegisters What = "a target is registered"
	// GatewayEndpointStable is the time until a gateway endpoint is available.
	GatewayEndpointStable What = "a gateway endpoint is stable"
	// InterfaceReleased is the time from a function's end until its interfaces are gone.
	InterfaceReleased What = "the interfaces of a function are released"
)

// Stable is the time from when a resource of a type is configured until it is stable.
func Stable(resourceType string) What { return What(resourceType + " is stable") }

// Known reports whether the table has a row.
func Known(what What) bool {
	_, ok := rows[what]
	return ok
}

// RowOf returns a row of the table.
func RowOf(what What) (Row, bool) {
	row, known := rows[what]
	return row, known
}

// Table is everything that takes time in the lab.
var Table = []Row{
	{
		What: Begin, Min: 0, Max: time.Second, Rarely: 3 * time.Minute,
		Source: "assumed: no page promises an order of what is independent; calls that EC2 throttles are tried again later (docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html)",
	},
	{
		What: Call, Min: time.Second, Max: 5 * time.Second,
		Source: "assumed: events of deployments that people show in issues are one to some seconds apart, as in aws-cloudformation/cloudformation-coverage-roadmap#1951",
	},
	{
		What: Cancel, Min: 0, Max: time.Second,
		Source: "assumed: cancellations come with the failure, in no order",
	},
	{
		What: PolicyEffect, Min: 2 * time.Second, Max: 15 * time.Second,
		Source: "docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (changes are not always immediately visible); hashicorp/terraform#2037 (5 to 10 s)",
	},
	{
		What: ReadShows, Min: 0, Max: 3 * time.Second, Rarely: 45 * time.Second,
		Source: "docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html (gives no bound); hashicorp/terraform-provider-aws#1791, #31895 (usually at once, now and then not after many tries; once not in two minutes: #21829); the bounds are assumed",
	},
	{
		What: EndpointAnswers, Min: 5 * time.Second, Max: 30 * time.Second, Rarely: 60 * time.Second,
		Source: "aws-amplify/amplify-category-api#1875 (20 to 30 s)",
	},
	{
		What: ServiceTakesEndpoints, Min: time.Second, Max: 10 * time.Second,
		Source: "aws/aws-sdk#805 (503, although available); the duration is assumed: nobody gives one",
	},
	{
		What: TargetRegisters, Min: 70 * time.Second, Max: 120 * time.Second, Rarely: 300 * time.Second,
		Source: "aws/containers-roadmap#469, kubernetes-sigs/aws-load-balancer-controller#1786 (70 to 120 s, at times 4 to 5 min)",
	},
	{
		What: InterfaceReleased, Min: 20 * time.Minute, Max: 45 * time.Minute,
		Source: "docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-vpcconfig.html, aws/aws-cdk#6701 (20 to 45 min)",
	},
	{
		What: Stable("AWS::ElasticLoadBalancingV2::LoadBalancer"), Min: 90 * time.Second, Max: 180 * time.Second, Rarely: 300 * time.Second,
		Source: "aws-cloudformation/cloudformation-coverage-roadmap#1951 (dependents begin before it is active); the duration is assumed: a few minutes",
	},
	{
		What: Stable("AWS::EC2::VPCEndpoint"), Min: 20 * time.Second, Max: 150 * time.Second,
		Source: "hashicorp/terraform-provider-aws#32774 (pending for 120 to 150 s)",
	},
	{
		What: GatewayEndpointStable, Min: time.Second, Max: 10 * time.Second,
		Source: "assumed: it is available at once, and CloudFormation looks some seconds later",
	},
	{
		What: Stable("AWS::EC2::NatGateway"), Min: 60 * time.Second, Max: 150 * time.Second,
		Source: "openshift/openshift-ansible-contrib#1012 (its events are some two minutes apart); it has CONFIGURATION_COMPLETE",
	},
	{
		What: Stable("AWS::EC2::InstanceConnectEndpoint"), Min: 2 * time.Minute, Max: 5 * time.Minute,
		Source: "assumed: it has a state create-in-progress (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Ec2InstanceConnectEndpoint.html)",
	},
	{
		What: Stable("AWS::Lambda::Function"), Min: 2 * time.Second, Max: 10 * time.Second, Rarely: 90 * time.Second,
		Source: "docs.aws.amazon.com/lambda/latest/dg/functions-states.html, .../configuration-vpc.html (interfaces can take up to 90 s)",
	},
	{
		What: Stable("AWS::IAM::Role"), Min: 10 * time.Second, Max: 20 * time.Second,
		Source: "assumed: the events of roles in public logs are 15 s and more apart",
	},
	{
		What: Stable("AWS::IAM::Policy"), Min: 10 * time.Second, Max: 20 * time.Second,
		Source: "assumed: as roles",
	},
	{
		What: Stable("AWS::IAM::InstanceProfile"), Min: 2 * time.Minute, Max: 130 * time.Second,
		Source: "hashicorp/terraform#15341 (CloudFormation waits for two minutes)",
	},
	{
		What: Stable("AWS::S3::Bucket"), Min: 2 * time.Second, Max: 12 * time.Second,
		Source: "assumed: public logs of bootstrap stacks; it has CONFIGURATION_COMPLETE, and policies begin before it is stable",
	},
}
