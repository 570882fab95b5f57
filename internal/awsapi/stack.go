package awsapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// stack is what a call goes through: the middleware of the SDK's clients, in their
// order, but for what only some services need (checksums, event streams, accounts in
// endpoints).
func (c *Client) stack(known *schemas, operation *smithy.OperationSchema, out *output) (*middleware.Stack, error) {
	stack := middleware.NewStack(operation.ID().Name, smithyhttp.NewStackRequest)
	at, err := c.endpoint(known.service.Metadata)
	if err != nil {
		return nil, err
	}
	return stack, errors.Join(
		stack.Serialize.Add(middleware.SerializeMiddlewareFunc("OperationSerializer", serialize(known, operation, at)), middleware.After),
		stack.Build.Add(&awsmiddleware.ClientRequestID{}, middleware.After),
		smithyhttp.AddComputeContentLengthMiddleware(stack),
		awsmiddleware.AddSDKAgentKeyValue(awsmiddleware.APIMetadata, known.service.Metadata.EndpointPrefix, known.service.Metadata.APIVersion)(stack),
		awsmiddleware.AddRecursionDetection(stack),
		stack.Finalize.Add(retry.NewAttemptMiddleware(c.retryer(), smithyhttp.RequestCloner), middleware.After),
		stack.Finalize.Add(&v4.ComputePayloadSHA256{}, middleware.After),
		stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("Signing", c.sign(at)), middleware.After),
		stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("OperationDeserializer", deserialize(known, operation, out)), middleware.After),
		stack.Deserialize.Add(&awsmiddleware.AddRawResponse{}, middleware.Before),
		awsmiddleware.AddRecordResponseTiming(stack),
		awsmiddleware.AddRequestIDRetrieverMiddleware(stack),
		awshttp.AddResponseErrorMiddleware(stack),
	)
}

type (
	serializing   = func(context.Context, middleware.SerializeInput, middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error)
	finalizing    = func(context.Context, middleware.FinalizeInput, middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error)
	deserializing = func(context.Context, middleware.DeserializeInput, middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error)
)

func serialize(known *schemas, operation *smithy.OperationSchema, at endpoint) serializing {
	return func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (out middleware.SerializeOutput, metadata middleware.Metadata, err error) {
		request, ok := in.Request.(*smithyhttp.Request)
		if !ok {
			return out, metadata, fmt.Errorf("unexpected transport type %T", in.Request)
		}
		if err := known.protocol.SerializeRequest(ctx, operation, in.Parameters.(input), request); err != nil {
			return out, metadata, &smithy.SerializationError{Err: err}
		}
		request.URL.Scheme, request.URL.Host = at.base.Scheme, at.base.Host
		request.URL.Path = smithyhttp.JoinPath(at.base.Path, request.URL.Path)
		if request.URL.RawPath != "" {
			request.URL.RawPath = smithyhttp.JoinPath(at.base.EscapedPath(), request.URL.RawPath)
		}
		return next.HandleSerialize(ctx, in)
	}
}

// sign signs each attempt anew, with what credentials there are by then.
func (c *Client) sign(at endpoint) finalizing {
	signer := v4.NewSigner()
	return func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
		request, ok := in.Request.(*smithyhttp.Request)
		if !ok {
			return out, metadata, fmt.Errorf("unexpected transport type %T", in.Request)
		}
		if c.config.Credentials == nil {
			return out, metadata, &v4.SigningError{Err: errors.New("no credentials are configured")}
		}
		credentials, err := c.config.Credentials.Retrieve(ctx)
		if err != nil {
			return out, metadata, &v4.SigningError{Err: fmt.Errorf("failed to retrieve credentials: %w", err)}
		}
		if err := signer.SignHTTP(ctx, credentials, request.Request, v4.GetPayloadHash(ctx), at.signingName, at.signingRegion, time.Now()); err != nil {
			return out, metadata, &v4.SigningError{Err: err}
		}
		return next.HandleFinalize(ctx, in)
	}
}

// unmodelled makes every error of a service one with its code and message.
var unmodelled = &smithy.TypeRegistry{}

func deserialize(known *schemas, operation *smithy.OperationSchema, into *output) deserializing {
	return func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		response, ok := out.RawResponse.(*smithyhttp.Response)
		if !ok {
			if err == nil {
				err = &smithy.DeserializationError{Err: fmt.Errorf("unknown transport type %T", out.RawResponse)}
			}
			return out, metadata, err
		}
		defer func() { smithyhttp.CloseResponseBody(ctx, response, false, err) }()
		if err == nil {
			err = known.protocol.DeserializeResponse(ctx, operation, unmodelled, response, into)
		}
		return out, metadata, err
	}
}

// endpoint is where a service is called, and what its requests are signed for.
type endpoint struct {
	base                       *url.URL
	signingName, signingRegion string
}

func (c *Client) endpoint(m Metadata) (endpoint, error) {
	if c.config.Region == "" {
		return endpoint{}, &aws.MissingRegionError{}
	}
	host, signingRegion := hostOf(m.EndpointPrefix, c.config.Region)
	base := "https://" + host
	if c.config.BaseEndpoint != nil {
		// As the SDK: what is not AWS's own endpoint has no Region of its own.
		base, signingRegion = *c.config.BaseEndpoint, c.config.Region
	}
	parsed, err := url.Parse(base)
	if err != nil || parsed.Host == "" {
		return endpoint{}, fmt.Errorf("the endpoint must be a URL with a host, got %q", base)
	}
	name := m.SigningName
	if name == "" {
		name = m.EndpointPrefix
	}
	return endpoint{base: parsed, signingName: name, signingRegion: signingRegion}, nil
}
