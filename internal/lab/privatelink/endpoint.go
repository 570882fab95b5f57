package privatelink

import (
	"slices"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/store"
	"provenendpoints/internal/lab/vpc"
)

// The types of VPC endpoints.
const (
	GatewayType   = "Gateway"
	InterfaceType = "Interface"
	// BalancerType is that of Gateway Load Balancer endpoints.
	BalancerType = "GatewayLoadBalancer"
)

// Endpoint is a VPC endpoint (docs.aws.amazon.com/vpc/latest/privatelink/).
type Endpoint struct {
	// ID is vpce-…, VPC the id of its VPC, Service the name of its service
	// (com.amazonaws.REGION.s3, com.amazonaws.vpce.REGION.vpce-svc-…), Type is
	// Gateway, Interface or GatewayLoadBalancer. Required.
	ID, VPC, Service, Type string
	// Policy is the endpoint policy document, which the services evaluate.
	// Default: empty, which is full access.
	Policy string
	// RouteTables are the ids of the route tables of a gateway endpoint.
	RouteTables []string
	// Subnets, at most one in each zone, Groups and PrivateDNS are for an
	// interface endpoint; one subnet also for a Gateway Load Balancer endpoint. Default of
	// Groups: the VPC's default group.
	Subnets, Groups []string
	PrivateDNS      bool
	// AllResolvers has private DNS act in the VPC, too, where gateway endpoints lead to
	// the service as well. Default: false; there it acts for inbound resolver endpoints
	// alone, which need a gateway endpoint in the VPC.
	AllResolvers bool
	// Principal is the ARN of the endpoint's creator, for the permissions of
	// endpoint services. Default: a principal that no permission names.
	Principal string
	// Available is when the endpoint is available. Until then it is pending and takes no
	// packets. Default: at once.
	Available time.Time
	// State is available, pending, pendingAcceptance or rejected. Interfaces are
	// the ids of the endpoint's interfaces, DNSNames its names as EC2's
	// DnsEntries has them. Set by the network.
	State      string
	Interfaces []string
	DNSNames   []DNSEntry
	Created    time.Time
}

// DNSEntry is a name of an endpoint with the id of its hosted zone.
type DNSEntry struct{ Name, HostedZone string }

// endpoint is an Endpoint in use.
type endpoint struct {
	Endpoint
	clock   *clock.Clock
	enis    map[string]*vpc.ENI // by id: those of Endpoint.Interfaces
	service *service
	offer   *endpointService // instead of service
	zones   []string         // origins of its private zones
	usable  time.Time        // from when on packets get through
}

// CreateEndpoint creates a VPC endpoint. A gateway endpoint adds a route from
// the service's prefix list to itself to each of its route tables.
func (pl *PrivateLink) CreateEndpoint(c Endpoint) (Endpoint, error) {
	locked := pl.network.Lock()
	defer locked.Unlock()
	if err := pl.endpoints.CheckFree(c.ID); err != nil {
		return c, err
	}
	v, err := locked.VPC(c.VPC)
	if err != nil {
		return c, err
	}
	c.Created, c.State = pl.network.Clock().Now(), stateAvailable
	switch c.Type {
	case GatewayType:
		return pl.createGatewayEndpoint(locked, c)
	case InterfaceType:
		return pl.createInterfaceEndpoint(locked, v, c)
	case BalancerType:
		return pl.createBalancerEndpoint(locked, c)
	}
	return c, awserr.New("InvalidParameter", "The VPC endpoint type %s is not valid", c.Type)
}

// newEndpoint makes an endpoint without routes and interfaces.
func (pl *PrivateLink) newEndpoint(c Endpoint) *endpoint {
	return &endpoint{Endpoint: c, clock: pl.network.Clock(), enis: map[string]*vpc.ENI{}, usable: pl.usableAt(c)}
}

// add makes an endpoint known.
func (pl *PrivateLink) add(locked vpc.Locked, e *endpoint) {
	locked.Use(e.VPC, e.ID)
	pl.endpoints.ByID[e.ID] = e
}

// usableAt returns the time from which a new endpoint takes packets.
func (pl *PrivateLink) usableAt(c Endpoint) time.Time {
	if pl.delay == nil {
		return c.Available
	}
	from := pl.network.Clock().Now()
	if c.Available.After(from) {
		from = c.Available
	}
	return from.Add(pl.delay(c))
}

// DeleteEndpoint deletes an endpoint with its routes or interfaces. Its
// connections are cut.
func (pl *PrivateLink) DeleteEndpoint(id string) error {
	locked := pl.network.Lock()
	defer locked.Unlock()
	e, err := pl.endpoints.Get(id)
	if err != nil {
		return err
	}
	for _, t := range slices.Clone(e.RouteTables) {
		pl.removeEndpointRoute(locked, e, t)
	}
	pl.closeInterfaceEndpoint(locked, e)
	delete(pl.endpoints.ByID, id)
	locked.Release(e.VPC, id)
	locked.CutPaths(id)
	return nil
}

// Endpoint describes a VPC endpoint.
func (pl *PrivateLink) Endpoint(id string) (Endpoint, error) {
	locked := pl.network.RLock()
	defer locked.Unlock()
	e, err := pl.endpoints.Get(id)
	if err != nil {
		return Endpoint{}, err
	}
	return e.describe(), nil
}

// Endpoints describes all VPC endpoints in the order of their ids.
func (pl *PrivateLink) Endpoints() []Endpoint {
	locked := pl.network.RLock()
	defer locked.Unlock()
	return store.Describe(pl.endpoints, (*endpoint).describe)
}

func (e *endpoint) describe() Endpoint {
	c := e.Endpoint
	if c.State == stateAvailable && e.clock.Now().Before(c.Available) {
		c.State = statePending
	}
	c.RouteTables, c.Subnets, c.Groups = slices.Clone(c.RouteTables), slices.Clone(c.Subnets), slices.Clone(c.Groups)
	c.Interfaces, c.DNSNames = slices.Clone(c.Interfaces), slices.Clone(c.DNSNames)
	return c
}

// ready reports whether the endpoint takes packets yet.
func (e *endpoint) ready() bool {
	return e.usable.IsZero() || !e.clock.Now().Before(e.usable)
}
