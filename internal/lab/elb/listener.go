package elb

import (
	"cmp"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
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

// boundListener is a Listener with the target group that it forwards to.
type boundListener struct {
	Listener
	group *targetGroup
}

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

// ModifyListener replaces the port and the target group of a listener.
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

func (lb *LoadBalancing) setListener(locked vpc.Locked, b *Balancer, c Listener) error {
	c.Protocol = cmp.Or(c.Protocol, protocolTCP)
	if c.Protocol != protocolTCP {
		return awserr.New("UnsupportedProtocol", "Listener protocol '%s' is not supported here", c.Protocol)
	}
	if c.Port < 1 || c.Port > 65535 {
		return awserr.New("ValidationError", "Listener port %d is not between 1 and 65535", c.Port)
	}
	g, err := lb.groups.Get(c.TargetGroup)
	if err != nil {
		return err
	}
	if g.balancer != nil && g.balancer != b {
		return awserr.New("TargetGroupAssociationLimit", "The target group '%s' cannot be associated with more than one load balancer", c.TargetGroup)
	}
	if g.VPC != b.VPC {
		return awserr.New("InvalidConfigurationRequest", "The target group '%s' and the load balancer are in different VPCs", c.TargetGroup)
	}
	for id, l := range b.listeners {
		if id != c.ID && l.Port == c.Port {
			return awserr.New("DuplicateListener", "A listener already exists on this port for this load balancer '%s'", b.ID)
		}
	}
	if b.listeners[c.ID] != nil {
		lb.removeListener(locked, b, c.ID)
	}
	b.listeners[c.ID] = &boundListener{Listener: c, group: g}
	g.balancer = b
	lb.supervise(locked, g)
	return nil
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

// removeListener deletes a listener; its target group is unused if it was the
// last one that led there.
func (lb *LoadBalancing) removeListener(locked vpc.Locked, b *Balancer, id string) {
	g := b.listeners[id].group
	delete(b.listeners, id)
	for _, l := range b.listeners {
		if l.group == g {
			return
		}
	}
	g.balancer = nil
	lb.supervise(locked, g)
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

// on returns the listener on a port, or nil.
func (b *Balancer) on(port uint16) *boundListener {
	for _, l := range b.listeners {
		if l.Port == int(port) {
			return l
		}
	}
	return nil
}
