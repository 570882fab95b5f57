package region

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

// Drift is a change behind CloudFormation's back: of what a stack has made, it makes what a
// template says. It is what somebody does by hand, in the console or by the CLI.
type Drift struct {
	// Stack is the name of the stack. Required.
	Stack string
	// Template is the stack's template with the change in it. Resources that the stack's own
	// does not have are made, those that differ are changed, and those that it lacks are
	// removed. Required.
	Template []byte
	// By is the ARN of whoever does it, for CloudTrail. Default: there is no trail, and
	// nobody is told.
	By string
}

// Apply makes a change, and returns what takes it back. References to resources of the
// stack mean those that there are. The stack itself knows nothing of it.
func (r *Region) Apply(ctx context.Context, d Drift) (mend func(context.Context) error, err error) {
	x := &drifting{region: r, Drift: d, known: map[string]cfn.ResourceInfo{}}
	for _, info := range r.Engine.Resources(d.Stack) {
		x.known[info.LogicalID] = info
	}
	var before, after struct{ Resources map[string]drifted }
	if err := errors.Join(json.Unmarshal(r.Engine.Template(d.Stack), &before), json.Unmarshal(d.Template, &after)); err != nil {
		return nil, fmt.Errorf("drift of %s: %w", d.Stack, err)
	}
	return x.mended, x.apply(ctx, before.Resources, after.Resources)
}

// drifted is a resource of a template.
type drifted struct {
	Type       string
	Properties map[string]any
	DependsOn  any `json:",omitempty"`
}

// drifting is a change under way.
type drifting struct {
	Drift
	region *Region
	known  map[string]cfn.ResourceInfo
	undo   []func(context.Context) error
}

func (x *drifting) apply(ctx context.Context, before, after map[string]drifted) error {
	added := map[string]any{}
	for id, is := range after {
		if _, known := x.known[id]; !known {
			added[id] = map[string]any{"Type": is.Type, "Properties": x.literal(is.Properties, after, false), "DependsOn": x.others(is.DependsOn)}
		}
	}
	if len(added) > 0 {
		if err := x.add(ctx, added, after); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		is, kept := after[id]
		var err error
		switch {
		case !kept:
			err = x.remove(ctx, id)
		case !reflect.DeepEqual(before[id].Properties, is.Properties) && !strings.HasPrefix(is.Type, "Custom::"):
			err = x.change(ctx, id, before[id].Properties, is.Properties, after)
		}
		if err != nil {
			return fmt.Errorf("drift of %s: %s: %w", x.Stack, id, err)
		}
	}
	return nil
}

// mended takes everything back, the last change first.
func (x *drifting) mended(ctx context.Context) error {
	var errs []error
	for _, undo := range slices.Backward(x.undo) {
		errs = append(errs, undo(ctx))
	}
	x.undo = nil
	return errors.Join(errs...)
}

// add makes resources: a stack of their own, because that orders them.
func (x *drifting) add(ctx context.Context, added map[string]any, after map[string]drifted) error {
	text, err := json.Marshal(map[string]any{"Resources": added})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("ByHand%d", len(x.region.Engine.Stacks()))
	had := x.dhcpOptions()
	if _, err := x.region.Engine.Deploy(ctx, cfn.Stack{ID: name, Name: name, Template: text, Assets: x.region.Engine.Assets(x.Stack)}); err != nil {
		return fmt.Errorf("drift of %s: %w", x.Stack, err)
	}
	made := x.region.Engine.Resources(name)
	for _, info := range made {
		x.known[info.LogicalID] = info
		x.tell("Create", info.Type, info.PhysicalID, info.Properties)
	}
	x.undo = append(x.undo, func(ctx context.Context) error {
		_, err := x.region.Engine.Delete(ctx, name)
		for _, info := range made {
			x.tell("Delete", info.Type, info.PhysicalID, info.Properties)
		}
		return errors.Join(err, x.restoreDHCPOptions(had))
	})
	return nil
}

// dhcpOptions are the DHCP options of the VPCs, by their ids.
func (x *drifting) dhcpOptions() map[string]string {
	out := map[string]string{}
	for _, v := range x.region.Network.VPCs().All() {
		out[v.ID] = v.DHCPOptions
	}
	return out
}

// restoreDHCPOptions gives VPCs back what they had: to delete an association leaves a VPC
// with no options at all.
func (x *drifting) restoreDHCPOptions(had map[string]string) error {
	var errs []error
	for _, v := range x.region.Network.VPCs().All() {
		if id, known := had[v.ID]; known && id != v.DHCPOptions {
			errs = append(errs, x.region.Network.DHCPOptions().Associate(id, v.ID))
		}
	}
	return errors.Join(errs...)
}

// request is one for a resource that the stack has made.
func (x *drifting) request(id string) (cfn.ResourceType, cfn.Request, error) {
	info := x.known[id]
	typ, ok := x.region.resources.Type(info.Type)
	if !ok {
		return nil, cfn.Request{}, fmt.Errorf("the lab cannot change %s by hand", info.Type)
	}
	stack, _ := x.region.Engine.Stack(x.Stack)
	name, account := x.region.Place()
	return typ, cfn.Request{
		Stack: x.Stack, StackID: stack.ID, LogicalID: id, Type: info.Type, PhysicalID: info.PhysicalID, Properties: info.Properties,
		Region: name, Account: account, Assets: x.region.Engine.Assets(x.Stack),
	}, nil
}

