package iam

import "encoding/json"

// Text is the policy as a JSON document, which [Parse] reads to the same policy.
func (p Policy) Text() string {
	document := map[string]any{"Version": p.Version}
	if p.ID != "" {
		document["Id"] = p.ID
	}
	statements := make([]any, len(p.Statements))
	for i, s := range p.Statements {
		statements[i] = s.object()
	}
	document["Statement"] = statements
	text, err := json.Marshal(document)
	if err != nil {
		panic(err) // texts and lists of texts alone
	}
	return string(text)
}

// object is the statement as JSON has it.
func (s Statement) object() map[string]any {
	out := map[string]any{"Effect": "Allow"}
	if s.Deny {
		out["Effect"] = "Deny"
	}
	if s.SID != "" {
		out["Sid"] = s.SID
	}
	for element, values := range map[string][]string{
		"Action": s.Actions, "NotAction": s.NotActions, "Resource": s.Resources, "NotResource": s.NotResources,
	} {
		if values != nil {
			out[element] = values
		}
	}
	if s.Principal != nil {
		out["Principal"] = s.Principal.value()
	}
	conditions := map[string]map[string][]string{}
	for _, c := range s.Conditions {
		if conditions[c.operator()] == nil {
			conditions[c.operator()] = map[string][]string{}
		}
		conditions[c.operator()][c.Key] = c.Values
	}
	if len(conditions) > 0 {
		out["Condition"] = conditions
	}
	return out
}

// operator is the operator as it is written, such as ForAllValues:StringLikeIfExists.
func (c Condition) operator() string {
	name := c.Operator
	if c.Set != "" {
		name = c.Set + ":" + name
	}
	if c.IfExists {
		name += "IfExists"
	}
	return name
}

// value is the principal as JSON has it.
func (p Principal) value() any {
	if p.Any && len(p.Services) == 0 && len(p.Federated) == 0 && len(p.Canonical) == 0 {
		return "*"
	}
	out := map[string]any{}
	switch {
	case p.Any:
		out["AWS"] = "*"
	case len(p.AWS) > 0:
		out["AWS"] = p.AWS
	}
	if len(p.Services) > 0 {
		out["Service"] = p.Services
	}
	if len(p.Canonical) > 0 {
		out["CanonicalUser"] = p.Canonical
	}
	if len(p.Federated) > 0 {
		out["Federated"] = p.Federated
	}
	return out
}
