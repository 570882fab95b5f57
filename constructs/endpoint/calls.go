package endpoint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"provenendpoints/proof"
)

// readyCall is a call of a service that changes nothing and tells little: limits,
// one page with one entry, a random number. It needs one IAM action.
type readyCall struct {
	// host is the beginning of the service's default DNS name, signing the name
	// that requests are signed with. Default of both: the service's name.
	host, signing string
	// action is the IAM action.
	action string
	// resource is the end of the ARN that IAM authorises, after
	// arn:PARTITION:SERVICE:REGION:. Default: any resource, where IAM knows none.
	resource string
	// query is a call of the Query protocol: action and version.
	query string
	// target is a call of a JSON protocol: the X-Amz-Target, with the protocol's
	// version in json and the body in body.
	target, json, body string
	// path is a call by GET.
	path string
}

// readyCalls are the calls by the last part of the endpoint service's name. What
// the calls need: docs.aws.amazon.com/service-authorization/latest/reference,
// "Actions defined by …" of each service; how they are written: the service's API
// reference.
var readyCalls = map[string]readyCall{
	"apigateway":           {action: "apigateway:GET", resource: ":/account", path: "/account"},
	"autoscaling":          {action: "autoscaling:DescribeAccountLimits", query: "Action=DescribeAccountLimits&Version=2011-01-01"},
	"bedrock-runtime":      {signing: "bedrock", action: "bedrock:ListAsyncInvokes", path: "/async-invoke?maxResults=1"},
	"cloudformation":       {action: "cloudformation:DescribeAccountLimits", query: "Action=DescribeAccountLimits&Version=2010-05-15"},
	"dynamodb":             {action: "dynamodb:DescribeLimits", target: "DynamoDB_20120810.DescribeLimits", json: "1.0", body: "{}"},
	"ec2":                  {action: "ec2:DescribeRegions", query: "Action=DescribeRegions&Version=2016-11-15"},
	"ecr.api":              {host: "api.ecr", signing: "ecr", action: "ecr:DescribeRegistry", target: "AmazonEC2ContainerRegistry_V20150921.DescribeRegistry", json: "1.1", body: "{}"},
	"ecs":                  {action: "ecs:ListClusters", target: "AmazonEC2ContainerServiceV20141113.ListClusters", json: "1.1", body: `{"maxResults":1}`},
	"eks":                  {action: "eks:ListClusters", path: "/clusters?maxResults=1"},
	"elasticloadbalancing": {action: "elasticloadbalancing:DescribeAccountLimits", query: "Action=DescribeAccountLimits&Version=2015-12-01"},
	"events":               {action: "events:ListEventBuses", target: "AWSEvents.ListEventBuses", json: "1.1", body: `{"Limit":1}`},
	"kinesis-firehose":     {host: "firehose", signing: "firehose", action: "firehose:ListDeliveryStreams", target: "Firehose_20150804.ListDeliveryStreams", json: "1.1", body: `{"Limit":1}`},
	"kinesis-streams":      {host: "kinesis", signing: "kinesis", action: "kinesis:DescribeLimits", target: "Kinesis_20131202.DescribeLimits", json: "1.1", body: "{}"},
	"kms":                  {action: "kms:GenerateRandom", target: "TrentService.GenerateRandom", json: "1.1", body: `{"NumberOfBytes":1}`},
	"lambda":               {action: "lambda:GetAccountSettings", path: "/2016-08-19/account-settings"},
	"logs":                 {action: "logs:DescribeLogGroups", target: "Logs_20140328.DescribeLogGroups", json: "1.1", body: `{"limit":1}`},
	"monitoring":           {action: "cloudwatch:ListDashboards", query: "Action=ListDashboards&Version=2010-08-01"},
	"rds":                  {action: "rds:DescribeAccountAttributes", query: "Action=DescribeAccountAttributes&Version=2014-10-31"},
	"s3":                   {action: "s3:ListAllMyBuckets", path: "/?max-buckets=1"},
	"secretsmanager":       {action: "secretsmanager:GetRandomPassword", target: "secretsmanager.GetRandomPassword", json: "1.1", body: `{"PasswordLength":8}`},
	"sns":                  {action: "sns:ListTopics", query: "Action=ListTopics&Version=2010-03-31"},
	"sqs":                  {action: "sqs:ListQueues", target: "AmazonSQS.ListQueues", json: "1.0", body: `{"MaxResults":1}`},
	"ssm":                  {action: "ssm:DescribeParameters", target: "AmazonSSM.DescribeParameters", json: "1.1", body: `{"MaxResults":1}`},
	"states":               {action: "states:ListStateMachines", target: "AWSStepFunctions.ListStateMachines", json: "1.0", body: `{"maxResults":1}`},
}

// withoutCall are services for which there can be none, with the reason.
var withoutCall = map[string]string{
	"ec2messages": "its calls belong to the SSM agent",
	"ecr.dkr":     "it speaks the protocol of container registries, which IAM does not authorise",
	"ssmmessages": "its calls open channels",
	"sts":         "it answers GetCallerIdentity to everybody, so a denial cannot be shown",
}

// CallTo returns a call that proves the path to an AWS service, by the last part
// of the endpoint service's name, such as ssm, ecr.api or kinesis-streams. It reads,
// changes nothing, and needs one IAM action, which the probers get through the
// endpoint alone. [CallServices] lists the services. It panics for any other, and
// says why where there can be no such call: leave Call out there.
func CallTo(service string) *Call {
	ready, known := readyCalls[service]
	if !known {
		if reason, without := withoutCall[service]; without {
			panic(fmt.Errorf("service: there is no call that proves the path to %s: %s; leave Call out", service, reason))
		}
		panic(fmt.Errorf("service: must be one of %s, got %q", strings.Join(CallServices(), ", "), service))
	}
	host, signing := ready.host, ready.signing
	if host == "" {
		host = service
	}
	if signing == "" {
		signing = service
	}
	call := &Call{
		Call:     proof.Call{Service: signing, Action: ready.action, Path: ready.path},
		Host:     regionalName(host),
		Resource: "*",
	}
	if ready.resource != "" {
		call.Resource = "arn:" + *awscdk.Aws_PARTITION() + ":" + signing + ":" + *awscdk.Aws_REGION() + ":" + ready.resource
	}
	switch {
	case ready.query != "":
		call.Method, call.Body = "POST", ready.query
	case ready.target != "":
		call.Method, call.Body = "POST", ready.body
		call.Headers = []string{"Content-Type: application/x-amz-json-" + ready.json, "X-Amz-Target: " + ready.target}
	}
	return call
}

// CallServices returns the services that [CallTo] knows, sorted.
func CallServices() []string { return slices.Sorted(maps.Keys(readyCalls)) }
