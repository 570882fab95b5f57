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
}
