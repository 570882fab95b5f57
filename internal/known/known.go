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
