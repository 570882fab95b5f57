// Package elbv2 is the API of Elastic Load Balancing, version 2: one file an
// operation. The load balancers are the network's.
package elbv2

import (
	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/vpc"
)

var elbv2 = api.QueryAPI[*vpc.Network]{
	Name: "elasticloadbalancing", Protocol: api.Query, Version: "2015-12-01", Namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
}

// Service is Elastic Load Balancing of a network.
func Service(network *vpc.Network) api.Service { return elbv2.Service(network) }
