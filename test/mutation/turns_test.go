package mutation

import (
	"fmt"
	"slices"
	"strconv"

	"provenendpoints/internal/test/templates"
)

// flipFlags turns each boolean around.
func flipFlags(t templates.Template, cut cutter) {
	places(t, func(id string, at path, v any) {
		var turned any
		switch v {
		case true:
			turned = false
		case false:
			turned = true
		case "true":
			turned = "false"
		case "false":
			turned = "true"
		default:
			return
		}
		cut(fmt.Sprintf("turn %s %s to %v", id, at, turned), func(t templates.Template) { set(t.Properties(id), at, turned) })
	})
}

// turns gives other values for properties, by the property's name. The value at
// hand is left out of them.
var turns = map[string][]any{
	"Effect":               {"Allow", "Deny"},
	"IpProtocol":           {"-1", "udp"},
	"Protocol":             {"UDP"},
	"CidrIp":               {"0.0.0.0/0", "192.0.2.0/24"},
	"Scheme":               {"internet-facing"},
	"Action":               {"*", "sts:GetCallerIdentity"},
	"Resource":             {"*", "arn:aws:s3:::another-bucket"},
	"Principal":            {"*", map[string]any{"AWS": "arn:aws:iam::210987654321:root"}},
	"AllowedPrincipals":    {[]any{"*"}, []any{"arn:aws:iam::210987654321:root"}},
	"aws:SourceVpce":       {"vpce-00000000000000000"},
	"DestinationCidrBlock": {"192.0.2.0/24"},
	"HealthCheckPort":      {"81"},
	"ServiceName":          {"com.amazonaws.ap-northeast-2.sts", "com.amazonaws.ap-northeast-2.dynamodb"},
}

// numbers are properties whose value is one port or count beside the right one
// in a mutant.
var numbers = []string{"FromPort", "ToPort", "Port", "Count"}

// turnValues puts another value where a rule of [turns] or [numbers] knows one.
func turnValues(t templates.Template, cut cutter) {
	places(t, func(id string, at path, v any) {
		last, ok := at[len(at)-1].(string)
		if !ok {
			return
		}
		for _, other := range turns[last] {
			if fmt.Sprint(other) == fmt.Sprint(v) {
				continue
			}
			cut(fmt.Sprintf("turn %s %s to %v", id, at, other), func(t templates.Template) { set(t.Properties(id), at, other) })
		}
		if slices.Contains(numbers, last) {
			if n, err := strconv.Atoi(fmt.Sprint(v)); err == nil {
				cut(fmt.Sprintf("turn %s %s to %d", id, at, n+1), func(t templates.Template) { set(t.Properties(id), at, n+1) })
			}
		}
	})
}

// swapReferences points each reference to a resource to another of the same
// type, if there is one: another subnet, route table, group, function.
func swapReferences(t templates.Template, cut cutter) {
	places(t, func(id string, at path, v any) {
		call, ok := v.(map[string]any)
		if !ok || !templates.IsIntrinsic(call) {
			return
		}
		var to string
		var attribute []any
		switch target := firstOf(call).(type) {
		case string:
			if _, ok := call["Ref"]; ok {
				to = target
			}
		case []any:
			if _, ok := call["Fn::GetAtt"]; ok && len(target) == 2 {
				to, _ = target[0].(string)
				attribute = target[1:]
			}
		}
		for _, other := range t.OfType(t.Type(to)) {
			if t.Type(to) == "" || other == to || other == id {
				continue
			}
			var swapped any = map[string]any{"Ref": other}
			if attribute != nil {
				swapped = map[string]any{"Fn::GetAtt": append([]any{other}, attribute...)}
			}
			cut(fmt.Sprintf("point %s %s to %s", id, at, other), func(t templates.Template) { set(t.Properties(id), at, swapped) })
		}
	})
}

func firstOf(m map[string]any) any {
	for _, v := range m {
		return v
	}
	return nil
}
