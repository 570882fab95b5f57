// Package lazy makes values of claims that are known only when the template is
// written: when every construct of the stack has been made.
//
// CDK asks for such a value again and again: when it looks for references, when it
// validates, when it writes. So what produces them stands in JavaScript, in the module of
// package rendering: to be asked in Go would take calls of both processes each time.
package lazy

import (
	"strconv"
	"sync/atomic"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	jsii "github.com/aws/jsii-runtime-go/runtime"

	"provenendpoints/internal/rendering"
)

// Written is a text that stands for a value of any kind, which is produced once, when the
// stack's template is written. It produces nothing before that, when CDK looks for
// references between stacks, nor while a stack is rendered to find the value. JavaScript
// calls produce: it must not panic. An error becomes the value: whoever returns one has
// told of it at validation.
func Written(stack awscdk.Stack, produce func() (any, error)) (token string) {
	call("written", []any{stack, &producer{produce}}, &token)
	return token
}

type producer struct{ produce func() (any, error) }

// Produce implements awscdk.IStableAnyProducer.
func (p *producer) Produce() any {
	value, err := p.produce()
	if err != nil {
		return err.Error()
	}
	return value
}

// Set are texts that are added while constructs are made.
type Set struct{ name string }

// sets counts sets, whose names must differ.
var sets atomic.Int64

// NewSet makes an empty one.
func NewSet() Set { return Set{strconv.FormatInt(sets.Add(1), 10)} }

// Add adds a text.
func (s Set) Add(text string) { jsii.StaticInvokeVoid(rendering.Late(), "add", []any{s.name, text}) }

// With is a list of what is given and of what is in the set in the end, each once. An
// empty one is left out.
func (s Set) With(given ...string) []string { return s.list(given, "") }

// WithOthers is a list of what is given and of what is in the set in the end but for one,
// each once. An empty one is left out.
func (s Set) WithOthers(one string, given ...string) []string { return s.list(given, one) }

func (s Set) list(given []string, without string) (tokens []string) {
	if given == nil {
		given = []string{}
	}
	call("list", []any{s.name, given, without}, &tokens)
	return tokens
}

// Free is the first of the texts that is not in the set in the end; the first of all
// where every one is.
func (s Set) Free(texts ...string) (token string) {
	call("free", []any{s.name, texts}, &token)
	return token
}

// AddProved gives the endpoint's resource the endpoint's policy, as it is in the end, with
// the statement, unless it has one of the same id; no policy where it has none.
func AddProved(resource ec2.CfnVPCEndpoint, endpoint ec2.IVpcEndpoint, statement iam.PolicyStatement) {
	jsii.StaticInvokeVoid(rendering.Late(), "addProved", []any{resource, endpoint, statement})
}

// Policy is the policy that the endpoint's resource has in the end, as JSON text, or the
// other where it has none.
func Policy(resource ec2.CfnVPCEndpoint, other map[string]any) (text string) {
	call("policy", []any{resource, other}, &text)
	return text
}

// Subnets are those that a selection chooses in a VPC. To ask the VPC would take a question
// for each field of the answer, which has more of them.
func Subnets(vpc ec2.IVpc, selection *ec2.SubnetSelection) (subnets []ec2.ISubnet) {
	call("subnets", []any{vpc, selection}, &subnets)
	return subnets
}

func call(method string, arguments []any, result any) {
	jsii.StaticInvoke(rendering.Late(), method, arguments, result)
}
