package cfn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// TemplateJSON returns a template as JSON. It may be JSON already, or YAML with the short
// forms of the intrinsic functions (!Ref, !Sub …). As with CloudFormation there are no aliases
// and merge keys, and the tags of timestamps and binary data mean nothing
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html).
func TemplateJSON(text []byte) ([]byte, error) {
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed) {
		return text, nil
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("the template is neither JSON nor YAML: %w", err)
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("the template is not an object")
	}
	value, err := yamlValue(document.Content[0])
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// yamlValue is a node as JSON's types.
func yamlValue(n *yaml.Node) (any, error) {
	if name, ok := strings.CutPrefix(n.Tag, "!"); ok && n.Tag != "!" && !strings.HasPrefix(n.Tag, "!!") {
		return shortForm(n, name)
	}
	switch n.Kind {
	case yaml.MappingNode:
		return yamlObject(n)
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, e := range n.Content {
			var err error
			if out[i], err = yamlValue(e); err != nil {
				return nil, err
			}
		}
		return out, nil
	case yaml.ScalarNode:
		return yamlScalar(n)
	}
	return nil, fmt.Errorf("line %d: YAML aliases are not supported in CloudFormation templates", n.Line)
}

func yamlObject(n *yaml.Node) (any, error) {
	out := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			return nil, fmt.Errorf("line %d: a key must be text", key.Line)
		case key.Tag == "!!merge":
			return nil, fmt.Errorf("line %d: YAML merge keys are not supported in CloudFormation templates", key.Line)
		}
		if _, twice := out[key.Value]; twice {
			return nil, fmt.Errorf("line %d: the key %s is there twice", key.Line, key.Value)
		}
		v, err := yamlValue(value)
		if err != nil {
			return nil, err
		}
		out[key.Value] = v
	}
	return out, nil
}

// yamlScalar is text, a number, a boolean or null. Numbers keep their text where JSON
// writes them so, too.
func yamlScalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		err := n.Decode(&b)
		return b, err
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return json.Number(n.Value), nil
		}
		var i int64
		if n.ShortTag() == "!!int" && n.Decode(&i) == nil {
			return i, nil
		}
	}
	return n.Value, nil
}

// shortForm is !NAME as the intrinsic function's long form
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html).
func shortForm(n *yaml.Node, name string) (any, error) {
	plain := *n
	plain.Tag = ""
	if n.Kind == yaml.ScalarNode {
		plain.Tag = "!!str"
	}
	arg, err := yamlValue(&plain)
	if err != nil {
		return nil, err
	}
	switch name {
	case "Ref", "Condition":
		return map[string]any{name: arg}, nil
	case "GetAtt":
		if text, ok := arg.(string); ok {
			id, attribute, _ := strings.Cut(text, ".")
			arg = []any{id, attribute}
		}
	}
	return map[string]any{"Fn::" + name: arg}, nil
}
