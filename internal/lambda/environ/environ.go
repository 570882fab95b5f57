// Package environ reads what the Lambda service tells a function through its
// environment variables
// (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
//
// It stands in for the SDK's config package, which brings SSO, STS and the
// instance metadata service with it: several MB and tens of milliseconds that
// a function, whose credentials are in its environment, never needs.
package environ

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Config is the SDK configuration of this function: AWS_REGION, the function's
// own [Credentials], and AWS_ENDPOINT_URL, where it is set, as the base of every
// service's URL
// (docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
func Config() aws.Config {
	config := aws.Config{Region: os.Getenv("AWS_REGION"), Credentials: Credentials{}}
	if base := os.Getenv("AWS_ENDPOINT_URL"); base != "" {
		config.BaseEndpoint = &base
	}
	return config
}

// Credentials are those of the function's execution role, read from
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN each time they
// are asked for. Lambda ends an execution environment before they expire, so
// they carry no expiry.
type Credentials struct{}

// Retrieve implements [aws.CredentialsProvider]. It fails if either key is
// missing; the session token is optional.
func (Credentials) Retrieve(context.Context) (aws.Credentials, error) {
	credentials := aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}
	if credentials.AccessKeyID == "" || credentials.SecretAccessKey == "" {
		return aws.Credentials{}, errors.New("no credentials in the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set")
	}
	return credentials, nil
}

// LogGroup and LogStream name the place where this function's log goes. They
// are empty outside Lambda.
func LogGroup() string { return os.Getenv("AWS_LAMBDA_LOG_GROUP_NAME") }

// LogStream is described with [LogGroup].
func LogStream() string { return os.Getenv("AWS_LAMBDA_LOG_STREAM_NAME") }

// Logger writes one JSON object per line to w, which is how CloudWatch Logs
// finds the fields.
func Logger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, nil))
}
