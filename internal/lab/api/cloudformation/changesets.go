package cloudformation

import (
	"maps"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/changeset"
)

// The operations on change sets
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html and its like).
func init() {
	controls("CreateChangeSet", inputAnd("ChangeSetName", "ChangeSetType", "Description", "IncludeNestedStacks", "OnStackFailure", "ImportExistingResources", "DeploymentMode"), createChangeSet)
	controls("DescribeChangeSet", []string{"ChangeSetName", "StackName", "NextToken", "IncludePropertyValues"}, describeChangeSet)
	controls("ExecuteChangeSet", []string{"ChangeSetName", "StackName", "ClientRequestToken", "DisableRollback", "RetainExceptOnCreate"}, executeChangeSet)
	controls("DeleteChangeSet", []string{"ChangeSetName", "StackName"}, func(m *changeset.Manager, r *api.Request) (any, error) {
		return struct{}{}, m.DeleteChangeSet(r.Form.Get("StackName"), r.Form.Get("ChangeSetName"))
	})
	controls("ListChangeSets", []string{"StackName", "NextToken"}, named(listChangeSets))
}

func createChangeSet(m *changeset.Manager, r *api.Request) (any, error) {
	in, err := input(r)
	if err != nil {
		return nil, err
	}
	kind := changeset.Type(r.Form.Get("ChangeSetType"))
	switch kind {
	case "":
		kind = changeset.ForUpdate
	case changeset.ForCreate, changeset.ForUpdate:
	default:
		return nil, awserr.New("ValidationError", "the lab has no ChangeSetType %s", kind)
	}
	if in.IncludeNestedStacks, err = boolean(r, "IncludeNestedStacks"); err != nil {
		return nil, err
	}
	// Nothing is imported: the creation of what exists already fails, as without the option.
	if _, err := boolean(r, "ImportExistingResources"); err != nil {
		return nil, err
	}
	if mode := r.Form.Get("DeploymentMode"); mode != "" {
		return nil, awserr.New("ValidationError", "the lab has no DeploymentMode %s", mode)
	}
	c, err := m.CreateChangeSet(r.Form.Get("ChangeSetName"), r.Form.Get("Description"), kind, in)
	return struct{ Id, StackId string }{c.ID, c.StackID}, err
}

func executeChangeSet(m *changeset.Manager, r *api.Request) (any, error) {
	if err := checkMode(r); err != nil {
		return nil, err
	}
	noRollback, err := boolean(r, "DisableRollback")
	if err != nil {
		return nil, err
	}
	return struct{}{}, m.Execute(r.Form.Get("StackName"), r.Form.Get("ChangeSetName"), noRollback, retains(r))
}

type (
	changeXML struct {
		Type           string
		ResourceChange resourceChangeXML
	}
	resourceChangeXML struct {
		Action             string
		LogicalResourceId  string
		PhysicalResourceId string `xml:",omitempty"`
		ResourceType       string
		Replacement        string      `xml:",omitempty"`
		Scope              []string    `xml:"Scope>member"`
		Details            []detailXML `xml:"Details>member"`
	}
	detailXML struct {
		Target        targetXML
		Evaluation    string
		ChangeSource  string
		CausingEntity string `xml:",omitempty"`
	}
	targetXML struct {
		Attribute          string
		Name               string `xml:",omitempty"`
		RequiresRecreation string
	}
	changeSetXML struct {
		ChangeSetId, ChangeSetName string
		StackId, StackName         string
		Description                string `xml:",omitempty"`
		CreationTime               string
		Status, ExecutionStatus    string
		StatusReason               string `xml:",omitempty"`
		ChangeSetType              string
		IncludeNestedStacks        bool
		Capabilities               []string       `xml:"Capabilities>member"`
		Parameters                 []parameterXML `xml:"Parameters>member"`
		Tags                       []tagXML       `xml:"Tags>member"`
		Changes                    []changeXML    `xml:"Changes>member"`
		NextToken                  string         `xml:",omitempty"`
	}
)

// changesPage is how many changes a page holds.
const changesPage = 200

func describeChangeSet(m *changeset.Manager, r *api.Request) (any, error) {
	c, err := m.ChangeSet(r.Form.Get("StackName"), r.Form.Get("ChangeSetName"))
	if err != nil {
		return nil, err
	}
	from, to, next, err := page(r, len(c.Changes), changesPage)
	if err != nil {
		return nil, err
	}
	out := changeSetXML{
		ChangeSetId: c.ID, ChangeSetName: c.Name, StackId: c.StackID, StackName: c.StackName, Description: c.Description,
		CreationTime: api.Timestamp(c.Created), Status: c.Status(), ExecutionStatus: c.ExecutionStatus(), StatusReason: c.Reason,
		ChangeSetType: string(c.Type), IncludeNestedStacks: c.Input.IncludeNestedStacks, Capabilities: c.Input.Capabilities, NextToken: next,
	}
	for _, key := range slices.Sorted(maps.Keys(c.Parameters)) {
		out.Parameters = append(out.Parameters, parameterXML{key, c.Parameters[key]})
	}
	for _, key := range slices.Sorted(maps.Keys(c.Tags)) {
		out.Tags = append(out.Tags, tagXML{key, c.Tags[key]})
	}
	for _, change := range c.Changes[from:to] {
		out.Changes = append(out.Changes, changeXML{"Resource", describeChange(change)})
	}
	return out, nil
}

// describeChange is a change in the words of the API
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
func describeChange(c cfn.Change) resourceChangeXML {
	out := resourceChangeXML{Action: string(c.Action), LogicalResourceId: c.LogicalID, PhysicalResourceId: c.PhysicalID, ResourceType: c.Type}
	if c.Action != cfn.Modify {
		return out
	}
	switch {
	case c.Replaces:
		out.Replacement = "True"
	case c.MayReplace:
		out.Replacement = "Conditional"
	default:
		out.Replacement = "False"
	}
	if len(c.Details) > 0 {
		out.Scope = []string{"Properties"}
	}
	for _, d := range c.Details {
		x := detailXML{Target: targetXML{"Properties", d.Property, "Never"}, Evaluation: "Static", ChangeSource: "DirectModification"}
		if d.Recreates {
			x.Target.RequiresRecreation = "Always"
		}
		switch {
		case d.Automatic:
			x.Evaluation, x.ChangeSource = "Dynamic", "Automatic"
		case d.Cause != "":
			x.Evaluation, x.ChangeSource, x.CausingEntity = "Dynamic", "ResourceReference", d.Cause
		}
		out.Details = append(out.Details, x)
	}
	return out
}

func listChangeSets(m *changeset.Manager, r *api.Request) (any, error) {
	sets, err := m.ChangeSets(r.Form.Get("StackName"))
	if err != nil {
		return nil, err
	}
	type summary struct {
		ChangeSetId, ChangeSetName string
		StackId, StackName         string
		Description                string `xml:",omitempty"`
		CreationTime               string
		Status, ExecutionStatus    string
		StatusReason               string `xml:",omitempty"`
	}
	var out struct {
		Summaries []summary `xml:"Summaries>member"`
	}
	for _, c := range sets {
		out.Summaries = append(out.Summaries, summary{c.ID, c.Name, c.StackID, c.StackName, c.Description, api.Timestamp(c.Created), c.Status(), c.ExecutionStatus(), c.Reason})
	}
	return out, nil
}
