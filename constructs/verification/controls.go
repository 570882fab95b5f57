package verification

import (
	"provenendpoints/proof"
)

// place is where a prober is, as what it runs, and the hash of its code. Without a subnet it is outside
// every VPC.
type place struct {
	role, code, subnet, group string
	acls                      []string
}

// granted adds the grant, if there is one, to what the probers may, and returns the
// claim about it.
func (p *probers) granted(grant *Grant) proof.Claim {
	if grant == nil {
		return grantClaim(p.arn, nil)
	}
	p.addGrant(*grant)
	claim := grantClaim(p.arn, grant)
	claim.Endpoints = p.through(grant.Action).WithOthers(grant.Endpoint)
	return claim
}

// trustClaim is the claim that nobody but Lambda runs as the verifier.
func trustClaim(role string) proof.Claim {
	return proof.Claim{ID: "VerifierTrusted", Kind: proof.Trusted, Role: role}
}

// grantClaim is the claim that the probers' role may do nothing but the call that is
// granted, through the endpoint alone.
func grantClaim(role string, grant *Grant) proof.Claim {
	claim := proof.Claim{ID: "ProbersGranted", Kind: proof.Granted, Role: role}
	if grant != nil {
		claim.Endpoint, claim.Action, claim.Resource = grant.Endpoint, grant.Action, grant.Resource
	}
	return claim
}

// proberClaims are the claims about a prober itself: that it is where its vantage
// point says, and that nothing of its own holds it back there.
func proberClaims(name string, at place) []proof.Claim {
	placed := proof.Claim{ID: name + "Placed", Kind: proof.Placed, From: name, Role: at.role, Code: at.code}
	if at.subnet == "" {
		return []proof.Claim{placed}
	}
	placed.Subnets, placed.Group = []string{at.subnet}, at.group
	return []proof.Claim{placed, {
		ID: name + "Unfiltered", Kind: proof.Unfiltered, From: name,
		Subnets: placed.Subnets, Group: at.group, NetworkACLs: at.acls,
	}}
}
