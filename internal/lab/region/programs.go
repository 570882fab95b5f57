package region

import (
	"net/netip"

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
			Nameservers: nameservers(e.Network),
			Roots:       e.Roots,
			Credentials: e.Credentials,
			Region:      e.Region,
			Clock:       e.Clock,
		},
		Log: e.Log,
	}, nil
}

// nameservers are the resolvers that a function is told of. Without any it asks its own host,
// where nobody answers (man7.org/linux/man-pages/man5/resolv.conf.5.html), and never those of
// this machine.
func nameservers(n functions.Network) []netip.AddrPort {
	if told := n.Nameservers(); len(told) > 0 {
		return told
	}
	return []netip.AddrPort{netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 53)}
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
