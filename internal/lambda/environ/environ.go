// Package environ reads the environment variables that Lambda sets for a function
// (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
//
// It replaces the SDK's config package, which brings SSO, STS and the instance
// metadata service with it. They cost several MB and tens of milliseconds, and a
// function needs none of them: its credentials are in its environment.
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

// Credentials are those of the function's execution role. They are read from
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN each time. Lambda
// ends an execution environment before they expire, so they have no expiry.
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

// LogGroup returns the name of the function's log group, empty outside Lambda.
func LogGroup() string { return os.Getenv("AWS_LAMBDA_LOG_GROUP_NAME") }

// LogStream returns the name of the function's log stream, empty outside Lambda.
func LogStream() string { return os.Getenv("AWS_LAMBDA_LOG_STREAM_NAME") }

// Logger writes one JSON object per line to w: CloudWatch Logs discovers its fields.
func Logger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, nil))
}
