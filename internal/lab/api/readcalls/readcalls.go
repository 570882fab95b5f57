// Package readcalls has calls of AWS services that change nothing, and whose answers do
// not depend on what is in the lab: limits, random values, first pages. Endpoints are
// tried with such calls. What they need and how they are written is AWS's; the answers
// tell nothing: lists are empty, limits are AWS's defaults.
//
// Services with more calls than these have packages of their own, beside this one;
// [With] adds these calls to them.
package readcalls

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
)

// call is one call.
type call struct {
	// service is the name that requests are signed with.
	service string
	// target is the X-Amz-Target of a JSON protocol, query the Action of the Query
	// protocol, get the path of a GET. One of them is set.
	target, query, get string
	// action is the IAM action. Empty: none is needed, and no signature.
	action string
	// resource is the end of the ARN that is authorised, after
	// arn:PARTITION:SERVICE:REGION:. Default: any.
	resource string
	// answer is the body. QUERY stands for the elements around a Query answer.
	answer string
}

// calls are all of them. Permissions:
// docs.aws.amazon.com/service-authorization/latest/reference, "Actions defined by …".
var calls = []call{
	{service: "apigateway", get: "/account", action: "apigateway:GET", resource: ":/account", answer: `{"throttleSettings":{"burstLimit":5000,"rateLimit":10000.0}}`},
	{service: "autoscaling", query: "DescribeAccountLimits", action: "autoscaling:DescribeAccountLimits", answer: `<MaxNumberOfAutoScalingGroups>500</MaxNumberOfAutoScalingGroups>`},
	{service: "bedrock", get: "/async-invoke", action: "bedrock:ListAsyncInvokes", answer: `{"asyncInvokeSummaries":[]}`},
	{service: "cloudformation", query: "DescribeAccountLimits", action: "cloudformation:DescribeAccountLimits", answer: `<AccountLimits><member><Name>StackLimit</Name><Value>2000</Value></member></AccountLimits>`},
	// Anybody may ask whether it is there
	// (docs.aws.amazon.com/general/latest/gr/ddb.html).
	{service: "dynamodb", get: "/", answer: `healthy: dynamodb`},
	{service: "dynamodb", target: "DynamoDB_20120810.DescribeLimits", action: "dynamodb:DescribeLimits", answer: `{"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,"TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000}`},
	{service: "ecr", target: "AmazonEC2ContainerRegistry_V20150921.DescribeRegistry", action: "ecr:DescribeRegistry", answer: `{"replicationConfiguration":{"rules":[]}}`},
	{service: "ecs", target: "AmazonEC2ContainerServiceV20141113.ListClusters", action: "ecs:ListClusters", answer: `{"clusterArns":[]}`},
	{service: "eks", get: "/clusters", action: "eks:ListClusters", answer: `{"clusters":[]}`},
	{service: "elasticloadbalancing", query: "DescribeAccountLimits", action: "elasticloadbalancing:DescribeAccountLimits", answer: `<Limits/>`},
	{service: "events", target: "AWSEvents.ListEventBuses", action: "events:ListEventBuses", answer: `{"EventBuses":[]}`},
	{service: "firehose", target: "Firehose_20150804.ListDeliveryStreams", action: "firehose:ListDeliveryStreams", answer: `{"DeliveryStreamNames":[],"HasMoreDeliveryStreams":false}`},
	{service: "kinesis", target: "Kinesis_20131202.DescribeLimits", action: "kinesis:DescribeLimits", answer: `{"OnDemandStreamCount":0,"OnDemandStreamCountLimit":50,"OpenShardCount":0,"ShardLimit":200}`},
	{service: "kms", target: "TrentService.GenerateRandom", action: "kms:GenerateRandom", answer: `{"Plaintext":"AA=="}`},
	{service: "lambda", get: "/2016-08-19/account-settings", action: "lambda:GetAccountSettings", answer: `{"AccountLimit":{"ConcurrentExecutions":1000}}`},
	{service: "monitoring", query: "ListDashboards", action: "cloudwatch:ListDashboards", answer: `<DashboardEntries/>`},
	{service: "rds", query: "DescribeAccountAttributes", action: "rds:DescribeAccountAttributes", answer: `<AccountQuotas/>`},
	{service: "secretsmanager", target: "secretsmanager.GetRandomPassword", action: "secretsmanager:GetRandomPassword", answer: `{"RandomPassword":"aB3$eF6&"}`},
	{service: "sns", query: "ListTopics", action: "sns:ListTopics", answer: `<Topics/>`},
	{service: "sqs", target: "AmazonSQS.ListQueues", action: "sqs:ListQueues", answer: `{"QueueUrls":[]}`},
	{service: "ssm", target: "AmazonSSM.DescribeParameters", action: "ssm:DescribeParameters", answer: `{"Parameters":[]}`},
	{service: "states", target: "AWSStepFunctions.ListStateMachines", action: "states:ListStateMachines", answer: `{"stateMachines":[]}`},
}

// Services are the services with these calls and no others: those that none of the
// given ones is.
func Services(scope awsid.Scope, protocol func(name string) api.Protocol, others []api.Service) []api.Service {
	var services []api.Service
	names := map[string]bool{}
	for _, other := range others {
		names[other.Name] = true
	}
	for _, c := range calls {
		if !names[c.service] {
			names[c.service] = true
			services = append(services, With(api.Unimplemented(c.service, protocol(c.service)), scope))
		}
	}
	return services
}

// With adds its read calls to a service.
func With(service api.Service, scope awsid.Scope) api.Service {
	own := slices.DeleteFunc(slices.Clone(calls), func(c call) bool { return c.service != service.Name })
	rest := service.Route
	service.Route = func(r *api.Request) (*api.Operation, error) {
		for _, c := range own {
			if c.asked(r) {
				return c.operation(service.Protocol, scope, r), nil
			}
		}
		return rest(r)
	}
	return service
}

// asked reports whether the request makes the call.
func (c call) asked(r *api.Request) bool {
	switch {
	case c.get != "":
		return r.Method == http.MethodGet && r.URL.Path == c.get
	case c.target != "":
		return r.Method == http.MethodPost && r.Header.Get("X-Amz-Target") == c.target
	}
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return false
	}
	form, err := url.ParseQuery(string(r.Body))
	return err == nil && form.Get("Action") == c.query
}

func (c call) operation(protocol api.Protocol, scope awsid.Scope, r *api.Request) *api.Operation {
	op := &api.Operation{Action: c.action, Resource: "*", Run: func(context.Context) (*api.Reply, error) {
		header := http.Header{"Content-Type": {"application/json"}}
		body := c.answer
		if c.query != "" {
			header.Set("Content-Type", "text/xml")
			body = "<" + c.query + "Response>" + inResult(protocol, c.query, body) + "</" + c.query + "Response>"
		}
		return &api.Reply{Header: header, Body: []byte(body)}, nil
	}}
	if c.resource != "" {
		op.Resource = "arn:" + cmp.Or(scope.Partition, "aws") + ":" + c.service + ":" + scope.Region + ":" + c.resource
	}
	return op
}

// inResult puts an answer into the element that the Query protocol has for it, and the
// EC2 protocol has not.
func inResult(protocol api.Protocol, action, body string) string {
	if protocol == api.EC2 {
		return body
	}
	return "<" + action + "Result>" + body + "</" + action + "Result>"
}
