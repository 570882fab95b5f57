package functions

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
)

// Network is what a function's packets start from: the interface in its subnet,
// or, without a VPC, a host on the internet. A *vpc.Host is one.
type Network interface {
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	Nameservers() []netip.AddrPort
}

// Code is new code of a function: a zip file, or the bucket and the key of one.
type Code struct {
	Zip         []byte
	Bucket, Key string
}

// Config describes a function.
type Config struct {
	// Name is unique in the Region. Required.
	Name string
	// Program makes the handler. Required.
	Program Program
	// Timeout is how long one invocation may take, on the lab's clock.
	// Default: 3 s (docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html).
	Timeout time.Duration
	// Variables are the environment variables.
	Variables map[string]string
	// CodeSHA256 is the hash of its deployment package in Base64, Layers are the ARNs of
	// its layers, both for GetFunctionConfiguration.
	CodeSHA256 string
	Layers     []string
	// Role is the ARN of the function's role, Credentials are the role's.
	Role        string
	Credentials aws.CredentialsProvider
	// VPC, Subnets and Groups are the VPC that the networks are in, for
	// GetFunctionConfiguration. Empty outside a VPC.
	VPC             string
	Subnets, Groups []string
	// Networks are one for each of its subnets; an invocation takes the next
	// in turn. Required: at least one.
	Networks []Network
	// LogGroup is the log group written to. Default: /aws/lambda/NAME.
	LogGroup string
	// MayLog reports whether the role may write logs. If not, the lines are
	// lost, as on AWS. Default: it may.
	MayLog func() bool
	// Owner is a text by which the caller recognises the function's lines.
	Owner string
	// Active is when the function can be invoked; until then it is pending
	// (docs.aws.amazon.com/lambda/latest/dg/functions-states.html). Default: at once.
	Active time.Time
	// Recode makes the program of other code, and tells that code's CodeSHA256. Default: the
	// code cannot be changed.
	Recode func(Code) (program Program, sha256 string, err error)
	// Reserved is the number of invocations that may run at once; further ones
	// are throttled. Default (nil): no limit.
	Reserved *int
}

// EventConfig configures the retries of asynchronous invocations that fail
// (AWS::Lambda::EventInvokeConfig).
type EventConfig struct {
	// Retries is how often a failed event is run again, 0 to 2. Default: 2.
	Retries *int
	// Age is how long an event is kept. Default: 6 h.
	Age time.Duration
}

// function is a function with the state of its invocations.
type function struct {
	Config
	arn      string
	handlers []lambda.Handler // one for each network
	sink     *sink
	next     int
	running  int
	// ctx ends when the function is deleted: its code is running nowhere then.
	ctx    context.Context
	cancel context.CancelFunc
	// leave ends the handlers' context: the code is not run any more. retired is true
	// after an update; the last invocation of the old code then calls it.
	leave   context.CancelFunc
	retired bool
}

// start makes the handlers of c, one sandbox for each network.
func (s *Service) start(c Config) (*function, error) {
	if c.Timeout <= 0 {
		c.Timeout = 3 * time.Second
	}
	if c.LogGroup == "" {
		c.LogGroup = "/aws/lambda/" + c.Name
	}
	if len(c.Networks) == 0 {
		return nil, fmt.Errorf("function %s has no network", c.Name)
	}
	f := &function{Config: c, arn: s.ARN(c.Name)}
	f.ctx, f.cancel = context.WithCancel(s.ctx)
	inside, leave := context.WithCancel(s.ctx)
	f.leave = leave
	f.sink = &sink{service: s, config: c, stream: s.streamName(c.Name)}
	for _, network := range c.Networks {
		handler, err := c.Program(Environment{
			Name: c.Name, Region: s.Scope.Region, Account: s.Scope.Account,
			Variables:   c.Variables,
			Network:     network,
			Roots:       s.Roots,
			RootsPEM:    s.RootsPEM,
			Context:     inside,
			Credentials: c.Credentials,
			Clock:       s.Clock,
			Log:         f.sink.logger(),
			Output:      f.sink,
			LogGroup:    c.LogGroup,
			LogStream:   f.sink.stream,
		})
		if err != nil {
			f.cancel()
			f.leave()
			return nil, fmt.Errorf("start function %s: %w", c.Name, err)
		}
		f.handlers = append(f.handlers, handler)
	}
	return f, nil
}
