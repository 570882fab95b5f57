package cloudformation

import (
	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/changeset"
)

// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html,
// …/API_ValidateTemplate.html
func init() {
	controls("GetTemplateSummary", []string{"StackName", "TemplateBody", "TemplateURL", "TemplateSummaryConfig."}, getTemplateSummary)
	controls("ValidateTemplate", []string{"TemplateBody", "TemplateURL"}, validateTemplate)
}

// summary reads the template that a request brings, or that of a stack.
func summary(m *changeset.Manager, r *api.Request) (cfn.Summary, error) {
	text := []byte(r.Form.Get("TemplateBody"))
	if url := r.Form.Get("TemplateURL"); url != "" {
		var err error
		if text, err = m.TemplateAt(url); err != nil {
			return cfn.Summary{}, err
		}
	}
	if name := r.Form.Get("StackName"); name != "" && len(text) == 0 {
		if _, ok := m.Engine.Stack(name); !ok {
			return cfn.Summary{}, awserr.New("ValidationError", "Stack with id %s does not exist", name)
		}
		text = m.Engine.Template(name)
	}
	if len(text) == 0 {
		return cfn.Summary{}, awserr.New("ValidationError", "Either Template URL or Template Body must be specified.")
	}
	text, err := cfn.TemplateJSON(text)
	if err != nil {
		return cfn.Summary{}, awserr.New("ValidationError", "Template format error: %v", err)
	}
	s, err := cfn.Summarize(text)
	if err != nil {
		return s, awserr.New("ValidationError", "Template format error: %v", err)
	}
	return s, nil
}

func getTemplateSummary(m *changeset.Manager, r *api.Request) (any, error) {
	s, err := summary(m, r)
	if err != nil {
		return nil, err
	}
	type constraints struct {
		AllowedValues []string `xml:"AllowedValues>member"`
	}
	type declaration struct {
		ParameterKey         string
		DefaultValue         *string `xml:",omitempty"`
		ParameterType        string
		NoEcho               bool
		Description          string `xml:",omitempty"`
		ParameterConstraints constraints
	}
	out := struct {
		Parameters         []declaration `xml:"Parameters>member"`
		Description        string        `xml:",omitempty"`
		Capabilities       []string      `xml:"Capabilities>member"`
		CapabilitiesReason string        `xml:",omitempty"`
		ResourceTypes      []string      `xml:"ResourceTypes>member"`
		Version            string
		Metadata           string   `xml:",omitempty"`
		DeclaredTransforms []string `xml:"DeclaredTransforms>member"`
	}{
		Description: s.Description, Capabilities: s.Capabilities, CapabilitiesReason: s.CapabilitiesReason,
		ResourceTypes: s.ResourceTypes, Version: "2010-09-09", Metadata: s.Metadata, DeclaredTransforms: s.Transforms,
	}
	for _, p := range s.Parameters {
		d := declaration{ParameterKey: p.Name, ParameterType: p.Type, NoEcho: p.NoEcho, Description: p.Description, ParameterConstraints: constraints{p.AllowedValues}}
		if p.HasDefault {
			d.DefaultValue = &p.Default
		}
		out.Parameters = append(out.Parameters, d)
	}
	return out, nil
}

func validateTemplate(m *changeset.Manager, r *api.Request) (any, error) {
	s, err := summary(m, r)
	if err != nil {
		return nil, err
	}
	type parameter struct {
		ParameterKey string
		DefaultValue *string `xml:",omitempty"`
		NoEcho       bool
		Description  string `xml:",omitempty"`
	}
	out := struct {
		Parameters         []parameter `xml:"Parameters>member"`
		Description        string      `xml:",omitempty"`
		Capabilities       []string    `xml:"Capabilities>member"`
		CapabilitiesReason string      `xml:",omitempty"`
		DeclaredTransforms []string    `xml:"DeclaredTransforms>member"`
	}{Description: s.Description, Capabilities: s.Capabilities, CapabilitiesReason: s.CapabilitiesReason, DeclaredTransforms: s.Transforms}
	for _, p := range s.Parameters {
		x := parameter{ParameterKey: p.Name, NoEcho: p.NoEcho, Description: p.Description}
		if p.HasDefault {
			x.DefaultValue = &p.Default
		}
		out.Parameters = append(out.Parameters, x)
	}
	return out, nil
}