// change gives a resource other properties: in place, or where AWS has no call for that, by
// making it anew.
func (x *drifting) change(ctx context.Context, id string, before, after map[string]any, all map[string]drifted) error {
	typ, q, err := x.request(id)
	if err != nil {
		return err
	}
	old, changed := q.Properties, maps.Clone(q.Properties)
	for name := range changed {
		if _, kept := after[name]; !kept {
			delete(changed, name)
		}
	}
	for name, value := range after {
		if !reflect.DeepEqual(before[name], value) {
			changed[name] = x.literal(value, all, true)
		}
	}
	turn := func(from, to map[string]any) func(context.Context) error {
		return func(ctx context.Context) error {
			q.OldProperties, q.Properties = from, to
			x.tell("Modify", q.Type, q.PhysicalID, to)
			if !typ.Replaces(from, to) {
				_, err := typ.Update(ctx, q)
				return err
			}
			q.Properties = from
			if err := typ.Delete(ctx, q); err != nil {
				return err
			}
			q.Properties, q.OldProperties = to, nil
			made, err := typ.Create(ctx, q)
			if err == nil && made.Stabilize != nil {
				err = made.Stabilize(ctx)
			}
			q.PhysicalID = made.PhysicalID
			return err
		}
	}
	if err := turn(old, changed)(ctx); err != nil {
		return err
	}
	x.undo = append(x.undo, turn(changed, old))
	return nil
}

// remove removes a resource. To take that back makes it again, which is the same only if it
// has no id of its own.
func (x *drifting) remove(ctx context.Context, id string) error {
	typ, q, err := x.request(id)
	if err != nil {
		return err
	}
	x.tell("Delete", q.Type, q.PhysicalID, q.Properties)
	if err := typ.Delete(ctx, q); err != nil {
		return err
	}
	x.undo = append(x.undo, func(ctx context.Context) error {
		x.tell("Create", q.Type, q.PhysicalID, q.Properties)
		made, err := typ.Create(ctx, q)
		if err == nil && made.PhysicalID != q.PhysicalID {
			err = fmt.Errorf("%s was removed by hand as %s and came back as %s", id, q.PhysicalID, made.PhysicalID)
		}
		return err
	})
	return nil
}

// others are the dependencies that are not in the stack.
func (x *drifting) others(dependsOn any) []any {
	out := []any{}
	list, ok := dependsOn.([]any)
	if !ok && dependsOn != nil {
		list = []any{dependsOn}
	}
	for _, on := range list {
		if _, known := x.known[fmt.Sprint(on)]; !known {
			out = append(out, on)
		}
	}
	return out
}

// literal replaces references to what exists by what they mean. With all of them, nothing
// else may be left.
func (x *drifting) literal(value any, all map[string]drifted, whole bool) any {
	switch v := value.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = x.literal(v[i], all, whole)
		}
		return out
	case map[string]any:
		if id, ok := v["Ref"].(string); ok && len(v) == 1 {
			if info, known := x.known[id]; known {
				return info.PhysicalID
			}
			return x.pseudo(id, v, whole)
		}
		if list, ok := v["Fn::GetAtt"].([]any); ok && len(v) == 1 && len(list) == 2 {
			if info, known := x.known[fmt.Sprint(list[0])]; known {
				return info.Attributes[fmt.Sprint(list[1])]
			}
		}
		if join, ok := v["Fn::Join"].([]any); ok && len(v) == 1 && whole {
			var parts []string
			items, _ := join[1].([]any)
			for _, part := range items {
				parts = append(parts, fmt.Sprint(x.literal(part, all, whole)))
			}
			return strings.Join(parts, fmt.Sprint(join[0]))
		}
		if text, ok := v["Fn::Sub"].(string); ok && len(v) == 1 && whole {
			return x.substituted(text)
		}
		out := map[string]any{}
		for key := range v {
			out[key] = x.literal(v[key], all, whole)
		}
		return out
	}
	return value
}

// placeholder is a name in the text of an Fn::Sub.
var placeholder = regexp.MustCompile(`\$\{([^!}]+)\}`)

// substituted is the text of an Fn::Sub with the names in it replaced by what they mean.
func (x *drifting) substituted(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(match string) string {
		name := placeholder.FindStringSubmatch(match)[1]
		if id, attribute, found := strings.Cut(name, "."); found {
			return fmt.Sprint(x.known[id].Attributes[attribute])
		}
		if info, known := x.known[name]; known {
			return info.PhysicalID
		}
		return fmt.Sprint(x.pseudo(name, nil, true))
	})
}

// pseudo is a pseudo parameter's value.
func (x *drifting) pseudo(id string, reference map[string]any, whole bool) any {
	region, account := x.region.Place()
	values := map[string]string{"AWS::Region": region, "AWS::AccountId": account, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
	if value, ok := values[id]; ok && whole {
		return value
	}
	return reference
}
