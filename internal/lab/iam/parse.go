package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// Parse parses a policy document: JSON text (string, []byte, json.RawMessage)
// or a decoded JSON object. What cannot be evaluated is an error that names it.
// See [Policy.ValidateFor] for the checks that depend on where the policy is attached.
func Parse(document any) (Policy, error) {
	object, err := decode(document)
	if err != nil {
		return Policy{}, fmt.Errorf("policy document: %w", err)
	}
	p, err := parsePolicy(object)
	if err != nil {
		return Policy{}, fmt.Errorf("policy document: %w", err)
	}
	return p, nil
}

// decode returns any accepted form as a JSON object. Values that are decoded
// already are encoded and decoded again, so that only JSON's own types remain.
func decode(document any) (map[string]any, error) {
	var text []byte
	switch d := document.(type) {
	case string:
		text = []byte(d)
	case []byte:
		text = d
	case json.RawMessage:
		text = d
	default:
		var err error
		if text, err = json.Marshal(d); err != nil {
			return nil, err
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, fmt.Errorf("not a JSON object: %w", err)
	}
	if object == nil {
		return nil, errors.New("not a JSON object: null")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not a JSON object: text after its end")
	}
	return object, nil
}

func parsePolicy(object map[string]any) (Policy, error) {
	// The default version is the old one, which has no variables
	// (…/reference_policies_elements_version.html).
	p := Policy{Version: "2008-10-17"}
	var statements []any
	for _, key := range sortedKeys(object) {
		switch value := object[key]; key {
		case "Version":
			p.Version, _ = value.(string)
			if p.Version != "2012-10-17" && p.Version != "2008-10-17" {
				return p, fmt.Errorf("version %v: want 2012-10-17 or 2008-10-17", value)
			}
		case "Id":
			id, ok := value.(string)
			if !ok {
				return p, fmt.Errorf("element Id: want a string, got %s", typeName(value))
			}
			p.ID = id
		case "Statement":
			switch v := value.(type) {
			case map[string]any:
				statements = []any{v}
			case []any:
				statements = v
			default:
				return p, fmt.Errorf("element Statement: want a statement or a list, got %s", typeName(value))
			}
		default:
			return p, fmt.Errorf("unknown element %q", key)
		}
	}
	if len(statements) == 0 {
		return p, errors.New("element Statement is missing or empty")
	}
	seen := map[string]bool{}
	for i, raw := range statements {
		object, ok := raw.(map[string]any)
		if !ok {
			return p, fmt.Errorf("statement %d: want an object, got %s", i+1, typeName(raw))
		}
		s, err := parseStatement(object, p.Version)
		if err != nil {
			return p, fmt.Errorf("%s: %w", s.name(i), err)
		}
		if s.SID != "" && seen[s.SID] {
			return p, fmt.Errorf("%s: Sid occurs twice", s.name(i))
		}
		seen[s.SID] = true
		p.Statements = append(p.Statements, s)
	}
	return p, nil
}

func parseStatement(object map[string]any, version string) (s Statement, err error) {
	if sid, ok := object["Sid"]; ok {
		if s.SID, ok = sid.(string); !ok {
			return s, fmt.Errorf("element Sid: want a string, got %s", typeName(sid))
		}
	}
	effect := false
	for _, key := range sortedKeys(object) {
		value := object[key]
		switch key {
		case "Sid":
		case "Effect":
			effect = true
			switch value {
			case "Allow":
			case "Deny":
				s.Deny = true
			default:
				return s, fmt.Errorf("effect %v: want Allow or Deny", value)
			}
		case "Principal":
			s.Principal, err = parsePrincipal(value)
		case "Action":
			s.Actions, err = texts(key, value, checkAction)
		case "NotAction":
			s.NotActions, err = texts(key, value, checkAction)
		case "Resource":
			s.Resources, err = texts(key, value, resourceCheck(version))
		case "NotResource":
			s.NotResources, err = texts(key, value, resourceCheck(version))
		case "Condition":
			s.Conditions, err = parseConditions(value, version)
		default:
			return s, fmt.Errorf("unknown element %q", key)
		}
		if err != nil {
			return s, err
		}
	}
	switch {
	case !effect:
		return s, errors.New("element Effect is missing")
	case (s.Actions == nil) == (s.NotActions == nil):
		return s, errors.New("want one of Action and NotAction")
	case s.Resources != nil && s.NotResources != nil:
		return s, errors.New("want one of Resource and NotResource")
	}
	return s, nil
}

// accountPattern is an account id; principalPattern an account root, role or
// user. Wildcards inside a principal's ARN are refused, as AWS refuses them
// (…/reference_policies_elements_principal.html).
var (
	accountPattern   = regexp.MustCompile(`^\d{12}$`)
	principalPattern = regexp.MustCompile(`^arn:aws[a-z-]*:(iam|sts)::(\d{12}:(root|(role|user|assumed-role|federated-user)/[\w+=,.@/-]+)|cloudfront:user/CloudFront Origin Access Identity \S+)$`)
	servicePattern   = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$`)
	actionPattern    = regexp.MustCompile(`^[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+$`)
)

func parsePrincipal(value any) (*Principal, error) {
	if value == "*" {
		return &Principal{Any: true}, nil
	}
	object, ok := value.(map[string]any)
	if !ok || len(object) == 0 {
		return nil, fmt.Errorf(`principal %v: want "*" or an object`, value)
	}
	p := &Principal{}
	for _, key := range sortedKeys(object) {
		var err error
		switch key {
		case "AWS":
			p.AWS, err = texts("Principal.AWS", object[key], func(s string) error {
				if s != "*" && !accountPattern.MatchString(s) && !principalPattern.MatchString(s) {
					return errors.New("want an account id, the ARN of a role, user or account root, or *")
				}
				return nil
			})
			if slices.Contains(p.AWS, "*") {
				p.Any, p.AWS = true, nil
			}
		case "Service":
			p.Services, err = texts("Principal.Service", object[key], func(s string) error {
				if !servicePattern.MatchString(s) {
					return errors.New("want the name of a service, such as lambda.amazonaws.com")
				}
				return nil
			})
		case "CanonicalUser":
			p.Canonical, err = texts("Principal.CanonicalUser", object[key], func(string) error { return nil })
		case "Federated":
			p.Federated, err = texts("Principal.Federated", object[key], func(string) error { return nil })
		default:
			err = fmt.Errorf("unsupported kind of principal %q", key)
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

func checkAction(action string) error {
	if action == "*" || actionPattern.MatchString(action) {
		return nil
	}
	return errors.New("want * or service:Name")
}

func resourceCheck(version string) func(string) error {
	return func(resource string) error {
		if resource != "*" && strings.Count(resource, ":") < 5 && !(strings.HasPrefix(resource, "arn:") && strings.HasSuffix(resource, "*")) {
			return errors.New("want * or an ARN")
		}
		return checkVariables(resource, version)
	}
}

// texts parses one string, or a list of at least one, each of which must pass check.
func texts(element string, value any, check func(string) error) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("element %s is an empty list", element)
	}
	out := make([]string, len(list))
	for i, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("element %s: want a string, got %s", element, typeName(item))
		}
		if err := check(text); err != nil {
			return nil, fmt.Errorf("element %s: %q: %w", element, text, err)
		}
		out[i] = text
	}
	return out, nil
}

// typeName names the type of a JSON value. Its text would not help: it may be an
// intrinsic function that nobody has resolved.
func typeName(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case json.Number:
		return "a number"
	case bool:
		return "a boolean"
	}
	return fmt.Sprintf("a %T", value)
}

func sortedKeys(object map[string]any) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
