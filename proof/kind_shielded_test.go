package proof

import (
	"context"
	"net/netip"
	"testing"
)

var _ = exampleOf(Shielded, example{
	valid:    Claim{Hosts: []string{"i-1", "i-2"}, TargetGroup: webGroup, Balancer: testBalancer},
	fields:   "Hosts! TargetGroup! TargetGroups Balancer! Sources Public",
	gathered: []Claim{{Hosts: []string{"i-1", "10.0.0.9"}, TargetGroup: webGroup, Balancer: testBalancer, Sources: []string{"vpc-1"}}},
	lookups:  shieldedLookups([]NetworkInterface{{ID: "eni-1", Instance: "i-1", VPC: "vpc-1", Groups: []string{"sg-web"}}}),
})

func shieldedLookups(hosts []NetworkInterface) Lookups {
	return Lookups{
		BalancerLookup.By(func(_ context.Context, arn string) (Balancer, error) {
			return Balancer{ARN: arn, VPC: "vpc-1", Scheme: "internal"}, nil
		}),
		InstanceInterfacesLookup.By(func(context.Context, []string) ([]NetworkInterface, error) { return hosts, nil }),
		NetworkInterfacesLookup.By(func(context.Context, string) ([]NetworkInterface, error) {
			return []NetworkInterface{{ID: "eni-9", VPC: "vpc-1", Addresses: addrs("10.0.0.9")}}, nil
		}),
		VPCRouteTablesLookup.By(func(context.Context, string) ([]RouteTable, error) { return []RouteTable{{ID: "rtb-1"}}, nil }),
		SecurityGroupsLookup.By(func(context.Context, []string) ([]SecurityGroup, error) { return []SecurityGroup{{ID: "sg-web"}}, nil }),
		TargetGroupsLookup.By(func(context.Context, string) ([]TargetGroup, error) { return nil, nil }),
		VPCLookup.By(func(context.Context, string) ([]netip.Prefix, error) { return prefixes("10.0.0.0/16"), nil }),
	}
}

