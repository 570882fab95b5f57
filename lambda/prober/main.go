// Command prober is the Lambda function that measures from inside a subnet;
// see package prober.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"provenendpoints/internal/lambda/environ"
	"provenendpoints/internal/lambda/prober"
	"provenendpoints/proof"
)

func main() {
	config := environ.Config()
	lambda.Start(prober.Handler{
		Network: proof.Network{Credentials: config.Credentials, Region: config.Region},
		Log:     environ.Logger(os.Stdout),
	})
}
