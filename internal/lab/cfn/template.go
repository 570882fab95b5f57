package cfn

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// template is a parsed template. Its expressions are not evaluated.
type template struct {
	description string
	extensions  bool // Transform: AWS::LanguageExtensions
	parameters  map[string]map[string]any
	mappings    map[string]any
	conditions  map[string]any
	rules       map[string]map[string]any
	resources   map[string]templateResource
	outputs     map[string]templateOutput
}

type templateResource struct {
	typ        string
	properties map[string]any
	dependsOn  []string
	condition  string
	// deletion and replace are DeletionPolicy and UpdateReplacePolicy.
	deletion, replace string
	// creation is the CreationPolicy's expression; nil if there is none.
	creation any
	// metadata are the Metadata's expressions.
	metadata map[string]any
}

type templateOutput struct {
	value       any
	description string
	condition   string
	export      any // the expression of the export's name, or nil
}

// alphanumeric is the form of logical ids:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// maxResources is how many resources a template may have
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
const maxResources = 500

// parseTemplate parses a template. What it does not know becomes a finding. The
// rest can still be used to find more.
// The values that its parameters are given decide how often loops are written out.
func parseTemplate(data []byte, given map[string]string) (*template, Findings) {
	var f Findings
	add := func(format string, args ...any) { f = append(f, fmt.Sprintf(format, args...)) }
	t := &template{
		parameters: map[string]map[string]any{}, mappings: map[string]any{}, conditions: map[string]any{},
		rules: map[string]map[string]any{}, resources: map[string]templateResource{}, outputs: map[string]templateOutput{},
	}
	var top map[string]any
	if err := decodeJSON(data, &top); err != nil {
		return t, Findings{fmt.Sprintf("the template is not a JSON object: %v", err)}
	}
	t.extensions = slices.Contains(transforms(top), "AWS::LanguageExtensions")
	if t.extensions && hasLoops(top) {
		parameters, _ := top["Parameters"].(map[string]any)
		l := loops{parameters: parameters, given: given}
		for _, name := range []string{"Conditions", "Resources", "Outputs"} {
			if section, ok := top[name]; ok {
				top[name] = l.expand(name, section)
			}
		}
		f = append(f, l.findings...)
	}
	section := func(name string) map[string]any {
		v, ok := top[name]
		if !ok {
			return nil
		}
		m, ok := v.(map[string]any)
		if !ok {
			add("section %s must be an object, not %s", name, typeName(v))
		}
		return m
	}
	objects := func(name string, into map[string]map[string]any) {
		m := section(name)
		for _, k := range sortedKeys(m) {
			if o, ok := m[k].(map[string]any); ok {
				into[k] = o
			} else {
				add("%s.%s must be an object, not %s", name, k, typeName(m[k]))
			}
		}
	}
	for _, k := range sortedKeys(top) {
		switch k {
		case "AWSTemplateFormatVersion":
			if top[k] != "2010-09-09" {
				add("AWSTemplateFormatVersion %v is not supported", top[k])
			}
		case "Description":
			t.description, _ = top[k].(string)
		case "Transform":
			for _, name := range transforms(top) {
				if why := checkTransform(name, top); why != "" {
					add("transform %s is not supported%s", name, why)
				}
			}
		case "Metadata", "Parameters", "Mappings", "Conditions", "Rules", "Resources", "Outputs":
		default:
			add("section %s is not supported", k)
		}
	}
	objects("Parameters", t.parameters)
	objects("Rules", t.rules)
	t.mappings = section("Mappings")
	t.conditions = section("Conditions")
	resources, outputs := map[string]map[string]any{}, map[string]map[string]any{}
	objects("Resources", resources)
	objects("Outputs", outputs)
	if len(resources) == 0 {
		add("the template has no resources")
	}
	if len(resources) > maxResources {
		add("Template format error: Number of resources, %d, is greater than maximum allowed, %d", len(resources), maxResources)
	}
	for _, id := range sortedKeys(resources) {
		r, finds := parseResource(id, resources[id])
		t.resources[id] = r
		f = append(f, finds...)
	}
	for _, id := range sortedKeys(outputs) {
		o, finds := parseOutput(id, outputs[id])
		t.outputs[id] = o
		f = append(f, finds...)
	}
	return t, f
}

// transforms are the names of the macros that a template is processed by.
func transforms(top map[string]any) []string {
	list, ok := top["Transform"].([]any)
	if !ok && top["Transform"] != nil {
		list = []any{top["Transform"]}
	}
	var out []string
	for _, e := range list {
		out = append(out, fmt.Sprint(e))
	}
	return out
}

