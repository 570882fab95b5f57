package proof

import (
	"fmt"
	"strings"
)

// lookAfter says what to look at first where the target was not reached, or not
// in the way it should be.
func (c Claim) lookAfter(outcome Outcome) string {
	switch outcome {
	case NoName:
		if c.Endpoint != "" {
			return fmt.Sprintf("the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames) and the state of %s", c.Endpoint)
		}
		return "the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames)"
	case TimedOut:
		if c.Endpoint != "" {
			return fmt.Sprintf("the security group of %s, which must admit TCP %d from %s, then the network ACLs", c.Endpoint, c.port(), c.From)
		}
		return fmt.Sprintf("the route table of the subnet of %s, then the security group of the target and the network ACLs", c.From)
	case NoRoute:
		return fmt.Sprintf("the route table of the subnet of %s", c.From)
	case BadTLS:
		return fmt.Sprintf("the certificate: it must be valid for %s", c.certificateName())
	case Refused, BadResponse:
		return fmt.Sprintf("what listens at %s on TCP %d", c.target(), c.port())
	}
	return ""
}

// certificateName is the name that a certificate must be valid for.
func (c Claim) certificateName() string {
	if c.Host == "" {
		return "the name of the endpoint"
	}
	return c.Host
}

// lookReached says what to look at where something is reached that should not be.
func (c Claim) lookReached() string {
	return fmt.Sprintf("the route table of the subnet of %s for a way out (internet gateway, NAT gateway, peering, transit gateway), "+
		"then other endpoints and the security group of the target", c.From)
}

// lookDenied reads AWS's own reason out of a denial
// (docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
func (c Claim) lookDenied(seen Observation) string {
	message := strings.ToLower(seen.Detail)
	switch {
	case strings.Contains(message, "vpc endpoint policy"):
		return "the policy of the endpoint"
	case strings.Contains(message, "resource-based policy"):
		return "the policy of the resource that the call names"
	case strings.Contains(message, "service control policy"):
		return "the service control policies of the organization"
	}
	return "whether the call goes through the endpoint, as the condition aws:SourceVpce of the prober's role wants it, then the policy of the endpoint"
}

// lookStrange says what to look at where a name leads to other addresses than
// those of the endpoint's interfaces.
func (c Claim) lookStrange() string {
	if c.Host != "" {
		return fmt.Sprintf("the private DNS setting of %s, then the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames)", c.Endpoint)
	}
	return "what answers for the name: a private hosted zone, or a resolver that is not the VPC's"
}

// lookState says what to look at for a state of an endpoint or its connection.
func (c Claim) lookState(state string) string {
	switch strings.ToLower(state) {
	case "pendingacceptance", "pending-acceptance":
		return "whether the service accepts connections by itself (AcceptanceRequired)"
	case "rejected", "failed", "expired":
		return "the principals that the service admits (AllowedPrincipals) and who rejected the connection"
	}
	return "the events of " + c.Endpoint
}
