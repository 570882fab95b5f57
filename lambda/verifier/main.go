// Command verifier is the Lambda function that verifies endpoints and answers
// CloudFormation; see package verifier.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"provenendpoints/internal/lambda/environ"
	"provenendpoints/internal/lambda/verifier"
)

func main() {
	lambda.Start(verifier.New(verifier.Options{
		Config:    environ.Config(),
		Log:       environ.Logger(os.Stdout),
		LogGroup:  environ.LogGroup(),
		LogStream: environ.LogStream(),
	}))
}