func TestJudgeShielded(t *testing.T) {
	t.Parallel()
	const second = "arn:aws:elasticloadbalancing:r:1:loadbalancer/net/second/4567"
	claim := Claim{Kind: Shielded, Hosts: []string{"i-1", "10.0.0.12"}, TargetGroup: webGroup, Balancer: testBalancer}
	from := func(group string) SecurityGroupRule {
		return SecurityGroupRule{Protocol: "tcp", FromPort: 80, ToPort: 80, Group: group}
	}
	node := NetworkInterface{ID: "eni-lb", VPC: "vpc-1", Type: "network_load_balancer", Description: "ELB net/web/0123", Groups: []string{"sg-lb"}, Addresses: addrs("10.0.0.80")}
	member := NetworkInterface{ID: "eni-5", VPC: "vpc-1", Type: "interface", Description: "ELB net/web/0123", Groups: []string{"sg-x", "sg-lb"}}
	other := NetworkInterface{ID: "eni-6", VPC: "vpc-1", Type: "network_load_balancer", Description: "ELB net/second/4567", Groups: []string{"sg-lb"}}
	type change func(*shieldedFacts)
	with := func(changes ...change) Facts {
		one := NetworkInterface{ID: "eni-1", VPC: "vpc-1", Subnet: "subnet-1", Instance: "i-1", Groups: []string{"sg-web"}, Addresses: addrs("10.0.0.11")}
		two := NetworkInterface{ID: "eni-2", VPC: "vpc-1", Subnet: "subnet-1", Instance: "i-2", Groups: []string{"sg-web"}, Addresses: addrs("10.0.0.12")}
		f := shieldedFacts{
			balancer:     Balancer{ARN: testBalancer, VPC: "vpc-1", Scheme: "internal", Groups: []string{"sg-lb"}},
			interfaces:   []NetworkInterface{two, one},
			around:       []NetworkInterface{one, two, node},
			groups:       []SecurityGroup{{ID: "sg-web", VPC: "vpc-1", Ingress: []SecurityGroupRule{from("sg-lb"), {Protocol: "tcp", FromPort: 22, ToPort: 22, Group: "sg-shell"}}}},
			tables:       []RouteTable{{ID: "rtb-1", VPC: "vpc-1", Main: true, Routes: []Route{{"0.0.0.0/0", "igw-1", true}}}},
			targetGroups: []TargetGroup{{ARN: webGroup, Balancers: []string{testBalancer}, Targets: []Target{{ID: "i-1"}, {ID: "i-2"}}}},
			sources:      sources{ids: []string{"sg-shell"}},
		}
		for _, change := range changes {
			change(&f)
		}
		return Facts{f}
	}
	rule := func(rule SecurityGroupRule) change {
		return func(f *shieldedFacts) { f.groups[0].Ingress = append(f.groups[0].Ingress, rule) }
	}
	around := func(i NetworkInterface) change {
		return func(f *shieldedFacts) { f.around = append(f.around, i) }
	}
	public := func(f *shieldedFacts) {
		f.interfaces[1].Public = []PublicAddress{{Address: addrs("203.0.113.7")[0], Allocation: "eipalloc-1"}}
	}
	ipv6 := func(f *shieldedFacts) { f.interfaces[1].Addresses = addrs("10.0.0.11", "2600::11") }
	ipv6Way := func(f *shieldedFacts) { f.tables[0].Routes = append(f.tables[0].Routes, Route{"::/0", "igw-1", true}) }
	targets := func(arn, balancer string, ids ...string) change {
		group := TargetGroup{ARN: arn, Balancers: []string{balancer}}
		for _, id := range ids {
			group.Targets = append(group.Targets, Target{ID: id})
		}
		return func(f *shieldedFacts) { f.targetGroups = append(f.targetGroups, group) }
	}
	shell := NetworkInterface{ID: "eni-ic", VPC: "vpc-1", Type: "ec2_instance_connect_endpoint", Groups: []string{"sg-shell"}}
	bastion := NetworkInterface{ID: "eni-7", VPC: "vpc-1", Instance: "i-7", Type: "interface", Groups: []string{"sg-x", "sg-shell"}}
	reached := bastion
	reached.Public = []PublicAddress{{Address: addrs("203.0.113.8")[0], Allocation: "eipalloc-2"}}
	openly := claim
	openly.Public = []string{"i-7"}
	declared, wanted, unknown := claim, claim, claim
	declared.Public, wanted.TargetGroups, unknown.Hosts = []string{"i-1"}, []string{otherGroup}, []string{"i-1", "i-9"}
	const shield = "no public address on 2 network interfaces; admitted: tcp 22 from sg-shell, tcp 80 from sg-lb"
	const rules, made, carrier = "the inbound rules of sg-web; declare the source if it is wanted", "what gave it that address; declare it if it is wanted", "what gave it that security group"
	const maker = "who made the target group other; declare it if it is wanted"
	checkJudged(t, map[string]judged{
		"as declared":                        {claim: claim, facts: with(), state: Holds, text: shield},
		"nobody is admitted":                 {claim: claim, facts: with(func(f *shieldedFacts) { f.groups[0].Ingress = nil }), state: Holds, text: "no public address on 2 network interfaces; nobody is admitted"},
		"another group's targets":            {claim: claim, facts: with(targets(otherGroup, second, "i-3", "10.0.0.99")), state: Holds, text: shield},
		"a declared second balancer":         {claim: wanted, facts: with(targets(otherGroup, second, "i-1"), around(other)), state: Holds, text: shield},
		"a declared public address":          {claim: declared, facts: with(public), state: Holds, text: shield},
		"an IPv6 address without a way":      {claim: claim, facts: with(ipv6), state: Holds, text: shield},
		"a group that no host admits":        {claim: claim, facts: with(around(member), func(f *shieldedFacts) { f.groups[0].Ingress = f.groups[0].Ingress[1:] }), state: Holds, text: "no public address on 2 network interfaces; admitted: tcp 22 from sg-shell"},
		"a public address":                   {claim: claim, facts: with(public), state: Refuted, text: "eni-1 of i-1 has the public address 203.0.113.7", hint: made},
		"an IPv6 address with a way":         {claim: claim, facts: with(ipv6, ipv6Way), state: Refuted, text: "eni-1 of i-1 has the public address 2600::11", hint: made},
		"admits everybody":                   {claim: claim, facts: with(rule(SecurityGroupRule{Protocol: "-1", CIDR: allIPv4})), state: Refuted, text: "sg-web admits everything from 0.0.0.0/0", hint: rules},
		"admits the consumers":               {claim: claim, facts: with(rule(SecurityGroupRule{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDR: prefixes("10.0.0.0/16")[0]})), state: Refuted, text: "sg-web admits tcp 80 from 10.0.0.0/16", hint: rules},
		"admits another group":               {claim: claim, facts: with(rule(from("sg-9"))), state: Refuted, text: "sg-web admits tcp 80 from sg-9", hint: rules},
		"takes another for the balancer":     {claim: claim, facts: with(around(member)), state: Refuted, text: "eni-5 (ELB net/web/0123) has the security group sg-lb of the load balancer, which the hosts admit", hint: carrier},
		"takes a second one for the first":   {claim: claim, facts: with(around(other)), state: Refuted, text: "eni-6 (ELB net/second/4567) has the security group sg-lb of the load balancer, which the hosts admit", hint: carrier},
		"a second balancer's target":         {claim: claim, facts: with(targets(otherGroup, second, "i-3", "i-1")), state: Refuted, text: "the load balancer second forwards to i-1 by the target group other", hint: maker},
		"a second balancer's, by address":    {claim: claim, facts: with(targets(otherGroup, second, "10.0.0.11")), state: Refuted, text: "the load balancer second forwards to 10.0.0.11 by the target group other", hint: maker},
		"a balancer in front of the first":   {claim: claim, facts: with(targets(otherGroup, second, "10.0.0.80")), state: Refuted, text: "the load balancer second forwards to 10.0.0.80 by the target group other", hint: maker},
		"its own balancer, by another group": {claim: claim, facts: with(targets(otherGroup, testBalancer, "i-1")), state: Refuted, text: "the load balancer web forwards to i-1 by the target group other", hint: maker},
		"the target group of two": {
			claim: claim, facts: with(func(f *shieldedFacts) { f.targetGroups[0].Balancers = []string{testBalancer, second} }),
			state: Refuted, text: "the load balancer second forwards to the target group web as well", hint: "the listeners of second",
		},
		"a declared group, of people's":        {claim: claim, facts: with(around(bastion)), state: Holds, text: shield},
		"a shell's endpoint":                   {claim: claim, facts: with(around(shell)), state: Holds, text: shield},
		"takes another for a shell's endpoint": {claim: claim, facts: with(around(bastion), around(shell)), state: Refuted, text: "eni-7 of i-7 has the security group sg-shell of an EC2 Instance Connect Endpoint, which the hosts admit", hint: carrier + "; let it have one of its own"},
		"a group that the internet reaches":    {claim: claim, facts: with(around(reached)), state: Refuted, text: "eni-7 of i-7, whose security group sg-shell the hosts admit, has the public address 203.0.113.8", hint: made},
		"a declared one that it reaches":       {claim: openly, facts: with(around(reached)), state: Holds, text: shield},
		"a host that is not known":             {claim: unknown, facts: with(), state: Unproven, text: "the network interface of i-9 is unknown"},
		"nothing is known":                     {claim: claim, state: Unproven, text: "the load balancer is unknown"},
	})
}

