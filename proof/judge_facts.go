package proof

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// judgeRouted wants in each table an active route from the prefix list to the
// endpoint, and none that takes traffic from it: a route to a CIDR block that is
// as narrow as an entry of the list, or narrower, has priority
// (docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html).
func judgeRouted(c Claim, f Facts, _ Observation) finding {
	var seen []string
	for _, table := range f.RouteTables {
		var routed bool
		for _, route := range table.Routes {
			mine := route.Destination == f.PrefixList.ID && route.Target == c.Endpoint
			switch {
			case mine && !route.Active:
				return refuted("the state of "+c.Endpoint, "the route of %s to the endpoint is a black hole", table.ID)
			case mine:
				routed = true
			case route.Active && route.Target != c.Endpoint && overrides(route, f.PrefixList.Entries):
				return refuted("the route of "+table.ID+" to "+route.Destination,
					"%s sends %s to %s, which has priority over the endpoint", table.ID, route.Destination, route.Target)
			}
		}
		if !routed {
			return refuted("which route tables "+c.Endpoint+" is associated with",
				"%s has no route from %s (%s) to the endpoint", table.ID, f.PrefixList.ID, c.PrefixList)
		}
		seen = append(seen, fmt.Sprintf("%s: %s to %s", table.ID, f.PrefixList.ID, c.Endpoint))
	}
	if len(seen) == 0 {
		return unproven("", "the routes are unknown")
	}
	return holds("%s", commas(seen))
}

// overrides tells whether the route's destination is a CIDR block inside an
// entry, or equal to one.
func overrides(route Route, entries []netip.Prefix) bool {
	block, err := netip.ParsePrefix(route.Destination)
	return err == nil && slices.ContainsFunc(entries, func(entry netip.Prefix) bool { return inside(block, entry) })
}

// inside tells whether the block lies inside the other. What is no block lies
// nowhere: its Bits are -1, and it contains nothing.
func inside(block, other netip.Prefix) bool {
	return block.Bits() >= other.Bits() && other.Contains(block.Addr())
}

// judgeUnrouted looks for the endpoint, and for its interfaces, in every table.
func judgeUnrouted(c Claim, f Facts, _ Observation) finding {
	own := []string{c.Endpoint}
	for _, i := range f.Endpoint.Interfaces {
		own = append(own, i.ID)
	}
	for _, table := range f.RouteTables {
		for _, route := range table.Routes {
			if slices.Contains(own, route.Target) {
				return refuted("that route, and the type of "+c.Endpoint+": an interface endpoint needs none",
					"%s sends %s to %s", table.ID, route.Destination, route.Target)
			}
		}
	}
	if len(f.RouteTables) == 0 {
		return unproven("", "the route tables of the VPC are unknown")
	}
	return holds("in none of %s", plural(len(f.RouteTables), "route table"))
}

// judgeEnclosed allows routes to the VPC itself and to gateway endpoints. A
// black hole counts as a way out: it is one again when its target comes back.
func judgeEnclosed(c Claim, f Facts, _ Observation) finding {
	var seen []string
	for _, table := range f.RouteTables {
		for _, route := range table.Routes {
			if route.Target != "local" && !gateway(f.Gateways, route.Target) {
				return refuted("that route, and what added it", "%s sends %s to %s", table.ID, route.Destination, route.Target)
			}
			seen = append(seen, fmt.Sprintf("%s to %s", route.Destination, route.Target))
		}
	}
	if len(f.RouteTables) == 0 {
		return unproven("", "the routes of %s are unknown", list(c.RouteTables))
	}
	if subnet := unserved(c.Subnets, f.RouteTables); subnet != "" {
		return refuted("which route table "+subnet+" is associated with",
			"%s is not associated with %s", subnet, list(c.RouteTables))
	}
	slices.Sort(seen)
	return holds("%s", commas(slices.Compact(seen)))
}

// unserved returns the first subnet that none of the tables serves. A main
// table may serve any.
func unserved(subnets []string, tables []RouteTable) string {
	for _, subnet := range subnets {
		if !slices.ContainsFunc(tables, func(t RouteTable) bool { return t.Main || slices.Contains(t.Subnets, subnet) }) {
			return subnet
		}
	}
	return ""
}

// gateway tells whether the id is that of a gateway endpoint.
func gateway(endpoints []Endpoint, id string) bool {
	return slices.ContainsFunc(endpoints, func(e Endpoint) bool { return e.ID == id && strings.EqualFold(e.Type, "Gateway") })
}

