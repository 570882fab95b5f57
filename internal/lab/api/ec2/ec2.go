// Package ec2 is the EC2 API: the network of a Region as EC2 describes it.
//
// Each operation is a file: how the lab has the objects, how they look in XML,
// which filters there are. The state is in packages vpc and privatelink.
package ec2

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/replicas"
	"provenendpoints/internal/lab/tags"
	"provenendpoints/internal/lab/vpc"
)

var ec2 = api.QueryAPI[account]{
	Name: "ec2", Protocol: api.EC2, Version: "2016-11-15", Namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
}

// account is what the operations describe.
type account struct {
	network *vpc.Network
	link    *privatelink.PrivateLink
	objects Objects // nil: there are no others
	scope   awsid.Scope
	reads   *replicas.Reads // nil: what is there is seen
	tags    *tags.Store     // nil: nothing has tags
}

// Objects are what is made outside of the network alone: the instances, and with them
// whatever a resource type makes.
type Objects interface {
	Instances
	// Tags are those of what is there.
	Tags() *tags.Store
	// Addresses returns the elastic addresses.
	Addresses() []Address
	// Make makes an object as the CloudFormation type does, and returns its physical id
	// and attributes.
	Make(ctx context.Context, typ string, properties map[string]any) (id string, attributes map[string]any, err error)
	// Unmake deletes an object, whoever made it, and succeeds if there is none. The
	// properties are those that the type needs to find it.
	Unmake(ctx context.Context, typ, id string, properties map[string]any) error
}

// Service is EC2 of an account. Everything in the network belongs to it. Without objects
// there are no instances, and nothing can be made. Without reads every call sees what is there.
func Service(network *vpc.Network, link *privatelink.PrivateLink, objects Objects, scope awsid.Scope, reads *replicas.Reads) api.Service {
	a := account{network: network, link: link, objects: objects, scope: scope, reads: reads}
	if objects != nil {
		a.tags = objects.Tags()
	}
	a.track()
	return ec2.Service(a)
}
