package server_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/server"
)

// world is a server with a client of its CloudFormation.
type world struct {
	*server.Server
	t              *testing.T
	cloudformation *cloudformation.Client

	mu     sync.Mutex
	change *sync.Cond
	status map[string]cfn.Status // by stack id
}

// start starts a server for a test.
func start(t *testing.T, o server.Options) *world {
	t.Helper()
	w := &world{t: t, status: map[string]cfn.Status{}}
	w.change = sync.NewCond(&w.mu)
	o.OnEvent = func(e cfn.Event) {
		if e.Status.Failed() {
			t.Logf("%s", e)
		}
		if e.OfStack() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.status[e.StackID] = e.Status
			w.change.Broadcast()
		}
	}
	var err error
	if w.Server, err = server.Start(o); err != nil {
		t.Fatal(err)
	}
	w.cloudformation = cloudformation.NewFromConfig(w.Config())
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// code is the code of an API's error, and its message.
func code(err error) (code, message string) {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode(), e.ErrorMessage()
	}
	return "", ""
}

// settled is a stack when nothing is under way.
func (w *world) settled(stack string) types.Stack {
	w.t.Helper()
	in := &cloudformation.DescribeStacksInput{StackName: &stack}
	id := *must[*cloudformation.DescribeStacksOutput](w.t)(w.cloudformation.DescribeStacks(w.t.Context(), in)).Stacks[0].StackId
	w.mu.Lock()
	for w.status[id].InProgress() {
		w.change.Wait()
	}
	w.mu.Unlock()
	in.StackName = &id
	return must[*cloudformation.DescribeStacksOutput](w.t)(w.cloudformation.DescribeStacks(w.t.Context(), in)).Stacks[0]
}

// deploy creates or updates a stack with a template and returns it.
func (w *world) deploy(stack, template string) types.Stack {
	w.t.Helper()
	t, c := w.t, w.cloudformation
	_, err := c.CreateStack(t.Context(), &cloudformation.CreateStackInput{
		StackName: &stack, TemplateBody: &template, Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	if name, _ := code(err); name == "AlreadyExistsException" {
		_, err = c.UpdateStack(t.Context(), &cloudformation.UpdateStackInput{
			StackName: &stack, TemplateBody: &template, Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return w.settled(stack)
}

var ptr = aws.String
