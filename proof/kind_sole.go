package proof

import (
	"slices"
	"strings"
)

// Sole: no other endpoint of its VPC than Endpoint and Endpoints leads to the
// same service.
const Sole Kind = "sole"

var _ = define(Sole, definition[soleFacts]{
	required: []string{"Endpoint"},
	optional: []string{"Endpoints"},
	lookups:  always(EndpointLookup, VPCEndpointsLookup),
	gather: func(g *gatherer, c Claim) soleFacts {
		endpoint := g.endpoint(c.Endpoint)
		if endpoint.VPC == "" {
			g.fail("the endpoints of the VPC of "+c.Endpoint, errNoVPC)
		}
		return soleFacts{endpoint, g.endpointsOf(endpoint.VPC)}
	},
	expected: func(c Claim, _ soleFacts) string {
		return "be the only endpoint to its service in the VPC" + butFor(c.Endpoints)
	},
	judge: judgeSole,
})

type soleFacts struct {
	endpoint Endpoint
	// endpoints are all of its VPC.
	endpoints []Endpoint
}

// judgeSole refutes by another way to the same service: it goes around the
// endpoint's policy and its security groups.
func judgeSole(c Claim, f soleFacts, _ Observation) finding {
	if f.endpoint.Service == "" {
		return unproven("", "the service of the endpoint is unknown")
	}
	var found bool
	for _, other := range f.endpoints {
		switch {
		case other.ID == c.Endpoint:
			found = true
		case baseService(other.Service) == baseService(f.endpoint.Service) && !slices.Contains(c.Endpoints, other.ID):
			return refuted("what made "+other.ID+"; declare it if it is wanted",
				"%s has the endpoint %s too, which %s", printable(other.VPC), printable(other.about()), other.admits())
		}
	}
	if !found {
		return unproven("", "it was not described among the endpoints of its VPC")
	}
	return holds("the only one to %s", printable(f.endpoint.Service))
}

// baseService is a service's name without what makes another front of the same
// service of it: com.amazonaws.REGION.kms-fips is com.amazonaws.REGION.kms
// (docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html).
func baseService(name string) string {
	return strings.TrimSuffix(strings.ToLower(name), "-fips")
}
