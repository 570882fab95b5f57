package resources

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/registry"
)

// inertType is a resource type that carries, admits and diverts no packet. It takes any
// value for the properties that the type has, gets an id and attributes in AWS's form, and
// does nothing: the deployment lists it. That its service's API knows nothing of it is part
// of that.
type inertType struct {
	registry.Type
	service service
	r       *Resources
}

var _ interface {
	cfn.ResourceType
	cfn.Attributed
	cfn.Inert
} = inertType{}

// inert finds an inert type by its name.
func (r *Resources) inert(name string) (cfn.ResourceType, bool) {
	s, ok := serviceOf(name)
	if !ok && slices.Contains(r.Accept, name) {
		s.why, ok = accepted(name), true
	}
	if !ok {
		return nil, false
	}
	t, ok := registry.Lookup(name)
	return inertType{t, s, r}, ok
}

// accepted says what the lab leaves out of a type that it would refuse.
func accepted(name string) string {
	why := "it is accepted as was asked, and nothing of it is here: on AWS packets may go other ways"
	if carries := Refused(name); carries != "" {
		why += " (" + carries + ")"
	}
	return why
}

// Acceptable returns why a type cannot be accepted as inert: it is none, or the lab has it.
func Acceptable(name string) error {
	if _, has := supported[name]; has {
		return fmt.Errorf("%s: the lab has this type", name)
	}
	if _, ok := registry.Lookup(name); !ok {
		return fmt.Errorf("%q is no resource type of CloudFormation that the lab knows, such as AWS::NetworkFirewall::Firewall", name)
	}
	return nil
}

// Attributes implements [cfn.Attributed].
func (t inertType) Attributes() []string {
	return append(slices.Clone(t.Type.Attributes), also[t.Name]...)
}

// applicationType is an application of the Serverless Application Repository, which becomes
// a nested stack on AWS. CDK's rotations of secrets are such.
const applicationType = "AWS::Serverless::Application"

// also are attributes that the documentation has and the library leaves out.
var also = map[string][]string{
	"AWS::DynamoDB::Table": {"Arn", "StreamArn"}, "AWS::SNS::Subscription": {"Arn"}, applicationType: {cfn.AnyOutput},
}

// Inert implements [cfn.Inert].
func (t inertType) Inert(map[string]any, map[string]string) string { return t.service.why }

// Check refuses properties that the type does not have.
func (t inertType) Check(properties map[string]any) error {
	var f cfn.Findings
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !t.Has(name) {
			f = append(f, fmt.Sprintf("property %s is none of %s", name, t.Name))
		}
	}
	if len(f) == 0 {
		return nil
	}
	return f
}

// Delete implements [cfn.ResourceType].
func (t inertType) Delete(context.Context, cfn.Request) error { return nil }

// last is the type's own name, such as DBInstance.
func (t inertType) last() string { return t.Name[strings.LastIndex(t.Name, ":")+1:] }

// nameProperty is the property that names the resource; "" if it has an id.
func (t inertType) nameProperty() string {
	for _, candidate := range []string{t.Ref, t.last() + "Name", t.last() + "Identifier", "Name"} {
		for _, p := range t.Properties {
			if candidate != "" && strings.EqualFold(p, candidate) {
				return p
			}
		}
	}
	return ""
}

// Replaces reports whether its name changes.
func (t inertType) Replaces(old, new map[string]any) bool {
	p := t.nameProperty()
	return p != "" && fmt.Sprint(old[p]) != fmt.Sprint(new[p])
}

// Create names it: as its properties say, or as CloudFormation names such resources.
func (t inertType) Create(_ context.Context, q cfn.Request) (cfn.Result, error) {
	key := t.r.generation("inert " + resourceKey(q))
	name, ok := cfn.Literal(q.Properties[t.nameProperty()])
	switch prefix, has := idPrefixes[t.Name]; {
	case has && prefix == "":
		name = awsid.UUID(key)
	case has:
		name = awsid.EC2(prefix, key)
	case !ok:
		name = awsid.Physical(q.Stack, q.LogicalID, key, 63)
		if lowerNames[t.service.arn] {
			name = strings.ToLower(name)
		}
	}
	out := t.result(name, q.Properties)
	switch t.Name {
	case certificateType:
		t.r.keepNames(out.PhysicalID, q.Properties)
	case secretType:
		t.r.keepSecret(out.PhysicalID, q.Properties)
	}
	return out, nil
}

// Update implements [cfn.ResourceType]. The resource keeps its id.
func (t inertType) Update(_ context.Context, q cfn.Request) (cfn.Result, error) {
	last := q.PhysicalID[strings.LastIndexAny(q.PhysicalID, ":/")+1:]
	names := []string{q.PhysicalID, last, textOf(q.Properties[t.nameProperty()])}
	if end := strings.LastIndex(last, "-"); end > 0 {
		names = append(names, last[:end])
	}
	if parts := strings.Split(q.PhysicalID, ":"); len(parts) > 1 {
		before := parts[len(parts)-2]
		names = append(names, before[strings.LastIndex(before, "/")+1:])
	}
	for _, name := range names {
		if out := t.result(name, q.Properties); name != "" && out.PhysicalID == q.PhysicalID {
			return out, nil
		}
	}
	return cfn.Result{}, nil
}

func (t inertType) result(name string, properties map[string]any) cfn.Result {
	out := cfn.Result{PhysicalID: name, Attributes: map[string]any{}}
	if strings.HasSuffix(strings.ToLower(t.Ref), "arn") || arnRefs[t.Name] {
		out.PhysicalID = t.arn(name)
	}
	if secret, ok := cfn.Literal(properties["SecretId"]); ok && secretRefs[t.Name] {
		out.PhysicalID = secret
	}
	if url, ok := refURLs[t.Name]; ok {
		out.PhysicalID = strings.NewReplacer("REGION", t.r.Scope.Region, "ACCOUNT", t.r.Scope.Account, "NAME", name).Replace(url)
	}
	if strings.HasSuffix(strings.ToLower(t.Ref), "accountid") { // there is one in each account
		out.PhysicalID = t.r.Scope.Account
	}
	if strings.Contains(t.Ref, "|") {
		out.PhysicalID = t.joined(name, properties)
	}
	for _, attribute := range t.Attributes() {
		out.Attributes[attribute] = t.attribute(attribute, name, properties)
	}
	if t.Name == applicationType {
		// Which outputs an application has is not known; those of AWS's own are ARNs of functions.
		out.Attributes[cfn.AnyOutput] = cfn.OutputOf(func(output string) any { return t.r.Scope.ARN("lambda", "function:"+name+"-"+output) })
	}
	return out
}

// joined is the Ref of a type whose resources have several identifiers.
func (t inertType) joined(name string, properties map[string]any) string {
	parts := strings.Split(t.Ref, "|")
	for i, part := range parts {
		parts[i] = t.identifier(part, name, properties)
	}
	return strings.Join(parts, "|")
}

// identifier is one of several identifiers: a property, or what its name says that it is.
func (t inertType) identifier(part, name string, properties map[string]any) string {
	for p, value := range properties {
		if text, ok := cfn.Literal(value); ok && strings.EqualFold(p, part) {
			return text
		}
	}
	return t.text(part, name, properties)
}
