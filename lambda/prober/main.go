// Command prober is the Lambda function that measures from inside a subnet;
// see package prober.
package main

import (
	"os"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/lambda"

	"provenendpoints/internal/lambda/environ"
	"provenendpoints/internal/lambda/prober"
	"provenendpoints/proof"
)

// memoryLimit makes the garbage collector work harder before the function's memory
// is used up, in bytes.
const memoryLimit = 96 << 20

func main() {
	debug.SetMemoryLimit(memoryLimit)
	config := environ.Config()
	lambda.Start(prober.Handler{
		Network: proof.Network{Credentials: config.Credentials, Region: config.Region},
		Log:     environ.Logger(os.Stdout),
	})
}
