package elb

import (
	"cmp"
	"slices"
	"time"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/store"
	"provenendpoints/internal/lab/vpc"
)

// LoadBalancing is the load balancing of a network. Its objects are created,
// read and deleted by ARN or any other id of the caller's. All methods may be
// called concurrently.
type LoadBalancing struct {
	// Registration is how long after a load balancer began to use a target its first
	// check begins.
	// It is set before the first target is registered. Default: at once.
	Registration func(Target) time.Duration
	// Certificates finds the certificates of HTTPS listeners, and Invoke runs functions that
	// are targets. They are set before the first listener is created. Default: there are none.
	Certificates Certificates
	Invoke       Invoke
	// InterfaceOf finds the first interface of an instance, for callers who know the
	// instance alone. Default: there are no instances.
	InterfaceOf func(instance string) (string, error)

	network   *vpc.Network
	balancers store.Store[*Balancer]
	groups    store.Store[*targetGroup]
}

// New returns the load balancing of a network, without load balancers. It ends
// with the network.
func New(network *vpc.Network) *LoadBalancing {
	return &LoadBalancing{
		network:   network,
		balancers: store.New[*Balancer]("load balancer", "LoadBalancerNotFound"),
		groups:    store.New[*targetGroup]("target group", "TargetGroupNotFound"),
	}
}

// Balancer returns a load balancer in use. The caller holds the network's lock.
func (lb *LoadBalancing) Balancer(id string) (*Balancer, error) { return lb.balancers.Get(id) }

// Listeners describes the listeners of a load balancer in the order of their ports.
func (lb *LoadBalancing) Listeners(balancer string) ([]Listener, error) {
	defer lb.network.RLock().Unlock()
	b, err := lb.balancers.Get(balancer)
	if err != nil {
		return nil, err
	}
	out := make([]Listener, 0, len(b.listeners))
	for _, l := range b.listeners {
		out = append(out, l.Listener)
	}
	slices.SortFunc(out, func(x, y Listener) int { return cmp.Compare(x.Port, y.Port) })
	return out, nil
}

// BalancersOf are the ids of the load balancers whose listeners lead to a target
// group: one at the most.
func (lb *LoadBalancing) BalancersOf(group string) ([]string, error) {
	defer lb.network.RLock().Unlock()
	g, err := lb.groups.Get(group)
	if err != nil || g.balancer == nil {
		return nil, err
	}
	return []string{g.balancer.ID}, nil
}

// Use keeps the load balancer from being deleted until Release.
func (b *Balancer) Use(user string) { b.users[user] = true }

// Release ends a use.
func (b *Balancer) Release(user string) { delete(b.users, user) }

// Node returns the load balancer's interface in a zone, or nil.
func (b *Balancer) Node(zone string) *vpc.ENI {
	for _, node := range b.nodes {
		if node.Zone == zone {
			return node
		}
	}
	return nil
}

// Zones returns the zones in which the load balancer has a node, in order.
func (b *Balancer) Zones() []string {
	zones := make([]string, len(b.nodes))
	for i, node := range b.nodes {
		zones[i] = node.Zone
	}
	return zones
}

// Cut ends the flows that have arrived at an interface.
func (b *Balancer) Cut(at *vpc.ENI) {
	b.table.Remove(func(in vpc.Arrival, _ packet.Flow, _ *vpc.ENI) bool { return in.At == at })
}
