package changeset

import (
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
)

// Input is what a caller says of a stack that is to be created or updated.
type Input struct {
	// Stack is the stack's name, or its id for an update. Required.
	Stack string
	// Body is the template's text, URL where it is; PreviousTemplate says that it is the
	// one that the stack has. One of the three is required.
	Body, URL        string
	PreviousTemplate bool
	// Parameters are the values of the template's parameters. Those in
	// PreviousParameters keep theirs.
	Parameters         map[string]string
	PreviousParameters []string
	// Tags are the stack's; nil leaves them as they are.
	Tags map[string]string
	// Role is the ARN of the role for CloudFormation. Default: the one that the stack has.
	Role string
	// IncludeNestedStacks has a change set look into nested stacks.
	IncludeNestedStacks bool
	// Capabilities are what the caller acknowledges.
	Capabilities []string
	// NoRollback leaves what fails as it is. RetainExceptOnCreate is
	// [cfn.Stack.RetainExceptOnCreate].
	NoRollback, RetainExceptOnCreate bool
	// DeleteOnFailure deletes a stack whose creation has failed.
	DeleteOnFailure bool
}

// stack makes of the input what the engine deploys.
func (m *Manager) stack(in Input) (cfn.Stack, error) {
	before, exists := m.Engine.Stack(in.Stack)
	exists = exists && before.Status != cfn.ReviewInProgress
	out := cfn.Stack{Name: in.Stack, Parameters: maps.Clone(in.Parameters), Tags: in.Tags, Role: in.Role, NoRollback: in.NoRollback, RetainExceptOnCreate: in.RetainExceptOnCreate}
	if before.ID != "" {
		out.Name = before.Name
	}
	if in.Tags == nil {
		out.Tags = before.Tags
	}
	if in.Role == "" {
		out.Role = before.Role
	}
	text, err := m.template(in, exists)
	if err != nil {
		return out, err
	}
	if out.Template, err = cfn.TemplateJSON(text); err != nil {
		return out, validation("Template format error: %v", err)
	}
	out.Source = text
	if out.Parameters == nil {
		out.Parameters = map[string]string{}
	}
	given := m.Engine.Given(before.ID)
	for _, name := range in.PreviousParameters {
		value, known := given[name]
		switch {
		case !exists:
			return out, validation("Parameter %s cannot use its previous value: the stack %s does not exist", name, in.Stack)
		case known: // otherwise the template's default goes on to hold
			out.Parameters[name] = value
		}
	}
	return out, checkCapabilities(out.Template, in.Capabilities)
}

// template is the text of the input's template.
func (m *Manager) template(in Input, exists bool) ([]byte, error) {
	given := 0
	for _, is := range []bool{in.Body != "", in.URL != "", in.PreviousTemplate} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, validation("Either Template URL or Template Body must be specified.")
	case in.Body != "":
		return []byte(in.Body), nil
	case in.PreviousTemplate && !exists:
		return nil, validation("Stack [%s] does not exist", in.Stack)
	case in.PreviousTemplate:
		return m.Engine.Template(in.Stack), nil
	}
	return m.TemplateAt(in.URL)
}

// TemplateAt reads the template at a TemplateURL.
func (m *Manager) TemplateAt(url string) ([]byte, error) {
	if m.Fetch == nil {
		return nil, validation("TemplateURL must reference a valid S3 object to which you have access.")
	}
	text, err := m.Fetch(url)
	if err != nil {
		return nil, validation("S3 error: %v", err)
	}
	return text, nil
}

// checkCapabilities refuses a template whose deployment the caller must acknowledge.
func checkCapabilities(template []byte, given []string) error {
	s, err := cfn.Summarize(template)
	if err != nil {
		return nil // the engine refuses it, with all findings
	}
	var lacking []string
	for _, needed := range s.Capabilities {
		if !slices.Contains(given, needed) && (needed != cfn.CapabilityIAM || !slices.Contains(given, cfn.CapabilityNamedIAM)) {
			lacking = append(lacking, needed)
		}
	}
	if len(lacking) > 0 {
		return awserr.New("InsufficientCapabilitiesException", "Requires capabilities : [%s]", strings.Join(lacking, ", "))
	}
	return nil
}
