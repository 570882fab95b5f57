// Package known remembers what a construct answers always the same: its node, path
// and stack, the ids of networks, and what these are in the template. Every question to
// a construct is a call to the JavaScript process, a quarter of a millisecond of
// waiting, and the constructs of a fleet of endpoints ask the same of the same few
// subnets.
//
// What can change until the template is written is not here: children, lists,
// properties of resources, and values that others produce late.
package known

import (
	"strings"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
)

// question is one that was answered. A construct is one object for as long as its
// JavaScript process lives, and jsii keeps it as long.
type question struct {
	of   constructs.IConstruct
	what string
}

// answers are all that were given. jsii is not safe for concurrent use; the lock is for
// apps that take turns.
var answers = struct {
	sync.Mutex
	known map[question]any
}{known: map[question]any{}}

// once is the answer to a question, asked the first time alone.
func once[T any](of constructs.IConstruct, what string, ask func() T) T {
	q := question{of, what}
	answers.Lock()
	known, ok := answers.known[q]
	answers.Unlock()
	if ok {
		return known.(T)
	}
	answer := ask() // which may ask something else that is known
	answers.Lock()
	defer answers.Unlock()
	answers.known[q] = answer
	return answer
}

// Node is the construct's node.
func Node(c constructs.IConstruct) constructs.Node { return once(c, "node", c.Node) }

// Path is the path of the construct's node.
func Path(c constructs.IConstruct) string {
	return once(c, "path", func() string { return *Node(c).Path() })
}

// Stack is the stack that the construct is in.
func Stack(c constructs.IConstruct) awscdk.Stack {
	return once(c, "stack", func() awscdk.Stack { return awscdk.Stack_Of(c) })
}

// Within records the stack that a construct has just been made in, and returns the
// construct.
func Within[C constructs.IConstruct](c C, stack awscdk.Stack) C {
	once(c, "stack", func() awscdk.Stack { return stack })
	return c
}

// Resource is the resource of a construct that has one, nil of others. Not for a
// construct that is still to get it.
func Resource(c constructs.IConstruct) constructs.IConstruct {
	return once(c, "resource", func() constructs.IConstruct { return Node(c).DefaultChild() })
}

// StackID is the id of the stack when it is deployed, a token.
func StackID(stack awscdk.Stack) string {
	return once(stack, "stack id", func() string { return *awscdk.Aws_STACK_ID() })
}

// Account is the account of the stack when it is deployed, a token.
func Account(stack awscdk.Stack) string {
	return once(stack, "account", func() string { return *awscdk.Aws_ACCOUNT_ID() })
}

// Region and Suffix are the Region of the stack when it is deployed, and the end of
// AWS's DNS names there, as tokens.
func Region(stack awscdk.Stack) string {
	return once(stack, "region", func() string { return *awscdk.Aws_REGION() })
}

func Suffix(stack awscdk.Stack) string {
	return once(stack, "suffix", func() string { return *awscdk.Aws_URL_SUFFIX() })
}

// EndpointID is the id of an endpoint, as a token if it is one.
func EndpointID(endpoint ec2.IVpcEndpoint) string {
	return once(endpoint, "id", func() string { return *endpoint.VpcEndpointId() })
}

// Block is the address range of a VPC. It panics as CDK does where that is unknown.
func Block(vpc ec2.IVpc) string {
	return once(vpc, "block", func() string { return *vpc.VpcCidrBlock() })
}

// VpcID is the id of a VPC, as a token if it is one.
func VpcID(vpc ec2.IVpc) string { return once(vpc, "id", func() string { return *vpc.VpcId() }) }

// SubnetID is the id of a subnet, as a token if it is one.
func SubnetID(subnet ec2.ISubnet) string {
	return once(subnet, "id", func() string { return *subnet.SubnetId() })
}

// Zone is the Availability Zone of a subnet, as a token if it is one.
func Zone(subnet ec2.ISubnet) string {
	return once(subnet, "zone", func() string { return *subnet.AvailabilityZone() })
}

// Resolved is an id of a construct as it will be in the stack's template. Not for what
// is produced late.
func Resolved(stack awscdk.Stack, id string) any {
	if !strings.Contains(id, "${Token[") {
		return id
	}
	return once(stack, "resolved "+id, func() any { return stack.Resolve(&id) })
}
