package endpoint

import (
	"provenendpoints/constructs/verification"
	"provenendpoints/proof"
)

// GatewaySubject, InterfaceSubject and ServiceSubject describe an endpoint as
// plain data. Their claims can therefore be made without CDK, and for endpoints
// that already exist: pass them to verification.New. Every text may hold tokens.
// Here are the claims that more than one pattern makes.

// tlsPort is the TCP port of HTTPS, on which AWS's services listen.
const tlsPort = 443

// resolvesToInterfaces is the claim that an endpoint's name resolves to exactly
// its own interfaces.
func resolvesToInterfaces(id, from, endpoint string) proof.Claim {
	return proof.Claim{ID: id, Kind: proof.Resolves, From: from, Endpoint: endpoint, Answer: proof.AnswerInterfaces}
}

// guarded is the claim that an endpoint's security groups admit one port, from
// inside the VPC and from the sources.
func guarded(endpoint string, port int, sources []string) proof.Claim {
	return proof.Claim{ID: "Guarded", Kind: proof.Guarded, Endpoint: endpoint, Port: proof.Number(port), Sources: sources}
}

// limited is the claim about an endpoint's policy; none without a policy.
func limited(endpoint, policy string) []proof.Claim {
	if policy == "" {
		return nil
	}
	return []proof.Claim{{ID: "Limited", Kind: proof.Limited, Endpoint: endpoint, Policy: policy}}
}

// deniedOutside is the negative control of a call: the same call by the same
// role, from outside the VPC. None without a call.
func (c *Call) deniedOutside() []proof.Claim {
	if c == nil {
		return nil
	}
	return []proof.Claim{{ID: verification.Outside + "Denied", Kind: proof.Denied, From: verification.Outside, Host: c.Host, Call: &c.Call}}
}
