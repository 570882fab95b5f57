package topology

import (
	"regexp"
	"strings"

	"provenendpoints/internal/lab/region"
)

// names are what people call the things of the stacks, by their physical ids.
type names struct {
	stack   string // the stack's name
	byID    map[string]string
	links   map[string]string
	logical map[string]string
}

// hash is the end of a logical id that CDK made, and of one that changes with what the
// resource is made of.
var hash = regexp.MustCompile(`[0-9A-F]{8}([0-9a-f]{16})?$`)

// nestedType is the type of a nested stack, whose physical id is its ARN.
const nestedType = "AWS::CloudFormation::Stack"

// nameAll names the resources of all stacks of the Region, those of a stack and of those
// that are nested in it as its own.
func (w *world) nameAll(stack string, o Options) names {
	n := names{byID: map[string]string{}, links: map[string]string{}, logical: map[string]string{}}
	if info, ok := w.region.Stack(stack); ok {
		n.stack = info.Name
	}
	n.add(w.region, stack, o, true)
	for _, s := range w.region.Stacks() {
		if s.ID != stack {
			n.add(w.region, s.ID, o, false)
		}
	}
	return n
}

func (n names) add(r *region.Region, stack string, o Options, own bool) {
	info, ok := r.Stack(stack)
	if !ok {
		return
	}
	paths := r.ConstructPaths(stack)
	for _, resource := range r.Resources(stack) {
		id := resource.PhysicalID
		if id == "" || n.byID[id] != "" {
			continue
		}
		n.byID[id] = display(info.Name, tagged(resource.Properties), paths[resource.LogicalID], resource.LogicalID)
		if own {
			n.logical[id] = resource.LogicalID
		}
		if o.Link != nil {
			n.links[id] = o.Link(stack, resource.LogicalID)
		}
		if resource.Type == nestedType {
			n.add(r, id, o, own)
		}
	}
}

// tagged is the tag Name of a resource, which EC2's console shows.
func tagged(properties map[string]any) string {
	tags, _ := properties["Tags"].([]any)
	for _, t := range tags {
		if tag, ok := t.(map[string]any); ok && tag["Key"] == "Name" {
			name, _ := tag["Value"].(string)
			return name
		}
	}
	return ""
}

// display is what a resource is called: its tag Name, or the construct's path, or the
// logical id without CDK's hash. CDK's own tags and paths begin with the stack's name.
func display(stack, tag, path, logicalID string) string {
	for _, name := range []string{tag, path} {
		rest, cdk := strings.CutPrefix(name, stack+"/")
		switch {
		case name == "":
			continue
		case !cdk:
			if name == tag {
				return name
			}
			continue
		}
		for _, end := range []string{"/Resource", "/Default", "/Subnet"} {
			rest = strings.TrimSuffix(rest, end)
		}
		return rest
	}
	return hash.ReplaceAllString(logicalID, "")
}

// knows reports whether the stack has a resource with a physical id.
func (n names) knows(id string) bool { return id != "" && n.logical[id] != "" }

// named is the name of a thing by its physical id, or what is given instead.
func (n names) named(id, otherwise string) string {
	if name := n.byID[id]; name != "" {
		return name
	}
	if otherwise == "" {
		return id
	}
	return otherwise
}

// last is the last part of a name that is a path.
func last(name string) string { return lastOf(name, "/") }

// lastOf is the part of a text after a separator's last occurrence.
func lastOf(text, separator string) string { return text[strings.LastIndex(text, separator)+1:] }

func (n names) link(id string) string { return n.links[id] }
