package why

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/template"
	"provenendpoints/proof"
)

// granted makes the permissions of a role the one that the claim wants.
func (e *evidence) granted(c object) []change {
	role := target(c["Role"])
	var out []change
	wanted := object{"Effect": "Allow", "Action": c["Action"], "Resource": c["Resource"], "Condition": object{"StringEquals": object{"aws:SourceVpce": c["Endpoint"]}}}
	policies := e.users(role, "AWS::IAM::Policy", "AWS::IAM::RolePolicy")
	for _, id := range policies {
		if c["Endpoint"] == nil {
			break
		}
		for i, s := range statements(e.properties(id)["PolicyDocument"]) {
			s, _ := s.(object)
			if same(s["Action"], c["Action"]) || same(s["Resource"], c["Resource"]) || mentions(s["Condition"], target(c["Endpoint"])) {
				for _, key := range []string{"Effect", "Action", "Resource", "Condition"} {
					out = append(out, e.puttingAs(id, place{"PolicyDocument", "Statement", i, key}, wanted[key],
						fmt.Sprintf("the %s of statement %d of %s is the one that was declared", key, i, id)))
				}
			}
		}
	}
	for _, id := range policies {
		for i, s := range statements(e.properties(id)["PolicyDocument"]) {
			s, _ := s.(object)
			out = append(out, e.denying(id, i, s)...)
		}
	}
	if c["Endpoint"] != nil {
		grant := fmt.Sprintf("allow %s to %s through %s", brief(c["Action"]), role, target(c["Endpoint"]))
		for _, id := range e.ofType("AWS::IAM::Policy") {
			if mentions(e.properties(id)["PolicyDocument"], target(c["Endpoint"])) && !mentions(e.properties(id)["Roles"], role) {
				out = append(out, e.setting(id, "Roles", []any{ref(role)}, "attach "+id+" to "+role))
			}
		}
		out = append(out, adding("Grant", "AWS::IAM::Policy", object{
			"PolicyName": "Grant", "Roles": []any{ref(role)}, "PolicyDocument": object{"Version": "2012-10-17", "Statement": []any{wanted}},
		}, grant))
	}
	if list, ok := e.properties(role)["ManagedPolicyArns"].([]any); ok && len(list) > 0 {
		out = append(out, e.setting(role, "ManagedPolicyArns", []any{}, "take the managed policies from "+role))
	}
	return append(out, e.trusted(c)...)
}

// denying keeps the actions of a statement for network interfaces from the functions' own
// code, which AWS's documentation recommends
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, "Required IAM permissions").
func (e *evidence) denying(policy string, i int, s object) []change {
	deny := object{"Effect": "Deny", "Action": list(proof.InterfaceActions), "Resource": "*",
		"Condition": object{"ArnLike": object{"lambda:SourceFunctionArn": object{"Fn::Join": []any{"", []any{
			"arn:", ref("AWS::Partition"), ":lambda:", ref("AWS::Region"), ":", ref("AWS::AccountId"), ":function:*"}}}}}}
	words := "let " + policy + " deny the actions for network interfaces to the code of functions"
	if s["Effect"] == "Deny" || s["Condition"] != nil && mentionsText(s["Condition"], "SourceFunctionArn") {
		var out []change
		for _, key := range []string{"Effect", "Action", "Resource", "Condition"} {
			out = append(out, e.puttingAs(policy, place{"PolicyDocument", "Statement", i, key}, deny[key], words))
		}
		return out
	}
	narrow := []change{
		e.puttingAs(policy, place{"PolicyDocument", "Statement", i, "Action"}, list(proof.InterfaceActions), "let "+policy+" allow the actions for network interfaces alone"),
		e.puttingAs(policy, place{"PolicyDocument", "Statement", i, "Action"}, []any{"logs:CreateLogStream", "logs:PutLogEvents"}, "let "+policy+" allow to write logs alone"),
	}
	if mentionsText(s["Action"], "logs:") {
		return narrow[1:]
	}
	if !mentionsText(s["Action"], "ec2:CreateNetworkInterface") {
		return narrow
	}
	return []change{
		narrow[0],
		{policy, e.typeOf(policy), "PolicyDocument.Statement", words, func(d document) bool {
			return place{"PolicyDocument", "Statement"}.edit(d.properties(policy), func(v any) (any, bool) {
				all, _ := v.([]any)
				return append(slices.Clone(all), template.Clone(deny)), true
			})
		}},
	}
}

func list(texts []string) []any {
	out := make([]any, len(texts))
	for i, t := range texts {
		out[i] = t
	}
	return out
}

func mentionsText(v any, text string) bool { return strings.Contains(jsonOf(v), text) }

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

func statements(document any) []any {
	o, _ := document.(object)
	all, _ := o["Statement"].([]any)
	return all
}

// trusted lets Lambda alone assume the role of a function.
func (e *evidence) trusted(c object) []change {
	role := target(c["Role"])
	statement := object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": "lambda.amazonaws.com"}}
	return []change{e.setting(role, "AssumeRolePolicyDocument", object{"Version": "2012-10-17", "Statement": []any{statement}}, "let Lambda alone assume "+role)}
}

