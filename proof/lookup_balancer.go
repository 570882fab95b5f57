package proof

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// BalancerLookup describes a load balancer with its listeners, by its ARN.
var BalancerLookup = newLookup[string, Balancer]("load balancer", AnyResource,
	"elasticloadbalancing:DescribeLoadBalancers",
	"elasticloadbalancing:DescribeLoadBalancerAttributes",
	"elasticloadbalancing:DescribeListeners")

// Balancer is a load balancer.
type Balancer struct {
	ARN, VPC string
	// Type is network, application or gateway, Scheme internal or internet-facing.
	Type, Scheme string
	// Groups are the ids of its security groups.
	Groups []string
	// Enforced: the inbound rules of its groups apply to PrivateLink traffic too.
	Enforced bool
	// OpenIPv6: an internet gateway may lead to its IPv6 addresses. False where it
	// has none.
	OpenIPv6  bool
	Listeners []Listener
}

// Listener is a listener of a load balancer.
type Listener struct {
	ID string
	// Protocol is such as TCP, UDP or TLS.
	Protocol string
	Port     int
	// TargetGroups are the ARNs of those that it forwards to. Others are what else
	// it does, by the type of the action.
	TargetGroups, Others []string
}

// balancer looks up a load balancer.
func (g *gatherer) balancer(arn string) Balancer {
	return look(g, BalancerLookup, "the load balancer "+balancerName(arn), arn, func(b Balancer) error {
		switch {
		case b.ARN != arn:
			return fmt.Errorf("the answer was about %q", b.ARN)
		case b.Scheme == "" || b.VPC == "":
			return fmt.Errorf("it was described without its scheme or VPC")
		}
		return nil
	})
}

// balancerName is the name in a load balancer's ARN
// (arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/net/NAME/ID).
func balancerName(arn string) string {
	if parts := strings.Split(arn, "/"); len(parts) == 4 {
		return parts[2]
	}
	return arn
}

// balancerTarget and balancerSubject say what a claim about a load balancer is about.
func (c Claim) balancerTarget() string  { return balancerName(c.Balancer) }
func (c Claim) balancerSubject() string { return "the load balancer " + c.balancerTarget() }

// about is the listener for people: TCP 80 to web.
func (l Listener) about() string {
	text := fmt.Sprintf("%s %d", l.Protocol, l.Port)
	var to []string
	for _, arn := range l.TargetGroups {
		to = append(to, targetGroupName(arn))
	}
	to = append(to, l.Others...)
	if len(to) == 0 {
		return text
	}
	return printable(text + " to " + joinWords(to))
}

// leadsAs reports whether the listener does what the declared one does. Where no
// target group is declared, it may forward to any.
func (l Listener) leadsAs(declared Listener) bool {
	return l.Protocol == declared.Protocol && l.Port == declared.Port && len(l.Others) == 0 &&
		(len(declared.TargetGroups) == 0 || sameSet(l.TargetGroups, declared.TargetGroups))
}

// sortedListeners are the listeners by port, then protocol.
func sortedListeners(listeners []Listener) []Listener {
	return slices.SortedFunc(slices.Values(listeners), func(a, b Listener) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol))
	})
}
