// Package elbv2 is the API of Elastic Load Balancing, version 2: one file an
// operation. The load balancers are in package elb.
package elbv2

import (
	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/elb"
)

var elbv2 = api.QueryAPI[*elb.LoadBalancing]{
	Name: "elasticloadbalancing", Protocol: api.Query, Version: "2015-12-01", Namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
}

// Service is Elastic Load Balancing.
func Service(balancing *elb.LoadBalancing) api.Service { return elbv2.Service(balancing) }
