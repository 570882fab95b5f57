package elb

import (
	"cmp"
	"io"
	"slices"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
)

// Listener has a load balancer take connections on a port and pass them to a
// target group
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html).
type Listener struct {
	// ID is the ARN or any other id, LoadBalancer an id. Required.
	ID, LoadBalancer string
	// TargetGroup is where a Network Load Balancer passes connections and a Gateway Load
	// Balancer packets. Required for them.
	TargetGroup string
	// Protocol is TCP, UDP, TCP_UDP or TLS of a Network Load Balancer, HTTP or HTTPS of an
	// Application Load Balancer. Default: TCP, HTTP. Others are refused. A Gateway Load
	// Balancer takes all protocols and ports: its listener names none.
	Protocol string
	// Port is 1 to 65535. Required, but for a Gateway Load Balancer.
	Port int
	// Action is what an Application Load Balancer does with a request that meets no rule.
	Action Action
	// Certificates are the ARNs of HTTPS's and TLS's certificates, the default one first.
	Certificates []string
}

// boundListener is a Listener with the target groups that it leads to.
type boundListener struct {
	Listener
	groups  map[string]*targetGroup
	rules   map[string]Rule
	servers map[*vpc.ENI]io.Closer
}

// group is the target group of a Network Load Balancer's listener.
func (l *boundListener) group() *targetGroup { return l.groups[l.TargetGroup] }

// CreateListener creates a listener. A target group can belong to one load
// balancer only.
func (lb *LoadBalancing) CreateListener(c Listener) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	b, err := lb.balancers.Get(c.LoadBalancer)
	if err != nil {
		return err
	}
	if c.ID == "" || lb.listenerOf(c.ID) != nil {
		return awserr.New("InvalidParameterValue", "The listener '%s' already exists or has no id", c.ID)
	}
	return lb.setListener(locked, b, c)
}

// ModifyListener replaces the port, the protocol, the certificates and the target group or
// action of a listener.
func (lb *LoadBalancing) ModifyListener(c Listener) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	b := lb.listenerOf(c.ID)
	if b == nil {
		return awserr.New("ListenerNotFound", "The listener '%s' does not exist", c.ID)
	}
	c.LoadBalancer = b.ID
	return lb.setListener(locked, b, c)
}

// protocols are the listeners' protocols, by the type of load balancer.
var protocols = map[string][]string{Network: {protocolTCP, protocolUDP, protocolBoth, protocolTLS}, Application: {protocolHTTP, protocolHTTPS}, Gateway: {protocolGENEVE}}

func (lb *LoadBalancing) setListener(locked vpc.Locked, b *Balancer, c Listener) error {
	if b.Type == Gateway && (c.Protocol != "" || c.Port != 0) {
		return awserr.New("ValidationError", "A listener of a load balancer of type 'gateway' has neither a protocol nor a port")
	}
	c.Protocol = cmp.Or(c.Protocol, protocols[b.Type][0])
	switch {
	case !slices.Contains(protocols[b.Type], c.Protocol):
		return awserr.New("UnsupportedProtocol", "Listener protocol '%s' is not supported here for a load balancer of type '%s'", c.Protocol, b.Type)
	case b.Type != Gateway && (c.Port < 1 || c.Port > 65535):
		return awserr.New("ValidationError", "Listener port %d is not between 1 and 65535", c.Port)
	case (c.Protocol == protocolHTTPS || c.Protocol == protocolTLS) && len(c.Certificates) == 0:
		return awserr.New("ValidationError", "A certificate must be specified for %s listeners", c.Protocol)
	}
	ids := []string{c.TargetGroup}
	if b.Type == Application {
		if err := c.Action.check(); err != nil {
			return err
		}
		if err := c.Action.checkLogin(c.Protocol); err != nil {
			return err
		}
		ids = c.Action.groups()
	}
	groups, err := lb.usable(b, ids)
	if err != nil {
		return err
	}
	for id, g := range groups {
		if b.Type != Application && g.Protocol != c.Protocol && !(c.Protocol == protocolTLS && g.Protocol == protocolTCP) {
			return awserr.New("ValidationError", "Listener protocol '%s' does not go with target group '%s', whose protocol is '%s'", c.Protocol, id, g.Protocol)
		}
	}
	for id, l := range b.listeners {
		if id != c.ID && l.Port == c.Port && transport(l.Protocol)&transport(c.Protocol) != 0 {
			return awserr.New("DuplicateListener", "A listener already exists on this port for this load balancer '%s'", b.ID)
		}
	}
	l, exists := b.listeners[c.ID]
	moved := exists && (l.Port != c.Port || l.Protocol != c.Protocol)
	if !exists {
		l = &boundListener{rules: map[string]Rule{}, servers: map[*vpc.ENI]io.Closer{}}
		b.listeners[c.ID] = l
	}
	l.Listener = c
	lb.regroup(locked, b, l)
	if moved {
		lb.serveAnew(locked, b, l)
		return nil
	}
	if !l.served(b) {
		return nil
	}
	for _, node := range b.nodes {
		if l.servers[node] == nil {
			if err := lb.serve(locked, b, l, node); err != nil {
				return err
			}
		}
	}
	return nil
}

// served reports whether the nodes' hosts take the listener's connections.
func (l *boundListener) served(b *Balancer) bool {
	return b.Type == Application || l.Protocol == protocolTLS
}

// DeleteListener deletes a listener.
func (lb *LoadBalancing) DeleteListener(id string) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	b := lb.listenerOf(id)
	if b == nil {
		return awserr.New("ListenerNotFound", "The listener '%s' does not exist", id)
	}
	lb.removeListener(locked, b, id)
	return nil
}

// removeListener deletes a listener; its target groups are unused if it was the
// last one that led there.
func (lb *LoadBalancing) removeListener(locked vpc.Locked, b *Balancer, id string) {
	l := b.listeners[id]
	delete(b.listeners, id)
	for node := range l.servers {
		l.stop(locked, node, func() {})
	}
	for _, g := range l.groups {
		lb.disuse(locked, b, g)
	}
}

// listenerOf returns the load balancer that has a listener, or nil.
func (lb *LoadBalancing) listenerOf(id string) *Balancer {
	for _, b := range lb.balancers.ByID {
		if b.listeners[id] != nil {
			return b
		}
	}
	return nil
}

// The transports of protocols, as bits.
const (
	overTCP = 1 << iota
	overUDP
)

// transport is what a listener's protocol goes over.
func transport(protocol string) int {
	switch protocol {
	case protocolUDP:
		return overUDP
	case protocolBoth:
		return overTCP | overUDP
	}
	return overTCP
}

// on returns the listener of a Network Load Balancer on a port, or nil.
func (b *Balancer) on(protocol uint8, port uint16) *boundListener {
	over := overTCP
	if protocol == packet.UDP {
		over = overUDP
	}
	for _, l := range b.listeners {
		if l.Port == int(port) && transport(l.Protocol)&over != 0 {
			return l
		}
	}
	return nil
}
