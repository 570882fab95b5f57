package vpc

import (
	"cmp"
	"slices"
)

// Listener has a load balancer take connections on a port and pass them to a
// target group
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html).
type Listener struct {
	// ID is the ARN or any other id; LoadBalancer and TargetGroup are ids. Required.
	ID, LoadBalancer, TargetGroup string
	// Protocol is TCP. Default: TCP. Others are refused.
	Protocol string
	// Port is 1 to 65535. Required.
	Port int
}

// listening is a Listener in use.
type listening struct {
	Listener
	group *targetGroup
}

// CreateListener creates a listener. A target group can belong to one load
// balancer only.
func (n *Network) CreateListener(c Listener) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	b, err := n.balancers.get(c.LoadBalancer)
	if err != nil {
		return err
	}
	if c.ID == "" || n.listenerOf(c.ID) != nil {
		return refuse("InvalidParameterValue", "The listener '%s' already exists or has no id", c.ID)
	}
	return n.setListener(b, c)
}

// ModifyListener replaces the port and the target group of a listener.
func (n *Network) ModifyListener(c Listener) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	b := n.listenerOf(c.ID)
	if b == nil {
		return refuse("ListenerNotFound", "The listener '%s' does not exist", c.ID)
	}
	c.LoadBalancer = b.ID
	return n.setListener(b, c)
}

func (n *Network) setListener(b *loadBalancer, c Listener) error {
	c.Protocol = cmp.Or(c.Protocol, protocolTCP)
	if c.Protocol != protocolTCP {
		return refuse("UnsupportedProtocol", "Listener protocol '%s' is not supported here", c.Protocol)
	}
	if c.Port < 1 || c.Port > 65535 {
		return refuse("ValidationError", "Listener port %d is not between 1 and 65535", c.Port)
	}
	g, err := n.targetGroups.get(c.TargetGroup)
	if err != nil {
		return err
	}
	if g.balancer != nil && g.balancer != b {
		return refuse("TargetGroupAssociationLimit", "The target group '%s' cannot be associated with more than one load balancer", c.TargetGroup)
	}
	if g.vpc != b.vpc {
		return refuse("InvalidConfigurationRequest", "The target group '%s' and the load balancer are in different VPCs", c.TargetGroup)
	}
	for id, l := range b.listeners {
		if id != c.ID && l.Port == c.Port {
			return refuse("DuplicateListener", "A listener already exists on this port for this load balancer '%s'", b.ID)
		}
	}
	if b.listeners[c.ID] != nil {
		n.removeListener(b, c.ID)
	}
	b.listeners[c.ID] = &listening{Listener: c, group: g}
	g.balancer = b
	n.supervise(g)
	return nil
}

// DeleteListener deletes a listener.
func (n *Network) DeleteListener(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	b := n.listenerOf(id)
	if b == nil {
		return refuse("ListenerNotFound", "The listener '%s' does not exist", id)
	}
	n.removeListener(b, id)
	return nil
}

// removeListener deletes a listener; its target group is unused if it was the
// last one that led there.
func (n *Network) removeListener(b *loadBalancer, id string) {
	g := b.listeners[id].group
	delete(b.listeners, id)
	for _, l := range b.listeners {
		if l.group == g {
			return
		}
	}
	g.balancer = nil
	n.supervise(g)
}

// listenerOf returns the load balancer that has a listener, or nil.
func (n *Network) listenerOf(id string) *loadBalancer {
	for _, b := range n.balancers.byID {
		if b.listeners[id] != nil {
			return b
		}
	}
	return nil
}

// on returns the listener on a port, or nil.
func (b *loadBalancer) on(port uint16) *listening {
	for _, l := range b.listeners {
		if l.Port == int(port) {
			return l
		}
	}
	return nil
}

// Listeners describes the listeners of a load balancer in the order of their
// ports.
func (n *Network) Listeners(balancer string) ([]Listener, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	b, err := n.balancers.get(balancer)
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
