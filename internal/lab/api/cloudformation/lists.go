package cloudformation

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/changeset"
)

// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html and its like.
func init() {
	cloudformation.Register(api.QueryOperation[account]{
		Name: "ListStacks", Resource: stackResource, Parameters: []string{"NextToken", "StackStatusFilter.", "StackStatusFilter"}, Run: listStacks,
	})
	cloudformation.Register(api.QueryOperation[account]{
		Name: "DescribeStackResources", Resource: stackResource, Parameters: []string{"StackName", "LogicalResourceId", "PhysicalResourceId"}, Run: describeStackResources,
	})
	cloudformation.Register(api.QueryOperation[account]{
		Name: "DescribeStackResource", Resource: memberResource, Parameters: []string{"StackName", "LogicalResourceId"}, Run: describeStackResource,
		ByInstance: true,
	})
	controls("ListExports", []string{"NextToken"}, listExports)
	controls("ListImports", []string{"ExportName", "NextToken"}, listImports)
}

func listStacks(_ context.Context, a account, r *api.Request) (any, error) {
	type summary struct {
		StackId, StackName  string
		TemplateDescription string `xml:",omitempty"`
		CreationTime        string
		LastUpdatedTime     string `xml:",omitempty"`
		DeletionTime        string `xml:",omitempty"`
		StackStatus         string
		StackStatusReason   string `xml:",omitempty"`
		DriftInformation    driftXML
	}
	var out struct {
		Summaries []summary `xml:"StackSummaries>member"`
	}
	wanted := r.List("StackStatusFilter.member")
	all := a.stacks.Stacks()
	if a.control != nil {
		for _, s := range a.control.Engine.Deleted() {
			if found, ok := a.stacks.Stack(s.ID); ok {
				all = append(all, found)
			}
		}
	}
	for _, s := range all {
		if len(wanted) > 0 && !slices.Contains(wanted, s.Status) {
			continue
		}
		x := a.describe(s)
		out.Summaries = append(out.Summaries, summary{x.StackId, x.StackName, x.Description, x.CreationTime, x.LastUpdatedTime, x.DeletionTime, x.StackStatus, x.StackStatusReason, x.DriftInformation})
	}
	return out, nil
}

type stackResourceXML struct {
	StackId, StackName   string
	LogicalResourceId    string
	PhysicalResourceId   string `xml:",omitempty"`
	ResourceType         string
	Timestamp            string
	LastUpdatedTimestamp string
	ResourceStatus       string
	ResourceStatusReason string `xml:",omitempty"`
	DriftInformation     resourceDriftXML
}

func (a account) describeResource(s Stack, r Resource) stackResourceXML {
	at := api.Timestamp(r.Updated)
	return stackResourceXML{s.ID, s.Name, r.LogicalID, r.PhysicalID, r.Type, at, at, r.Status, r.Reason, a.drifts.resource(s.ID, r.LogicalID)}
}

// describeStackResources also finds the stack of a resource by the resource's physical id.
func describeStackResources(_ context.Context, a account, r *api.Request) (any, error) {
	name, logical, physical := r.Form.Get("StackName"), r.Form.Get("LogicalResourceId"), r.Form.Get("PhysicalResourceId")
	stacks := a.stacks.Stacks()
	if name != "" {
		s, err := a.stack(name)
		if err != nil {
			return nil, err
		}
		stacks = []Stack{s}
	} else if physical == "" {
		return nil, awserr.New("ValidationError", "Either StackName or PhysicalResourceId must be specified")
	}
	var out struct {
		Resources []stackResourceXML `xml:"StackResources>member"`
	}
	for _, s := range stacks {
		resources := a.stacks.Resources(s.ID)
		if name == "" && !slices.ContainsFunc(resources, func(x Resource) bool { return x.PhysicalID == physical }) {
			continue
		}
		for _, x := range resources {
			if logical == "" || x.LogicalID == logical {
				out.Resources = append(out.Resources, a.describeResource(s, x))
			}
		}
	}
	if name == "" && len(out.Resources) == 0 {
		return nil, awserr.New("ValidationError", "Stack for %s does not exist", physical)
	}
	return out, nil
}

func describeStackResource(_ context.Context, a account, r *api.Request) (any, error) {
	s, err := a.stack(r.Form.Get("StackName"))
	if err == nil {
		err = own(s, r)
	}
	if err != nil {
		return nil, err
	}
	type detail struct {
		stackResourceXML
		Metadata string `xml:",omitempty"`
	}
	for _, x := range a.stacks.Resources(s.ID) {
		if x.LogicalID == r.Form.Get("LogicalResourceId") {
			metadata, err := a.stacks.Metadata(s.ID, x.LogicalID)
			return struct {
				Detail detail `xml:"StackResourceDetail"`
			}{detail{a.describeResource(s, x), metadata}}, err
		}
	}
	return nil, awserr.New("ValidationError", "Resource %s does not exist for stack %s", r.Form.Get("LogicalResourceId"), s.Name)
}

func listExports(m *changeset.Manager, _ *api.Request) (any, error) {
	type export struct{ ExportingStackId, Name, Value string }
	var out struct {
		Exports []export `xml:"Exports>member"`
	}
	for _, e := range m.Engine.Exports() {
		out.Exports = append(out.Exports, export{e.StackID, e.Name, e.Value})
	}
	return out, nil
}

func listImports(m *changeset.Manager, r *api.Request) (any, error) {
	users := m.Engine.Importers(r.Form.Get("ExportName"))
	if len(users) == 0 {
		return nil, awserr.New("ValidationError", "Export '%s' is not imported by any stack.", r.Form.Get("ExportName"))
	}
	return struct {
		Imports []string `xml:"Imports>member"`
	}{users}, nil
}
