package cfn

import (
	"fmt"
	"slices"
	"strings"
)

// StackOutput names an output of a stack, wherever the stack is.
type StackOutput struct{ Account, Region, Stack, Output string }

// fnGetStackOutput returns an output of another stack, which may be in another
// Region or account and need not export it. It is resolved when the stack is created
// or updated and holds nothing back: the other stack may be deleted
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html).
//
// RoleArn is a role in the other stack's account. The lab takes the account
// from it and does not ask for its permissions.
func fnGetStackOutput(e *evaluator, arg any, whole map[string]any) any {
	m, ok := arg.(map[string]any)
	if !ok {
		return e.fail("it takes an object, not %s", typeName(arg))
	}
	values := map[string]string{}
	for _, k := range sortedKeys(m) {
		if !slices.Contains([]string{"StackName", "OutputName", "Region", "RoleArn"}, k) {
			return e.fail("%s is not one of its parameters: StackName, OutputName, Region, RoleArn", k)
		}
		v := e.in(k, m[k])
		if _, none := v.(noValue); none {
			continue
		}
		if _, isUnknown := v.(Unknown); isUnknown {
			if e.uncertain {
				return unknown(whole)
			}
			return e.fail("%s cannot depend on a resource", k)
		}
		if values[k], ok = e.text(v, k); !ok {
			return Unknown{}
		}
	}
	for _, k := range []string{"StackName", "OutputName"} {
		if values[k] == "" {
			return e.fail("%s is required", k)
		}
	}
	of := StackOutput{Stack: values["StackName"], Output: values["OutputName"], Region: values["Region"]}
	if of.Region == "" {
		of.Region, _ = e.pseudo["AWS::Region"].(string)
	}
	if of.Account, _ = e.pseudo["AWS::AccountId"].(string); values["RoleArn"] != "" {
		parts := strings.Split(values["RoleArn"], ":")
		if len(parts) < 6 {
			return e.fail("RoleArn %q is not an ARN", values["RoleArn"])
		}
		of.Account = parts[4]
	}
	got, err := e.stackOutput(of)
	if err != nil {
		return e.fail("%v", err)
	}
	if !Known(got) {
		return unknown(whole)
	}
	return got
}

// stackOutput finds an output: in this engine, or elsewhere.
func (e *Engine) stackOutput(of StackOutput) (any, error) {
	if of.Region != e.opts.Region || of.Account != e.opts.Account {
		if e.opts.Elsewhere != nil {
			if value, ok := e.opts.Elsewhere(of); ok {
				return value, nil
			}
		}
		return nil, fmt.Errorf("stack %s in account %s and Region %s has no output %s, or does not exist", of.Stack, of.Account, of.Region, of.Output)
	}
	value, ok := e.Output(of.Stack, of.Output)
	if !ok {
		return nil, fmt.Errorf("stack %s has no output %s, or does not exist", of.Stack, of.Output)
	}
	return value, nil
}

// Output returns the value of a stack's output.
func (e *Engine) Output(stack, key string) (string, bool) {
	info, _ := e.Stack(stack)
	for _, o := range info.Outputs {
		if o.Key == key {
			return o.Value, true
		}
	}
	return "", false
}
