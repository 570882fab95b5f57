package privatelink

import (
	"time"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/store"
	"provenendpoints/internal/lab/vpc"
)

// PrivateLink is the VPC endpoints, the endpoint services and the AWS services of
// a network. All methods may be called concurrently.
type PrivateLink struct {
	network   *vpc.Network
	balancing *elb.LoadBalancing
	delay     func(Endpoint) time.Duration
	unready   func(EndpointService) time.Duration
	takes     func(EndpointService) bool
	texts     func(name string) []string

	// All of the following is guarded by the network's lock.
	endpoints store.Store[*endpoint]
	offers    store.Store[*endpointService]
	services  map[string]*service
}

// Options describe a [PrivateLink].
type Options struct {
	// Network and LoadBalancing are what it is built on. Required.
	Network       *vpc.Network
	LoadBalancing *elb.LoadBalancing
	// Delay is how long a new endpoint takes no packets although it is available,
	// as happens on AWS. It must not call the network. Default: not at all.
	Delay func(Endpoint) time.Duration
	// Unready is for how long a new endpoint service refuses endpoints although it is
	// available. Default: not at all.
	Unready func(EndpointService) time.Duration
	// Takes reports whether a new endpoint service takes a load balancer that is still
	// provisioning. Default: none does. Nobody documents what EC2 does.
	Takes func(EndpointService) bool
	// Texts are those of the TXT records of a name in public zones of the account, which
	// verify domains besides the DNS. Default: none.
	Texts func(name string) []string
}

// New returns a PrivateLink without endpoints and services.
func New(o Options) *PrivateLink {
	return &PrivateLink{
		network:   o.Network,
		balancing: o.LoadBalancing,
		delay:     o.Delay,
		unready:   o.Unready,
		takes:     o.Takes,
		texts:     o.Texts,
		endpoints: store.New[*endpoint]("Vpc Endpoint Id", "InvalidVpcEndpointId.NotFound"),
		offers:    store.New[*endpointService]("VpcEndpointService Id", "InvalidVpcEndpointServiceId.NotFound"),
		services:  map[string]*service{},
	}
}
