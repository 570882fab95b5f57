package cloudformation

import (
	"context"
	"maps"
	"slices"

	"provenendpoints/internal/lab/api"
)

// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
func init() {
	cloudformation.Register(api.QueryOperation[account]{
		Name: "DescribeStacks", Resource: stackResource, Parameters: []string{"StackName", "NextToken"}, Run: describeStacks,
	})
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
	Capabilities                []string       `xml:"Capabilities>member"`
	RoleARN                     string         `xml:",omitempty"`
	DriftInformation            driftXML
	DisableRollback             bool
	EnableTerminationProtection bool
}

type (
	driftXML struct {
		StackDriftStatus   string
		LastCheckTimestamp string `xml:",omitempty"`
	}
	parameterXML struct{ ParameterKey, ParameterValue string }
	tagXML       struct{ Key, Value string }
	outputXML    struct {
		OutputKey, OutputValue string
		Description            string `xml:",omitempty"`
		ExportName             string `xml:",omitempty"`
	}
)

func describeStacks(_ context.Context, a account, r *api.Request) (any, error) {
	found := []Stack{}
	if name := r.Form.Get("StackName"); name != "" {
		s, err := a.stack(name)
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	} else {
		found = a.stacks.Stacks()
	}
	var result struct {
		Stacks []stackXML `xml:"Stacks>member"`
	}
	for _, s := range found {
		result.Stacks = append(result.Stacks, a.describe(s))
	}
	return result, nil
}

func (a account) describe(s Stack) stackXML {
	x := stackXML{
		StackId: s.ID, StackName: s.Name, Description: s.Description, StackStatus: s.Status, StackStatusReason: s.StatusReason,
		CreationTime: api.Timestamp(s.Created), EnableTerminationProtection: s.TerminationProtection,
		RoleARN: s.RoleARN, DisableRollback: s.DisableRollback, DriftInformation: a.drifts.information(s.ID),
	}
	if !s.Updated.IsZero() {
		x.LastUpdatedTime = api.Timestamp(s.Updated)
	}
	if !s.Deleted.IsZero() {
		x.DeletionTime = api.Timestamp(s.Deleted)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Parameters)) {
		x.Parameters = append(x.Parameters, parameterXML{key, s.Parameters[key]})
	}
	for _, key := range slices.Sorted(maps.Keys(s.Tags)) {
		x.Tags = append(x.Tags, tagXML{key, s.Tags[key]})
	}
	for _, o := range s.Outputs {
		x.Outputs = append(x.Outputs, outputXML{o.Key, o.Value, o.Description, o.ExportName})
	}
	return x
}
