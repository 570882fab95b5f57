package ec2

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// making is a call that makes an object, by the resource type that makes the same object
// for CloudFormation: what the type refuses, the call refuses.
type making struct {
	// name is the operation's, typ the resource type.
	name, typ string
	// kind is what ARNs call the object, such as route-table. Policies decide on all of
	// the kind: the object has no id yet.
	kind string
	// parameters are the properties by the parameters that say them. A parameter that
	// ends in a dot is a list.
	parameters map[string]string
	// required are the parameters without which there is no call.
	required []string
	// properties changes the properties that the parameters make. Optional.
	properties func(account, *api.Request, map[string]any) error
	// answer is the result. Required.
	answer func(a account, r *api.Request, id string, attributes map[string]any) (any, error)
}

// makes registers calls that make something.
func makes(calls ...making) {
	for _, m := range calls {
		parameters := []string{"TagSpecification.", "ClientToken"}
		for name := range m.parameters {
			parameters = append(parameters, name)
		}
		ec2.Register(api.QueryOperation[account]{
			Name: m.name, Parameters: parameters, Validate: needs(m.required...),
			Resource: func(a account, _ *api.Request) string { return a.scope.ARN("ec2", m.kind+"/*") },
			Run:      m.run,
		})
	}
}

// needs refuses requests without a parameter, and trials.
func needs(required ...string) func(*api.Request) error {
	return func(r *api.Request) error {
		for _, name := range required {
			if r.Form.Get(name) == "" && r.Form.Get(name+".1") == "" {
				return awserr.New("MissingParameter", "The request must contain the parameter %s", name)
			}
		}
		return nil
	}
}

func (m making) run(ctx context.Context, a account, r *api.Request) (any, error) {
	properties := map[string]any{}
	for parameter, property := range m.parameters {
		if list, is := strings.CutSuffix(parameter, "."); is {
			var values []any
			for _, v := range r.List(list) {
				values = append(values, v)
			}
			if values != nil {
				properties[property] = values
			}
		} else if r.Form.Has(parameter) && property != "" {
			properties[property] = r.Form.Get(parameter)
		}
	}
	if m.properties != nil {
		if err := m.properties(a, r, properties); err != nil {
			return nil, err
		}
	}
	given, err := tagsSpecified(r, m.kind)
	if err != nil {
		return nil, err
	}
	id, attributes, err := a.make(ctx, m.typ, properties)
	if err != nil {
		return nil, err
	}
	a.tags.Set(known(id, attributes), given)
	return m.answer(a, r, id, attributes)
}

// known is the id that calls know a new object by. That of an elastic address is not the
// physical one.
func known(id string, attributes map[string]any) string {
	if allocation, ok := attributes["AllocationId"].(string); ok {
		return allocation
	}
	return id
}

func (a account) make(ctx context.Context, typ string, properties map[string]any) (string, map[string]any, error) {
	if a.objects == nil {
		return "", nil, awserr.New("UnsupportedOperation", "nothing makes %s here", typ)
	}
	return a.objects.Make(ctx, typ, properties)
}

// element is a value with the name that it has in an answer.
type element struct {
	name  string
	value any
}

// MarshalXML implements [xml.Marshaler].
func (n element) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement(n.value, xml.StartElement{Name: xml.Name{Local: n.name}})
}

// elements are an answer of several.
type elements []element

// MarshalXML implements [xml.Marshaler].
func (l elements) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	for _, n := range l {
		if err := n.MarshalXML(e, start); err != nil {
			return err
		}
	}
	return nil
}

// described answers with the new object, as its Describe call shows it.
func described(name string, items func(account) ([]item, error)) func(account, *api.Request, string, map[string]any) (any, error) {
	return func(a account, r *api.Request, id string, _ map[string]any) (any, error) {
		all, err := items(a)
		if err != nil {
			return nil, err
		}
		for _, i := range all {
			if i.id == id {
				return element{name, a.withTags(i)}, nil
			}
		}
		return nil, awserr.New("InternalError", "%s was made and is gone", id)
	}
}

// document reads a policy, which calls take as text.
func document(property string) func(account, *api.Request, map[string]any) error {
	return func(_ account, _ *api.Request, properties map[string]any) error {
		text, ok := properties[property].(string)
		if !ok {
			return nil
		}
		var policy map[string]any
		if err := json.Unmarshal([]byte(text), &policy); err != nil {
			return awserr.New("InvalidPolicyDocument", "the policy is not JSON: %v", err)
		}
		properties[property] = policy
		return nil
	}
}

// deleting is a call that deletes an object at once, or says why it cannot be.
type deleting struct {
	// name is the operation's, id the parameter that names the object, kind what ARNs
	// call it.
	name, id, kind string
	// more are further parameters, all required.
	more []string
	run  func(context.Context, account, *api.Request, string) error
	// answer is the result. Default: true.
	answer func(id string) any
}

// deletes registers calls that delete or detach something.
func deletes(calls ...deleting) {
	for _, d := range calls {
		ec2.Register(api.QueryOperation[account]{
			Name: d.name, Parameters: append([]string{d.id}, d.more...), Validate: needs(append([]string{d.id}, d.more...)...),
			Resource: arnOf(d.kind, d.id),
			Run: func(ctx context.Context, a account, r *api.Request) (any, error) {
				id := r.Form.Get(d.id)
				if err := d.run(ctx, a, r, id); err != nil {
					return nil, err
				}
				if len(d.more) == 0 { // not what detaches
					a.tags.Forget(id)
				}
				if d.answer == nil {
					return changed{}, nil
				}
				return d.answer(id), nil
			},
		})
	}
}

// simply deletes by the id alone.
func simply(remove func(account, string) error) func(context.Context, account, *api.Request, string) error {
	return func(_ context.Context, a account, _ *api.Request, id string) error { return remove(a, id) }
}
