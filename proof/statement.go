package proof

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// statement is a statement of a policy document, in the form of [readPolicy]. Elements
// that this code does not know are an error: they could widen what it says.
type statement struct {
	allow                 bool
	actions, notActions   []string
	resources, exceptions []string // exceptions are NotResource
	principal             any      // Principal; nil for identity policies
	notPrincipal          any
	conditions            map[string]any
}

// statementsOf reads the statements of a policy document.
func statementsOf(document string) ([]statement, error) {
	policy, err := readPolicy(document)
	if err != nil {
		return nil, err
	}
	var statements []statement
	for _, item := range itemsOf(policy.(map[string]any)["Statement"]) {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, errors.New("want statements that are objects")
		}
		read, err := statementOf(object)
		if err != nil {
			return nil, err
		}
		statements = append(statements, read)
	}
	return statements, nil
}

func statementOf(object map[string]any) (s statement, err error) {
	for _, element := range slices.Sorted(maps.Keys(object)) {
		value := object[element]
		switch element {
		case "Sid":
		case "Effect":
			if s.allow = value == "Allow"; !s.allow && value != "Deny" {
				err = fmt.Errorf("want Effect Allow or Deny, got %v", value)
			}
		case "Action":
			s.actions, err = textsOf(element, value)
		case "NotAction":
			s.notActions, err = textsOf(element, value)
		case "Resource":
			s.resources, err = textsOf(element, value)
		case "NotResource":
			s.exceptions, err = textsOf(element, value)
		case "Principal":
			s.principal = value
		case "NotPrincipal":
			s.notPrincipal = value
		case "Condition":
			var ok bool
			if s.conditions, ok = value.(map[string]any); !ok {
				err = errors.New("want Condition to be an object")
			}
		default:
			err = fmt.Errorf("the element %s is unknown", element)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func textsOf(element string, value any) ([]string, error) {
	var texts []string
	for _, item := range itemsOf(value) {
		text, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("want %s to be texts", element)
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// onlyActions reports whether the statement is about some of these actions and about
// nothing else. The case of actions makes no difference
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
func (s statement) onlyActions(known ...string) bool {
	return len(s.notActions) == 0 && len(s.actions) > 0 && !slices.ContainsFunc(s.actions, func(action string) bool {
		return !containsFold(known, action)
	})
}

func containsFold(texts []string, text string) bool {
	return slices.ContainsFunc(texts, func(other string) bool { return strings.EqualFold(other, text) })
}

// onlyIf are the values to which one of the operators limits a condition key, and
// ok whether exactly one does. Conditions on other keys can only narrow the
// statement. The case of keys makes no difference
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html).
func (s statement) onlyIf(key string, operators ...string) (values []string, ok bool) {
	found := 0
	for _, operator := range operators {
		keys, _ := s.conditions[operator].(map[string]any)
		for name, value := range keys {
			if strings.EqualFold(name, key) {
				found++
				values, _ = textsOf(name, value)
			}
		}
	}
	return values, found == 1
}

// text is what the statement is about, for people: s3:ListBucket on
// arn:aws:s3:::bucket if StringEquals aws:SourceVpce vpce-1.
func (s statement) text() string {
	what := joinWords(s.actions)
	if len(s.notActions) > 0 {
		what = "everything but " + joinWords(s.notActions)
	}
	switch {
	case len(s.exceptions) > 0:
		what += " on everything but " + joinWords(s.exceptions)
	case len(s.resources) > 0:
		what += " on " + joinWords(s.resources)
	}
	var conditions []string
	for _, operator := range slices.Sorted(maps.Keys(s.conditions)) {
		keys, _ := s.conditions[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			conditions = append(conditions, fmt.Sprintf("%s %s %v", operator, key, listed(keys[key])))
		}
	}
	if len(conditions) > 0 {
		what += " if " + joinWords(conditions)
	}
	return printable(shorten(what, 400))
}

// listed is a canonical value for people.
func listed(value any) string {
	var texts []string
	for _, item := range itemsOf(value) {
		texts = append(texts, fmt.Sprint(item))
	}
	return strings.Join(texts, " or ")
}
