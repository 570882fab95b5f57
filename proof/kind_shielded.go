package proof

import (
	"fmt"
	"net/netip"
	"slices"
)

// Shielded: nobody comes to Hosts but through Balancer and its TargetGroup: the
// hosts have no public address, their security groups admit only those of the
// load balancer, which nothing else has, and no other load balancer leads to
// them. Whom else they admit by a declared security group the internet does not reach. Sources, Public and TargetGroups are wanted besides.
const Shielded Kind = "shielded"

var _ = define(Shielded, definition[shieldedFacts]{
	required: []string{"Hosts", "TargetGroup", "Balancer"},
	optional: []string{"Sources", "Public", "TargetGroups"},
	lookups: always(BalancerLookup, InstanceInterfacesLookup, NetworkInterfacesLookup, VPCRouteTablesLookup,
		SecurityGroupsLookup, TargetGroupsLookup, VPCLookup),
	gather:  gatherShielded,
	target:  func(c Claim) string { return joinWords(c.Hosts) },
	subject: Claim.hostsSubject,
	plural:  func(c Claim) bool { return len(c.Hosts) > 1 },
	expected: func(c Claim, _ shieldedFacts) string {
		text := "have no public address, and to admit nobody but the load balancer " + balancerName(c.Balancer)
		if len(c.Sources) > 0 {
			text += ", " + joinCommas(c.Sources)
		}
		return text
	},
	judge: judgeShielded,
})

func (c Claim) hostsSubject() string {
	if len(c.Hosts) > 1 {
		return "the hosts " + c.target()
	}
	return "the host " + c.target()
}

type shieldedFacts struct {
	balancer Balancer
	// interfaces are those of the hosts, around all those of the load balancer's VPC.
	interfaces, around []NetworkInterface
	// groups are the security groups of the hosts.
	groups []SecurityGroup
	tables []RouteTable
	// targetGroups are those of the VPC that load balancers forward to.
	targetGroups []TargetGroup
	sources      sources
}

func gatherShielded(g *gatherer, c Claim) (f shieldedFacts) {
	f.balancer = g.balancer(c.Balancer)
	f.around = g.networkInterfacesOf(f.balancer.VPC)
	var instances []string
	for _, host := range c.Hosts {
		if _, err := netip.ParseAddr(host); err != nil {
			instances = append(instances, host)
			continue
		}
		f.interfaces = append(f.interfaces, withAddress(f.around, host)...)
	}
	f.interfaces = append(f.interfaces, g.instanceInterfaces(instances)...)
	vpcs, groups := []string{f.balancer.VPC}, []string{}
	for _, i := range f.interfaces {
		vpcs, groups = append(vpcs, i.VPC), append(groups, i.Groups...)
	}
	f.tables = g.routeTablesOf(compact(vpcs)...)
	f.groups = g.allGroups(compact(groups))
	f.targetGroups = g.targetGroupsOf(f.balancer.VPC)
	f.sources = g.sourcesOf(c.Sources)
	return f
}

// withAddress are the interfaces that have the address.
func withAddress(interfaces []NetworkInterface, address string) []NetworkInterface {
	return slices.DeleteFunc(slices.Clone(interfaces), func(i NetworkInterface) bool {
		return !slices.ContainsFunc(i.Addresses, func(a netip.Addr) bool { return a.String() == address })
	})
}

func judgeShielded(c Claim, f shieldedFacts, _ Observation) finding {
	if f.balancer.ARN == "" {
		return unproven("", "the load balancer is unknown")
	}
	for _, host := range c.Hosts {
		if !slices.ContainsFunc(f.interfaces, func(i NetworkInterface) bool { return i.isAt(host) }) {
			return unproven("", "the network interface of %s is unknown", host)
		}
	}
	for _, judge := range []func(Claim) *finding{f.judgeAddresses, f.judgeGroups, f.judgeMembers, f.judgeTargetGroups} {
		if wrong := judge(c); wrong != nil {
			return *wrong
		}
	}
	return holds("no public address on %s; %s", plural(len(f.interfaces), "network interface"), f.admitted())
}

// isAt reports whether the interface is that of a host by its instance's id or its
// address.
func (i NetworkInterface) isAt(host string) bool {
	return i.Instance == host || slices.ContainsFunc(i.Addresses, func(a netip.Addr) bool { return a.String() == host })
}

// judgeAddresses refutes by a public address of a host that is not declared.
func (f shieldedFacts) judgeAddresses(c Claim) *finding {
	for _, i := range f.interfaces {
		for _, address := range (unaddressedFacts{tables: f.tables}).publicAddresses(i) {
			if !slices.ContainsFunc(c.Public, func(id string) bool { return i.belongsTo(id, address) }) {
				wrong := refuted("what gave it that address; declare it if it is wanted", "%s has the public address %s", i.about(), address.Address)
				return &wrong
			}
		}
	}
	return nil
}

// judgeGroups refutes by a rule that admits others than the load balancer's groups
// and the declared sources, on whatever port: who can log in need not be served.
func (f shieldedFacts) judgeGroups(Claim) *finding {
	for _, group := range f.groups {
		for _, rule := range group.Ingress {
			if slices.Contains(f.balancer.Groups, rule.Group) || f.sources.admit(rule) {
				continue
			}
			wrong := refuted("the inbound rules of "+group.ID+"; declare the source if it is wanted", "%s admits %s", group.ID, rule.text())
			return &wrong
		}
	}
	return nil
}

