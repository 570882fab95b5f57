package resources

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

// inertResource is a resource type that carries, admits and diverts no packet. It is
// accepted with any properties, has an id and attributes in AWS's form, and does
// nothing: the deployment lists it. That its service's API knows nothing of it is part of that.
type inertResource struct {
	// why says what does not happen.
	why string
	// name is the property that names it. Default: it gets an id with the prefix id.
	name, id string
	// arn is its ARN without the name: service and type, such as sqs and "". Ref
	// returns the ARN if refARN.
	service, kind string
	refARN        bool
	// attributes are its attributes: "arn", "id", "repository" for the address of a
	// repository of images, or a property's name.
	attributes map[string]string
}

// inertResources are the inert types
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/, each type's
// "Return values").
var inertResources = map[string]inertResource{
	"AWS::Budgets::Budget":            {why: "nothing costs anything"},
	"AWS::CloudTrail::Trail":          {why: "no calls are recorded", name: "TrailName", service: "cloudtrail", kind: "trail/", attributes: map[string]string{"Arn": "arn"}},
	"AWS::CloudWatch::Alarm":          {why: "there are no metrics", name: "AlarmName", service: "cloudwatch", kind: "alarm:", attributes: map[string]string{"Arn": "arn"}},
	"AWS::CloudWatch::CompositeAlarm": {why: "there are no metrics", name: "AlarmName", service: "cloudwatch", kind: "alarm:", attributes: map[string]string{"Arn": "arn"}},
	"AWS::CloudWatch::Dashboard":      {why: "there are no metrics", name: "DashboardName"},
	"AWS::Config::ConfigRule":         {why: "nothing is evaluated", name: "ConfigRuleName", service: "config", kind: "config-rule/", attributes: map[string]string{"Arn": "arn"}},
	"AWS::DynamoDB::Table":            {why: "its API knows no tables", name: "TableName", service: "dynamodb", kind: "table/", attributes: map[string]string{"Arn": "arn"}},
	"AWS::ECR::Repository":            {why: "there are no container images", name: "RepositoryName", service: "ecr", kind: "repository/", attributes: map[string]string{"Arn": "arn", "RepositoryUri": "repository"}},
	"AWS::EC2::FlowLog":               {why: "no flows are logged", id: "fl-", attributes: map[string]string{"Id": "id"}},
	"AWS::Events::Rule":               {why: "there are no events and schedules", name: "Name", service: "events", kind: "rule/", attributes: map[string]string{"Arn": "arn"}},
	"AWS::KMS::Alias":                 {why: "nothing is encrypted", name: "AliasName"},
	"AWS::KMS::Key":                   {why: "nothing is encrypted", service: "kms", kind: "key/", attributes: map[string]string{"Arn": "arn", "KeyId": "id"}},
	"AWS::Logs::LogStream":            {why: "functions name their streams themselves", name: "LogStreamName"},
	"AWS::Logs::MetricFilter":         {why: "there are no metrics", name: "FilterName"},
	"AWS::Logs::SubscriptionFilter":   {why: "log lines are not passed on", name: "FilterName"},
	"AWS::SNS::Subscription":          {why: "no messages are delivered", service: "sns", refARN: true, attributes: map[string]string{"Arn": "arn"}},
	"AWS::SNS::Topic":                 {why: "no messages are delivered", name: "TopicName", service: "sns", refARN: true, attributes: map[string]string{"TopicArn": "arn", "TopicName": "id"}},
	"AWS::SNS::TopicPolicy":           {why: "no messages are delivered", attributes: map[string]string{"Id": "id"}},
	"AWS::SecretsManager::Secret":     {why: "its API knows no secrets", name: "Name", service: "secretsmanager", kind: "secret:", refARN: true, attributes: map[string]string{"Id": "arn"}},
}

// inertType is an inert type in one Region.
type inertType struct {
	inertResource
	name string
	r    *Resources
}

var _ interface {
	cfn.ResourceType
	cfn.Attributed
	cfn.Inert
} = inertType{}

func (t inertType) Attributes() []string                           { return slices.Sorted(maps.Keys(t.attributes)) }
func (t inertType) Inert(map[string]any, map[string]string) string { return t.why }
func (t inertType) Check(map[string]any) error                     { return nil }
func (t inertType) Delete(context.Context, cfn.Request) error      { return nil }

// Replaces reports whether its name changes.
func (t inertType) Replaces(old, new map[string]any) bool {
	return t.inertResource.name != "" && fmt.Sprint(old[t.inertResource.name]) != fmt.Sprint(new[t.inertResource.name])
}

// Create names it: as its properties say, or as CloudFormation names such resources.
func (t inertType) Create(_ context.Context, q cfn.Request) (cfn.Result, error) {
	name, ok := cfn.Literal(q.Properties[t.inertResource.name])
	switch {
	case ok:
	case t.id != "":
		name = t.r.id(t.id, q)
	default:
		name = t.r.name(q, 64)
	}
	return t.result(name, q.Properties), nil
}

func (t inertType) Update(_ context.Context, q cfn.Request) (cfn.Result, error) {
	name := q.PhysicalID
	if t.refARN {
		name = name[strings.LastIndex(name, ":")+1:]
	}
	return t.result(name, q.Properties), nil
}

func (t inertType) result(name string, properties map[string]any) cfn.Result {
	arn := t.r.Scope.ARN(t.service, t.kind+name)
	out := cfn.Result{PhysicalID: name, Attributes: map[string]any{}}
	if t.refARN {
		out.PhysicalID = arn
	}
	for attribute, what := range t.attributes {
		switch what {
		case "arn":
			out.Attributes[attribute] = arn
		case "id":
			out.Attributes[attribute] = name
		case "repository":
			out.Attributes[attribute] = t.r.Scope.Account + ".dkr.ecr." + t.r.Scope.Region + ".amazonaws.com/" + name
		default:
			out.Attributes[attribute] = properties[what]
		}
	}
	return out
}