// TestHostsInterfaces: an instance without an interface, and a target group
// without what it leads to, have not been looked up.
func TestHostsInterfaces(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Shielded, Hosts: []string{"i-1", "i-2"}, TargetGroup: webGroup, Balancer: testBalancer}
	_, err := Gather(t.Context(), shieldedLookups([]NetworkInterface{{ID: "eni-1", Instance: "i-1"}}), claim)
	if got := errorText(err); got != "looking up the network interfaces of i-1 and i-2: none of i-2 was described" {
		t.Errorf("got %q", got)
	}
	lookups := shieldedLookups([]NetworkInterface{{ID: "eni-1", Instance: "i-1"}, {ID: "eni-2", Instance: "i-2"}})
	lookups[5] = TargetGroupsLookup.By(func(context.Context, string) ([]TargetGroup, error) { return []TargetGroup{{ARN: webGroup}}, nil })
	_, err = Gather(t.Context(), lookups, claim)
	if got := errorText(err); got != "looking up the target groups of the VPC vpc-1: one was described without its ARN or load balancers" {
		t.Errorf("got %q", got)
	}
}

// TestHostsByAddress: a host that is a target by its address is found by it, and
// interfaces of an instance in other VPCs count with their own tables.
func TestHostsByAddress(t *testing.T) {
	t.Parallel()
	hosts := []NetworkInterface{{ID: "eni-1", Instance: "i-1", VPC: "vpc-2", Groups: []string{"sg-web"}}}
	claim := Claim{Kind: Shielded, Hosts: []string{"10.0.0.9", "i-1"}, TargetGroup: webGroup, Balancer: testBalancer}
	facts, err := Gather(t.Context(), shieldedLookups(hosts), claim)
	if err != nil {
		t.Fatal(err)
	}
	f := facts.known.(shieldedFacts)
	if len(f.interfaces) != 2 || f.interfaces[0].ID != "eni-9" || f.interfaces[1].ID != "eni-1" || len(f.tables) != 2 {
		t.Errorf("got %+v", f)
	}
}
