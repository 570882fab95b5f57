package region

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lambda/prober"
	"provenendpoints/internal/lambda/verifier"
	"provenendpoints/internal/module"
	"provenendpoints/proof"
)

// programs are the functions that the lab can run, by the main package of their
// binaries. Each is set up as that main package does it, with the lab's network
// and clock in place of the machine's.
var programs = functions.Programs{
	module.Package("lambda/prober"):   newProber,
	module.Package("lambda/verifier"): newVerifier,
}

func newProber(e functions.Environment) (lambda.Handler, error) {
	return prober.Handler{
		Network: proof.Network{
			Dial:        e.Network.Dial,
			Nameservers: e.Network.Nameservers(),
			Roots:       e.Roots,
			Credentials: e.Credentials,
			Region:      e.Region,
			Clock:       e.Clock,
		},
		Log: e.Log,
	}, nil
}

func newVerifier(e functions.Environment) (lambda.Handler, error) {
	client := e.Client()
	return verifier.New(verifier.Options{
		Config:    aws.Config{Region: e.Region, Credentials: e.Credentials, HTTPClient: client},
		HTTP:      client,
		Clock:     e.Clock,
		Log:       e.Log,
		LogGroup:  e.LogGroup,
		LogStream: e.LogStream,
		Deadline:  functions.Deadline,
	}), nil
}
