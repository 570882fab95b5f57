package cfn

import (
	"errors"
	"fmt"
	"strings"
)

// resolveProperties evaluates a node's properties with the values of the
// resources that it depends on.
func (o *operation) resolveProperties(n *node) (map[string]any, error) {
	v, err := o.evaluate(n.properties)
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil
}

// evaluateOutputs evaluates the outputs. Each must be a scalar.
func (o *operation) evaluateOutputs() ([]Output, error) {
	var out []Output
	for _, p := range o.plan.outputs {
		v, err := o.evaluate(p.value)
		if err != nil {
			return nil, fmt.Errorf("Output %s: %w", p.key, err)
		}
		text, ok := scalarText(v)
		if !ok {
			return nil, fmt.Errorf("Output %s must be a string, not %s", p.key, typeName(v))
		}
		out = append(out, Output{Key: p.key, Value: text, Description: p.description, Export: p.export})
	}
	return out, nil
}

// evaluate returns the value of an expression. An error about a resource is
// worded as CloudFormation words it, without the path of the expression.
func (o *operation) evaluate(expr any) (any, error) {
	var missing error
	ev := &evaluator{scope: o.plan.scope}
	ev.resource = func(id, attribute string) (any, error) {
		v, err := o.lookup(id, attribute)
		missing = errors.Join(missing, err)
		return v, err
	}
	v := ev.resolveDynamic(ev.eval(expr))
	if missing != nil {
		return nil, missing
	}
	if len(ev.errs) > 0 {
		return nil, errors.New(strings.Join(ev.errs, "; "))
	}
	return v, nil
}

// lookup is the value of Ref (attribute "") or Fn::GetAtt of a resource that exists.
func (o *operation) lookup(id, attribute string) (any, error) {
	o.engine.mu.Lock()
	defer o.engine.mu.Unlock()
	return o.stack.lookup(id, attribute)
}

// lookup is the same with the engine's lock held.
func (s *stack) lookup(id, attribute string) (any, error) {
	r := s.resources[id]
	if r == nil {
		return nil, fmt.Errorf("resource %s does not exist", id)
	}
	if attribute == "" {
		return r.ref, nil
	}
	if v, ok := r.attrs[attribute]; ok {
		if live, ok := v.(Live); ok {
			v = live()
		}
		return v, nil
	}
	if of, ok := r.attrs[AnyOutput].(OutputOf); ok {
		if name, isOutput := strings.CutPrefix(attribute, "Outputs."); isOutput {
			return of(name), nil
		}
	}
	if r.responseKey != "" {
		return nil, fmt.Errorf("CustomResource attribute error: Vendor response doesn't contain %s attribute in object %s", attribute, r.responseKey)
	}
	return nil, fmt.Errorf("Requested attribute %s does not exist in schema for %s", attribute, r.typ)
}
