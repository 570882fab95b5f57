package compare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/awsapi"
	"provenendpoints/internal/awsapi/models"
)

// AWS's operations that are called. None changes anything.
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference)
var (
	describeStackEvents = awsapi.List[stackName, event]{Service: "cloudformation", Operation: "DescribeStackEvents"}
	listStackResources  = awsapi.List[stackName, summary]{Service: "cloudformation", Operation: "ListStackResources"}
	getTemplate         = awsapi.Call[stackName, struct{ TemplateBody string }]{Service: "cloudformation", Operation: "GetTemplate"}
)

type (
	stackName struct{ StackName string }
	summary   struct{ LogicalResourceId, PhysicalResourceId, ResourceType string }
)

// Read reads the latest creation of a stack, and its template, from AWS's APIs. It
// needs cloudformation:DescribeStackEvents, ListStackResources and GetTemplate on the
// stack and logs:FilterLogEvents on its verifier's log group.
func Read(ctx context.Context, config aws.Config, stack string) (course Course, template []byte, err error) {
	model := maps.Clone(models.Of("cloudformation"))
	maps.Copy(model, models.Of("logs"))
	client := awsapi.New(config, model)
	name := stackName{stack}
	events, err := describeStackEvents.All(ctx, client, name)
	if err != nil {
		return course, nil, fmt.Errorf("read the events of %s: %w", stack, err)
	}
	byTime(events)
	written, err := getTemplate.Do(ctx, client, name)
	if err != nil {
		return course, nil, fmt.Errorf("read the template of %s: %w", stack, err)
	}
	resources, err := listStackResources.All(ctx, client, name)
	if err != nil {
		return course, nil, fmt.Errorf("read the resources of %s: %w", stack, err)
	}
	log, err := readLog(ctx, client, resources, events)
	if err != nil {
		return course, nil, err
	}
	return courseOf("AWS, "+config.Region, events, log), []byte(written.TemplateBody), nil
}

// verifierLogs is how the logical id of the verifier's log group begins
// (constructs/verification).
const verifierLogs = "EndpointVerificationVerifierLogs"

// readLog reads the verifier's log. After a rollback the group is no longer a resource
// of the stack; its events still name it.
func readLog(ctx context.Context, client *awsapi.Client, resources []summary, events []event) (string, error) {
	group := ""
	for _, e := range events {
		if strings.HasPrefix(e.LogicalResourceId, verifierLogs) && e.PhysicalResourceId != "" {
			group = e.PhysicalResourceId
		}
	}
	for _, r := range resources {
		if strings.HasPrefix(r.LogicalResourceId, verifierLogs) {
			group = r.PhysicalResourceId
		}
	}
	if group == "" {
		return "", errors.New("the stack has no verifier: there is no log group " + verifierLogs + "…")
	}
	var text strings.Builder
	in := map[string]any{"logGroupName": group}
	for {
		out, err := client.Do(ctx, "logs", "FilterLogEvents", in)
		if err != nil {
			return "", fmt.Errorf("read the log %s: %w", group, err)
		}
		lines, _ := out["events"].([]any)
		for _, line := range lines {
			fields, _ := line.(map[string]any)
			message, _ := fields["message"].(string)
			text.WriteString(strings.TrimRight(message, "\n") + "\n")
		}
		next, _ := out["nextToken"].(string)
		if next == "" {
			return text.String(), nil
		}
		in["nextToken"] = next
	}
}

// SameTemplate reports whether two templates in JSON are the same but for the order of
// keys and for white space.
func SameTemplate(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