// judgeGuarded wants every rule to admit the one TCP port, from CIDR blocks
// inside the VPC or from security groups of the same VPC. A prefix list may
// hold anything, so it is not inside.
func judgeGuarded(c Claim, f Facts, _ Observation) finding {
	var seen []string
	for _, group := range f.Groups {
		for _, rule := range group.Ingress {
			text := rule.text()
			look := "the inbound rules of " + group.ID
			if rule.Protocol != "tcp" || rule.FromPort != c.port() || rule.ToPort != c.port() {
				return refuted(look, "%s admits %s", group.ID, text)
			}
			if !rule.fromInside(f) {
				return refuted(look, "%s admits %s, which is not inside the VPC", group.ID, text)
			}
			seen = append(seen, group.ID+": "+text)
		}
	}
	if len(seen) == 0 {
		return refuted("the security groups of "+c.Endpoint, "it admits nothing at all")
	}
	return holds("%s", commas(seen))
}

// text is the rule for people: tcp 443 from 10.0.0.0/16.
func (r Rule) text() string {
	from := r.Group
	switch {
	case r.CIDR.IsValid():
		from = r.CIDR.String()
	case r.PrefixList != "":
		from = r.PrefixList
	case from == "":
		from = "an unknown source"
	}
	switch {
	case r.Protocol == "-1":
		return "everything from " + from
	case r.FromPort == r.ToPort:
		return fmt.Sprintf("%s %d from %s", r.Protocol, r.FromPort, from)
	}
	return fmt.Sprintf("%s %d-%d from %s", r.Protocol, r.FromPort, r.ToPort, from)
}

// fromInside tells whether the rule's sources all lie inside the endpoint's VPC.
func (r Rule) fromInside(f Facts) bool {
	if r.CIDR.IsValid() {
		return slices.ContainsFunc(f.VPC, func(block netip.Prefix) bool { return inside(r.CIDR, block) })
	}
	return f.Endpoint.VPC != "" && slices.ContainsFunc(f.Referenced, func(group SecurityGroup) bool {
		return group.ID == r.Group && group.VPC == f.Endpoint.VPC
	})
}

func judgeAvailable(c Claim, f Facts, _ Observation) finding {
	switch {
	case f.Endpoint.State == "":
		return unproven("", "the state of the endpoint is unknown")
	case !strings.EqualFold(f.Endpoint.State, "available"):
		return refuted(c.lookState(f.Endpoint.State), "it is %s", printable(f.Endpoint.State))
	case c.Service != "" && f.Connection == "":
		return unproven("", "the state of the connection with %s is unknown", c.Service)
	case c.Service != "" && !strings.EqualFold(f.Connection, "available"):
		return refuted(c.lookState(f.Connection), "its connection with %s is %s", c.Service, printable(f.Connection))
	}
	return holds("available")
}

// judgePermitted wants exactly the declared principals: one more is somebody who
// may connect and should not.
func judgePermitted(c Claim, f Facts, _ Observation) finding {
	switch {
	case len(f.Principals) == 0:
		return unproven("", "who may connect is unknown")
	case !same(f.Principals, c.Principals):
		return refuted("the allowed principals of "+c.Service+", and who changed them", "it lets %s connect", principals(f.Principals))
	}
	return holds("%s", principals(f.Principals))
}

// principals are who may connect, for people.
func principals(arns []string) string {
	arns = slices.Sorted(slices.Values(arns))
	if slices.Contains(arns, "*") {
		return "everybody (*)"
	}
	return printable(shorten(list(slices.Compact(arns)), 400))
}

// judgeHealthy wants exactly the expected targets, each healthy on every port.
func judgeHealthy(c Claim, f Facts, _ Observation) finding {
	var registered, seen []string
	for _, target := range f.Targets {
		registered = append(registered, target.ID)
		text := target.ID + " " + target.State
		if target.Reason != "" {
			text += " (" + printable(target.Reason) + ")"
		}
		seen = append(seen, text)
	}
	slices.Sort(seen)
	for _, host := range c.Hosts {
		if !slices.Contains(registered, host) {
			return refuted("the targets of "+c.target(), "%s is not registered", host)
		}
	}
	for _, target := range f.Targets {
		switch {
		case !slices.Contains(c.Hosts, target.ID):
			return refuted("the targets of "+c.target(), "%s is registered as well", target.ID)
		case target.State != "healthy":
			return refuted("the health check of "+c.target()+", then whether the security group of "+target.ID+" admits the load balancer",
				"the targets are %s", commas(seen))
		}
	}
	if len(seen) == 0 {
		return unproven("", "no target was expected, and none is registered")
	}
	return holds("%s", commas(seen))
}
