package resources

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

// The certificates of load balancers: ACM's are inert, but for the names that they are
// for. The lab's own authority signs for these.

// certificateType is the type whose names are kept.
const certificateType = "AWS::CertificateManager::Certificate"

// keepNames keeps the names of a certificate.
func (r *Resources) keepNames(arn string, properties map[string]any) {
	var names []string
	if name, ok := cfn.Literal(properties["DomainName"]); ok {
		names = append(names, name)
	}
	others, _ := properties["SubjectAlternativeNames"].([]any)
	for _, e := range others {
		if name, ok := cfn.Literal(e); ok {
			names = append(names, name)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.certificates[arn] = names
}

// certificate finds the certificate of a listener for a server name: the first that is for
// it, or else the first
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html).
func (r *Resources) certificate(arns []string, serverName string) (*tls.Certificate, error) {
	if len(arns) == 0 {
		return nil, errors.New("the listener has no certificate")
	}
	r.mu.Lock()
	chosen := r.certificates[arns[0]]
	for _, arn := range arns {
		if isFor(r.certificates[arn], serverName) {
			chosen = r.certificates[arn]
			break
		}
	}
	r.mu.Unlock()
	if len(chosen) == 0 {
		// One that was imported, whose names the lab does not know.
		chosen = []string{"imported-certificate.invalid"}
	}
	return r.Cloud.Certificate(chosen...)
}

// isFor reports whether one of a certificate's names is a server's name.
func isFor(names []string, server string) bool {
	_, parent, _ := strings.Cut(server, ".")
	for _, name := range names {
		if strings.EqualFold(name, server) || strings.EqualFold(name, "*."+parent) {
			return true
		}
	}
	return false
}

// invoke runs a function that is a load balancer's target.
func (r *Resources) invoke(ctx context.Context, function string, event []byte) ([]byte, error) {
	answer, err := r.Functions.Invoke(ctx, function, event)
	if err == nil && answer.FunctionError != "" {
		err = errors.New(answer.FunctionError)
	}
	return answer.Payload, err
}
