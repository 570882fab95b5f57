package resources

import (
	"fmt"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/eventbridge"
)

// A rule of the default bus whose targets are functions is followed.
func init() {
	partials["AWS::Events::Rule"] = partial{
		lacks: func(_ *Resources, p map[string]any) string {
			if bus := textOf(p["EventBusName"]); bus != "" && bus != "default" {
				return "the lab has the default bus alone"
			}
			if _, err := ruleOf(p); err != nil {
				return err.Error()
			}
			return ""
		},
		put: func(r *Resources, q cfn.Request, out cfn.Result) error {
			rule, err := ruleOf(q.Properties)
			if err != nil {
				return err
			}
			rule.Name, rule.ARN = out.PhysicalID, r.Scope.ARN("events", "rule/"+out.PhysicalID)
			out.Attributes["Arn"] = rule.ARN
			return r.Observation.Bus.PutRule(rule)
		},
		remove: func(r *Resources, q cfn.Request) { r.Observation.Bus.DeleteRule(q.PhysicalID) },
	}
}

func ruleOf(p map[string]any) (eventbridge.Rule, error) {
	rule := eventbridge.Rule{Disabled: textOf(p["State"]) == "DISABLED", Expression: textOf(p["ScheduleExpression"])}
	if rule.Expression != "" {
		if _, err := eventbridge.ParseExpression(rule.Expression); err != nil {
			return rule, err
		}
	}
	if pattern, ok := p["EventPattern"].(map[string]any); ok && cfn.Known(pattern) {
		var err error
		if rule.Pattern, err = eventbridge.ParsePattern(pattern); err != nil {
			return rule, err
		}
	}
	targets, _ := p["Targets"].([]any)
	for _, item := range targets {
		t, _ := item.(map[string]any)
		arn := textOf(t["Arn"])
		if name := only(t, "Id", "Arn", "Input", "InputTransformer", "RetryPolicy"); name != "" {
			return rule, fmt.Errorf("the lab has no targets with %s", name)
		}
		if arn != "" && !strings.Contains(arn, ":lambda:") {
			return rule, fmt.Errorf("the lab invokes functions alone, not %s", arn)
		}
		target := eventbridge.Target{Function: arn, Input: textOf(t["Input"]), Paths: map[string]string{}}
		if transformer, ok := t["InputTransformer"].(map[string]any); ok {
			target.Template = textOf(transformer["InputTemplate"])
			paths, _ := transformer["InputPathsMap"].(map[string]any)
			for name, path := range paths {
				target.Paths[name] = textOf(path)
			}
		}
		if err := eventbridge.CheckPaths(target.Paths); err != nil {
			return rule, err
		}
		rule.Targets = append(rule.Targets, target)
	}
	return rule, nil
}
