package cloud

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"provenendpoints/internal/lab/awserr"
)

// StackSource tells of the account's stacks.
type StackSource interface {
	// Stack finds a stack by its id, or one that is not deleted by its name.
	Stack(nameOrID string) (Stack, bool)
	// Stacks are all that are not deleted.
	Stacks() []Stack
}

// Stack is a CloudFormation stack as DescribeStacks tells of it.
type Stack struct {
	// ID is the stack's ARN.
	ID, Name, Description string
	Status, StatusReason  string
	Created               time.Time
	// Updated and Deleted are zero if it was not.
	Updated, Deleted time.Time
	Outputs          []Output
	Parameters       map[string]string
	Tags             map[string]string
	// Policy is the stack policy's text; empty if it has none.
	Policy string
	// TerminationProtection keeps it from being deleted.
	TerminationProtection bool
}

// Output is a named value of a stack.
type Output struct{ Key, Value, Description, ExportName string }

const cloudFormationNamespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/"

// planCloudFormation has DescribeStacks and GetStackPolicy
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/).
func planCloudFormation(c *Cloud, r *request) (*operation, error) {
	action, err := planQuery(r, "2010-05-15")
	if err != nil {
		return nil, err
	}
	name := r.form.Get("StackName")
	op := &operation{action: "cloudformation:" + action, resource: c.stackResource(name)}
	switch action {
	case "DescribeStacks":
		op.run = func(context.Context) (*reply, error) { return c.describeStacks(r, name) }
		return op, r.refuseOthers("StackName", "NextToken")
	case "GetStackPolicy":
		if name == "" {
			return nil, validation("1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null")
		}
		op.run = func(context.Context) (*reply, error) {
			s, err := c.findStack(name)
			if err != nil {
				return nil, err
			}
			return queryReply(r, action, cloudFormationNamespace, struct {
				XMLName         xml.Name `xml:"GetStackPolicyResult"`
				StackPolicyBody string   `xml:",omitempty"`
			}{StackPolicyBody: s.Policy})
		}
		return op, r.refuseOthers("StackName")
	}
	return nil, invalidAction(action)
}

// stackResource is the resource that a call is authorised on: a stack by its
// ARN, or any stack of the name, because CloudFormation authorises before it
// looks for the stack. (AWS's own AccessDenied messages show it: "on resource:
// arn:aws:cloudformation:…:stack/NAME/*", see aws/aws-cdk#7319.)
func (c *Cloud) stackResource(name string) string {
	switch {
	case name == "":
		return c.scope.ARN("cloudformation", "stack/*/*")
	case strings.HasPrefix(name, "arn:"):
		return name
	}
	return c.scope.ARN("cloudformation", "stack/"+name+"/*")
}

func validation(message string) error {
	return awserr.New("ValidationError", "%s", message)
}

func (c *Cloud) findStack(name string) (Stack, error) {
	if source := c.getStacks(); source != nil {
		if s, ok := source.Stack(name); ok {
			return s, nil
		}
	}
	return Stack{}, validation(fmt.Sprintf("Stack with id %s does not exist", name))
}

// stackXML is a member of DescribeStacks' answer.
type stackXML struct {
	StackId, StackName          string
	Description                 string `xml:",omitempty"`
	StackStatus                 string
	StackStatusReason           string `xml:",omitempty"`
	CreationTime                string
	LastUpdatedTime             string         `xml:",omitempty"`
	DeletionTime                string         `xml:",omitempty"`
	Parameters                  []parameterXML `xml:"Parameters>member"`
	Outputs                     []outputXML    `xml:"Outputs>member"`
	Tags                        []tagXML       `xml:"Tags>member"`
	DisableRollback             bool
	EnableTerminationProtection bool
}

type (
	parameterXML struct{ ParameterKey, ParameterValue string }
	tagXML       struct{ Key, Value string }
	outputXML    struct {
		OutputKey, OutputValue string
		Description            string `xml:",omitempty"`
		ExportName             string `xml:",omitempty"`
	}
)

func (c *Cloud) describeStacks(r *request, name string) (*reply, error) {
	var found []Stack
	if name != "" {
		s, err := c.findStack(name)
		if err != nil {
			return nil, err
		}
		found = []Stack{s}
	} else if source := c.getStacks(); source != nil {
		found = source.Stacks()
	}
	var answer struct {
		XMLName xml.Name   `xml:"DescribeStacksResult"`
		Stacks  []stackXML `xml:"Stacks>member"`
	}
	for _, s := range found {
		answer.Stacks = append(answer.Stacks, s.describe())
	}
	return queryReply(r, "DescribeStacks", cloudFormationNamespace, answer)
}

func (s Stack) describe() stackXML {
	x := stackXML{
		StackId: s.ID, StackName: s.Name, Description: s.Description, StackStatus: s.Status, StackStatusReason: s.StatusReason,
		CreationTime: stamp(s.Created), EnableTerminationProtection: s.TerminationProtection,
	}
	if !s.Updated.IsZero() {
		x.LastUpdatedTime = stamp(s.Updated)
	}
	if !s.Deleted.IsZero() {
		x.DeletionTime = stamp(s.Deleted)
	}
	for _, key := range sortedKeys(s.Parameters) {
		x.Parameters = append(x.Parameters, parameterXML{key, s.Parameters[key]})
	}
	for _, key := range sortedKeys(s.Tags) {
		x.Tags = append(x.Tags, tagXML{key, s.Tags[key]})
	}
	for _, o := range s.Outputs {
		x.Outputs = append(x.Outputs, outputXML{o.Key, o.Value, o.Description, o.ExportName})
	}
	return x
}
