package cfn

import (
	"fmt"
	"slices"
	"strings"
)

// Summary is what a template says of itself, without its being deployed
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html).
type Summary struct {
	Description string
	// Parameters are in the order of their names.
	Parameters []ParameterInfo
	// ResourceTypes are the types of its resources, each once.
	ResourceTypes []string
	// Transforms are its macros.
	Transforms []string
	// Capabilities are what its deployment must acknowledge, and CapabilitiesReason why.
	Capabilities       []string
	CapabilitiesReason string
	// Metadata is the section as JSON; empty if there is none.
	Metadata string
}

// ParameterInfo is a parameter of a template.
type ParameterInfo struct {
	Name, Type, Default, Description string
	HasDefault, NoEcho               bool
	AllowedValues                    []string
}

// Summarize reads a template, given as JSON. Its findings are those of the template's form.
func Summarize(text []byte) (Summary, error) {
	t, findings := parseTemplate(text, nil)
	if len(findings) > 0 {
		return Summary{}, findings
	}
	var top struct{ Metadata, Transform any }
	if err := decodeJSON(text, &top); err != nil {
		return Summary{}, err
	}
	out := Summary{Description: t.description}
	if top.Metadata != nil {
		out.Metadata = encodeJSON(top.Metadata)
	}
	if t.extensions {
		out.Transforms = []string{"AWS::LanguageExtensions"}
	}
	for _, name := range sortedKeys(t.parameters) {
		def := t.parameters[name]
		p := ParameterInfo{Name: name}
		p.Type, _ = def["Type"].(string)
		p.Description, _ = def["Description"].(string)
		p.Default, p.HasDefault = scalarText(def["Default"])
		hidden, _ := scalarText(def["NoEcho"])
		p.NoEcho = hidden == "true"
		values, _ := def["AllowedValues"].([]any)
		for _, v := range values {
			value, _ := scalarText(v)
			p.AllowedValues = append(p.AllowedValues, value)
		}
		out.Parameters = append(out.Parameters, p)
	}
	for _, r := range t.resources {
		out.ResourceTypes = append(out.ResourceTypes, r.typ)
	}
	slices.Sort(out.ResourceTypes)
	out.ResourceTypes = slices.Compact(out.ResourceTypes)
	out.Capabilities, out.CapabilitiesReason = t.capabilities()
	return out, nil
}

// identities are the resource types that need an acknowledgement, each with the property
// that gives it a name of its own, which needs a greater one
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, Capabilities).
var identities = map[string]string{
	"AWS::IAM::AccessKey": "", "AWS::IAM::Group": "GroupName", "AWS::IAM::InstanceProfile": "InstanceProfileName",
	"AWS::IAM::ManagedPolicy": "ManagedPolicyName", "AWS::IAM::Policy": "", "AWS::IAM::Role": "RoleName",
	"AWS::IAM::User": "UserName", "AWS::IAM::UserToGroupAddition": "",
}

// The capabilities.
const (
	CapabilityIAM        = "CAPABILITY_IAM"
	CapabilityNamedIAM   = "CAPABILITY_NAMED_IAM"
	CapabilityAutoExpand = "CAPABILITY_AUTO_EXPAND"
)

// capabilities are those that a deployment of the template must acknowledge.
func (t *template) capabilities() (needed []string, reason string) {
	var types []string
	named := false
	for _, r := range t.resources {
		property, is := identities[r.typ]
		if !is {
			continue
		}
		if _, given := r.properties[property]; given {
			named = true
		}
		types = append(types, r.typ)
	}
	if len(types) == 0 {
		return nil, ""
	}
	slices.Sort(types)
	reason = fmt.Sprintf("The following resource(s) require capabilities: [%s]", strings.Join(slices.Compact(types), ", "))
	if named {
		return []string{CapabilityNamedIAM}, reason
	}
	return []string{CapabilityIAM}, reason
}