// denied is what AWS says of a call that is not allowed
// (docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
var denied = regexp.MustCompile(`assumed-role/([^/\s]+)/\S+ is not authorized to perform: ([\w-]+:\w+)(?: on resource: "?([^"\s]+))?(.*)`)

// byDenial allows a call that was denied, where AWS says which policy does not.
func (e *evidence) byDenial(v verdict.Verdict) []change {
	m := denied.FindStringSubmatch(v.Seen)
	if m == nil || proof.Kind(v.Kind) == proof.Denied {
		return nil
	}
	role, action, resource, why := e.logical[m[1]], m[2], m[3], m[4]
	if resource == "" {
		resource = "*"
	}
	statement := object{"Effect": "Allow", "Action": action, "Resource": e.expressed(resource)}
	var out []change
	switch {
	case strings.Contains(why, "resource-based policy"), strings.HasPrefix(why, `" with a`): // the text may be cut
		for _, id := range e.ofType("AWS::S3::BucketPolicy") {
			for i, s := range statements(e.properties(id)["PolicyDocument"]) {
				if s, _ := s.(object); s["Effect"] == "Deny" {
					out = append(out, e.puttingAs(id, place{"PolicyDocument", "Statement", i, "Condition"},
						object{"Bool": object{"aws:SecureTransport": "false"}}, fmt.Sprintf("let statement %d of %s deny nothing but what is not encrypted on its way", i, id)),
						e.taking(id, place{"PolicyDocument", "Statement", i}))
				}
			}
		}
	case strings.Contains(why, "VPC endpoint policy"):
		for _, id := range e.ofType(endpointType) {
			s := template.Clone(statement).(object)
			s["Principal"] = "*"
			out = append(out, e.statementAdded(id, s, "let the policy of "+id+" allow "+action))
		}
	}
	for _, id := range e.users(role, "AWS::IAM::Policy", "AWS::IAM::RolePolicy") {
		if strings.Contains(why, "explicit deny") {
			for i, s := range statements(e.properties(id)["PolicyDocument"]) {
				if s, _ := s.(object); s["Effect"] == "Deny" {
					out = append(out, e.puttingAs(id, place{"PolicyDocument", "Statement", i, "Effect"}, "Allow", fmt.Sprintf("let statement %d of %s allow", i, id)),
						e.taking(id, place{"PolicyDocument", "Statement", i}))
				}
			}
		}
		out = append(out, e.statementAdded(id, statement, "let "+id+" allow "+action+" on "+brief(statement["Resource"])))
	}
	return out
}

// statementAdded adds a statement to a policy.
func (e *evidence) statementAdded(id string, statement object, words string) change {
	return change{id, e.typeOf(id), "PolicyDocument.Statement", words, func(d document) bool {
		return place{"PolicyDocument", "Statement"}.edit(d.properties(id), func(v any) (any, bool) {
			all, _ := v.([]any)
			return append(slices.Clone(all), template.Clone(statement)), true
		})
	}}
}

// expressed is a resource's ARN or name as a reference, if the template has the resource.
func (e *evidence) expressed(arn string) any {
	id := e.logical[arn]
	if id == "" {
		id = e.logical[arn[strings.LastIndexByte(arn, ':')+1:]]
	}
	switch {
	case id == "":
		return arn
	case strings.HasPrefix(arn, "arn:") && e.deployed.Physical[id] != arn:
		return attribute(id, "Arn")
	}
	return ref(id)
}

// policyOf reads a policy that a claim has as text, in which references are joined.
func policyOf(v any) (any, bool) {
	if v == nil {
		return nil, false
	}
	var held []any
	text, ok := v.(string)
	if o, is := v.(object); is {
		parts, _ := o["Fn::Join"].([]any)
		if len(parts) != 2 || parts[0] != "" {
			return nil, false
		}
		all, _ := parts[1].([]any)
		for _, p := range all {
			if s, is := p.(string); is {
				text += s
				continue
			}
			text += fmt.Sprintf("‹%d›", len(held))
			held = append(held, p)
		}
		ok = true
	}
	var policy any
	if !ok || json.Unmarshal([]byte(text), &policy) != nil {
		return nil, false
	}
	return restored(policy, held), true
}

var heldPlace = regexp.MustCompile(`‹(\d+)›`)

// restored puts references back into the texts of a policy.
func restored(v any, held []any) any {
	switch v := v.(type) {
	case object:
		for key, inner := range v {
			v[key] = restored(inner, held)
		}
	case []any:
		for i, inner := range v {
			v[i] = restored(inner, held)
		}
	case string:
		places := heldPlace.FindAllStringSubmatchIndex(v, -1)
		if len(places) == 0 {
			return v
		}
		var parts []any
		last := 0
		for _, at := range places {
			if at[0] > last {
				parts = append(parts, v[last:at[0]])
			}
			n, _ := strconv.Atoi(v[at[2]:at[3]])
			parts = append(parts, held[n])
			last = at[1]
		}
		if last < len(v) {
			parts = append(parts, v[last:])
		}
		if len(parts) == 1 {
			return parts[0]
		}
		return object{"Fn::Join": []any{"", parts}}
	}
	return v
}
