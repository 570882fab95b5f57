// Package ec2 is the EC2 API: the network of a Region as EC2 describes it.
//
// Each operation is a file: how the lab has the objects, how they look in XML,
// which filters there are. The state is in packages vpc and privatelink.
package ec2

import (
	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

var ec2 = api.QueryAPI[account]{
	Name: "ec2", Protocol: api.EC2, Version: "2016-11-15", Namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
}

// account is what the operations describe.
type account struct {
	network   *vpc.Network
	link      *privatelink.PrivateLink
	instances Instances // nil: there are none
	scope     awsid.Scope
}

// Service is EC2 of an account. Everything in the network belongs to it. Without instances
// there are none.
func Service(network *vpc.Network, link *privatelink.PrivateLink, instances Instances, scope awsid.Scope) api.Service {
	return ec2.Service(account{network, link, instances, scope})
}
