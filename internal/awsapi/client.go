package awsapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyrand "github.com/aws/smithy-go/rand"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Client calls the services of a model. It is safe for concurrent use.
type Client struct {
	config aws.Config
	model  Model
	http   smithyhttp.ClientDo
	again  func(ctx context.Context, err error, try int) bool

	mu      sync.Mutex
	schemas map[string]*schemas
}

// New makes a client. Of the configuration it uses Region, Credentials, HTTPClient
// (default: the SDK's), BaseEndpoint and Retryer (default: the SDK's standard one), as
// the SDK's clients do.
func New(config aws.Config, model Model) *Client {
	c := &Client{config: config.Copy(), model: model, http: config.HTTPClient, schemas: map[string]*schemas{}}
	if c.http == nil {
		c.http = awshttp.NewBuildableClient()
	}
	return c
}

// Again has each call that failed made again for as long as the function says so, which is
// told how many times the call was made. It may wait. Without it only the Retryer decides. It
// returns the client; set it before the first call.
func (c *Client) Again(again func(ctx context.Context, err error, try int) bool) *Client {
	c.again = again
	return c
}

// Region is the Region that is called.
func (c *Client) Region() string { return c.config.Region }

// Do makes one call, of a service by its name in the model, and returns the output.
// Errors of the service are a [smithy.APIError] in a [smithy.OperationError], as they
// are with the SDK's clients.
func (c *Client) Do(ctx context.Context, service, operation string, in map[string]any) (map[string]any, error) {
	known, err := c.of(service)
	if err != nil {
		return nil, err
	}
	schema, err := known.operation(operation)
	if err != nil {
		return nil, err
	}
	if err := known.complete(operation, &in); err != nil {
		return nil, err
	}
	if err := checkInput(schema.Input, in, operation); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		out, err := c.once(ctx, known, schema, operation, in)
		if err == nil || c.again == nil || !c.again(ctx, err, try) {
			return out, err
		}
	}
}

// once makes a call whose input was checked.
func (c *Client) once(ctx context.Context, known *schemas, schema *smithy.OperationSchema, operation string, in map[string]any) (map[string]any, error) {
	out := &output{schema: schema.Output}
	ctx = middleware.WithOperationName(middleware.WithServiceID(middleware.ClearStackValues(ctx), known.service.Metadata.ServiceID), operation)
	stack, err := c.stack(known, schema, out)
	if err != nil {
		return nil, err
	}
	handler := middleware.DecorateHandler(smithyhttp.NewClientHandler(c.http), stack)
	if _, _, err := handler.Handle(ctx, input{schema.Input, in}); err != nil {
		return nil, &smithy.OperationError{ServiceID: known.service.Metadata.ServiceID, OperationName: operation, Err: err}
	}
	return out.value, nil
}

// of is a service's schemas, made once.
func (c *Client) of(service string) (*schemas, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.schemas[service]; known != nil {
		return known, nil
	}
	described := c.model[service]
	if described == nil {
		return nil, fmt.Errorf("the model has no service %s", service)
	}
	made, err := newSchemas(described)
	if err == nil {
		c.schemas[service] = made
	}
	return made, err
}

// complete adds what the SDK adds to an input, and wants what must be there.
func (c *schemas) complete(operation string, in *map[string]any) error {
	r := c.service.Operations[operation].Input
	if r == nil {
		return nil
	}
	shape := c.service.Shapes[r.Shape]
	for _, name := range shape.Required {
		if (*in)[name] == nil && !shape.Members[name].IdempotencyToken {
			return fmt.Errorf("%s: %s is required", operation, name)
		}
	}
	for name, member := range shape.Members {
		if !member.IdempotencyToken || (*in)[name] != nil {
			continue
		}
		token, err := smithyrand.NewUUID(rand.Reader).GetUUID()
		if err != nil {
			return err
		}
		completed := map[string]any{name: token}
		for other, value := range *in {
			completed[other] = value
		}
		*in = completed
	}
	return nil
}

func (c *Client) retryer() aws.Retryer {
	if c.config.Retryer != nil {
		return c.config.Retryer()
	}
	return retry.NewStandard()
}
