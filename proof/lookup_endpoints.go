package proof

// VPCEndpointsLookup describes all endpoints of a VPC by its id, whatever their
// type and state.
var VPCEndpointsLookup = newLookup[string, []Endpoint]("endpoints of a VPC", AnyResource, "ec2:DescribeVpcEndpoints")

// endpointsOf looks up all endpoints of the VPCs that carry traffic, or may at
// any time. What has failed, or is gone, does not: it is left out
// (docs.aws.amazon.com/vpc/latest/privatelink/concepts.html, "Endpoint states").
func (g *gatherer) endpointsOf(vpcs ...string) []Endpoint {
	var endpoints []Endpoint
	for _, vpc := range vpcs {
		for _, endpoint := range look(g, VPCEndpointsLookup, "the endpoints of the VPC "+vpc, vpc, nil) {
			if !endpoint.isOver() {
				endpoints = append(endpoints, endpoint)
			}
		}
	}
	return endpoints
}