// judgeMembers refutes by an interface that the hosts take for another: one that has the
// security group of the load balancer, or the one of an EC2 Instance Connect Endpoint that
// the hosts admit; and by one that they admit and that the internet reaches.
func (f shieldedFacts) judgeMembers(c Claim) *finding {
	own := []string{f.balancer.ARN}
	for _, group := range f.targetGroups {
		if slices.Contains(c.TargetGroups, group.ARN) {
			own = append(own, group.Balancers...)
		}
	}
	for _, i := range f.around {
		if !slices.ContainsFunc(own, i.isOf) {
			if wrong := f.judgeMember(c, i, own); wrong != nil {
				return wrong
			}
		}
	}
	return nil
}

// judgeMember judges an interface that is no node of the load balancers, own.
func (f shieldedFacts) judgeMember(c Claim, i NetworkInterface, own []string) *finding {
	wrong := func(hint, format string, args ...any) *finding {
		found := refuted(hint, format, args...)
		return &found
	}
	const carrier = "what gave it that security group"
	if at := slices.IndexFunc(i.Groups, f.trusted); at >= 0 {
		return wrong(carrier, "%s has the security group %s of the load balancer, which the hosts admit", i.about(), i.Groups[at])
	}
	at := slices.IndexFunc(i.Groups, f.ofInstanceConnect)
	if at >= 0 && i.Type != instanceConnect {
		return wrong(carrier+"; let it have one of its own", "%s has the security group %s of an EC2 Instance Connect Endpoint, which the hosts admit", i.about(), i.Groups[at])
	}
	at = slices.IndexFunc(i.Groups, f.admits)
	if at < 0 || slices.ContainsFunc(own, i.isNodeOf) {
		return nil
	}
	for _, address := range (unaddressedFacts{tables: f.tables}).publicAddresses(i) {
		if !slices.ContainsFunc(c.Public, func(id string) bool { return i.belongsTo(id, address) }) {
			return wrong("what gave it that address; declare it if it is wanted", "%s, whose security group %s the hosts admit, has the public address %s", i.about(), i.Groups[at], address.Address)
		}
	}
	return nil
}

// admits reports whether a host admits the security group.
func (f shieldedFacts) admits(group string) bool {
	return slices.ContainsFunc(f.groups, func(g SecurityGroup) bool {
		return slices.ContainsFunc(g.Ingress, func(r SecurityGroupRule) bool { return r.Group == group })
	})
}

// trusted reports whether a host admits the security group, and it is the load
// balancer's.
func (f shieldedFacts) trusted(group string) bool {
	return slices.Contains(f.balancer.Groups, group) && f.admits(group)
}

// instanceConnect is the type of the interfaces of EC2 Instance Connect Endpoints, which IAM
// guards.
const instanceConnect = "ec2_instance_connect_endpoint"

// ofInstanceConnect reports whether a host admits the security group, and an EC2 Instance
// Connect Endpoint has it.
func (f shieldedFacts) ofInstanceConnect(group string) bool {
	return f.admits(group) && slices.ContainsFunc(f.around, func(i NetworkInterface) bool {
		return i.Type == instanceConnect && slices.Contains(i.Groups, group)
	})
}

// judgeTargetGroups refutes by another load balancer in front of the hosts, or in
// front of the load balancer's own nodes.
func (f shieldedFacts) judgeTargetGroups(c Claim) *finding {
	for _, group := range f.targetGroups {
		name := targetGroupName(group.ARN)
		if group.ARN == c.TargetGroup {
			for _, balancer := range group.Balancers {
				if balancer != c.Balancer {
					wrong := refuted("the listeners of "+balancerName(balancer), "the load balancer %s forwards to the target group %s as well", balancerName(balancer), name)
					return &wrong
				}
			}
			continue
		}
		if slices.Contains(c.TargetGroups, group.ARN) {
			continue
		}
		for _, target := range group.Targets {
			if f.leadsToHosts(target.ID) {
				wrong := refuted("who made the target group "+name+"; declare it if it is wanted",
					"the load balancer %s forwards to %s by the target group %s", balancerName(group.Balancers[0]), target.ID, name)
				return &wrong
			}
		}
	}
	return nil
}

// leadsToHosts reports whether a target is a host or a node of the load balancer.
func (f shieldedFacts) leadsToHosts(target string) bool {
	return slices.ContainsFunc(f.interfaces, func(i NetworkInterface) bool { return i.isAt(target) }) ||
		slices.ContainsFunc(f.around, func(i NetworkInterface) bool { return i.isOf(f.balancer.ARN) && i.isAt(target) })
}

// admitted says whom the hosts' security groups admit.
func (f shieldedFacts) admitted() string {
	var seen []string
	for _, group := range f.groups {
		for _, rule := range group.Ingress {
			seen = append(seen, rule.text())
		}
	}
	if len(seen) == 0 {
		return "nobody is admitted"
	}
	return fmt.Sprintf("admitted: %s", joinCommas(compact(seen)))
}