// sam is the transform of the Serverless Application Model.
const sam = "AWS::Serverless-2016-10-31"

// checkTransform says why a macro is refused, and what to do instead; empty: it is not.
// Macros of AWS's that would only add what is inert in the lab are accepted.
func checkTransform(name string, top map[string]any) string {
	switch name {
	case "AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16":
		return ""
	case sam:
		resources, _ := top["Resources"].(map[string]any)
		for _, r := range resources {
			fields, _ := r.(map[string]any)
			typ, _ := fields["Type"].(string)
			if strings.HasPrefix(typ, "AWS::Serverless::") && typ != "AWS::Serverless::Application" {
				return ": the lab does not run SAM. Use the types that it stands for, such as AWS::Lambda::Function, or what AWS has made of the template (aws cloudformation get-template --template-stage Processed)"
			}
		}
		return ""
	}
	return ": the lab runs no macros. What AWS has made of the template can be deployed (aws cloudformation get-template --template-stage Processed)"
}

// snapshotTypes are the types whose resources a policy may have a snapshot made of before
// they are deleted
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html).
// None of them holds anything in the lab.
var snapshotTypes = []string{
	"AWS::DocDB::DBCluster", "AWS::EC2::Volume", "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup", "AWS::Neptune::DBCluster",
	"AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::Redshift::Cluster",
}

// parseResource reads a resource's attributes. Description is
// ignored, and so is UpdatePolicy: an update in the lab changes what AWS's does by default.
func parseResource(id string, m map[string]any) (templateResource, Findings) {
	r := templateResource{properties: map[string]any{}, deletion: "Delete", replace: "Delete"}
	var f Findings
	if !alphanumeric.MatchString(id) {
		f = append(f, fmt.Sprintf("resource %s: a logical id has letters and digits only", id))
	}
	r.typ, _ = m["Type"].(string)
	label := "resource " + id
	if r.typ == "" {
		f = append(f, label+" has no Type")
	} else {
		label = id + " (" + r.typ + ")"
	}
	add := func(format string, args ...any) { f = append(f, label+": "+fmt.Sprintf(format, args...)) }
	policy := func(name string, v any, also ...string) string {
		p, _ := v.(string)
		if p == "Snapshot" && slices.Contains(snapshotTypes, r.typ) {
			return "Delete"
		}
		if !slices.Contains(append(also, "Delete", "Retain"), p) {
			add("%s %v is not supported", name, v)
		}
		return p
	}
	for _, k := range sortedKeys(m) {
		v := m[k]
		switch k {
		case "Type", "Description":
		case "Metadata":
			r.metadata, _ = v.(map[string]any) // for people, but for what instances read
		case "Properties":
			props, ok := v.(map[string]any)
			if !ok {
				add("Properties must be an object, not %s", typeName(v))
				continue
			}
			r.properties = props
		case "DependsOn":
			list, ok := v.([]any)
			if !ok {
				list = []any{v}
			}
			for _, e := range list {
				if s, ok := e.(string); ok {
					r.dependsOn = append(r.dependsOn, s)
				} else {
					add("DependsOn must hold logical ids, not %s", typeName(e))
				}
			}
		case "Condition":
			if r.condition, _ = v.(string); r.condition == "" {
				add("Condition must be the name of a condition, not %s", typeName(v))
			}
		case "DeletionPolicy":
			r.deletion = policy(k, v, "RetainExceptOnCreate")
		case "UpdateReplacePolicy":
			r.replace = policy(k, v)
		case "CreationPolicy":
			r.creation = v
		case "UpdatePolicy":
		default:
			add("attribute %s is not supported", k)
		}
	}
	return r, f
}

func parseOutput(id string, m map[string]any) (templateOutput, Findings) {
	var o templateOutput
	var f Findings
	add := func(format string, args ...any) { f = append(f, "output "+id+": "+fmt.Sprintf(format, args...)) }
	for _, k := range sortedKeys(m) {
		switch k {
		case "Value":
			o.value = m[k]
		case "Description":
			o.description, _ = m[k].(string)
		case "Condition":
			if o.condition, _ = m[k].(string); o.condition == "" {
				add("Condition must be the name of a condition, not %s", typeName(m[k]))
			}
		case "Export":
			e, _ := m[k].(map[string]any)
			if o.export = e["Name"]; o.export == nil || len(e) != 1 {
				add("Export must be an object with a Name")
			}
		default:
			add("attribute %s is not supported", k)
		}
	}
	if o.value == nil {
		add("it has no Value")
	}
	return o, f
}
