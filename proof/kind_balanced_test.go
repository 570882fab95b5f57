package proof

import (
	"context"
	"net/netip"
	"slices"
	"testing"
)

const (
	testBalancer = "arn:aws:elasticloadbalancing:r:1:loadbalancer/net/web/0123"
	otherGroup   = "arn:aws:elasticloadbalancing:r:1:targetgroup/other/4567"
	webGroup     = "arn:aws:elasticloadbalancing:r:1:targetgroup/web/0123"
)

var _ = exampleOf(Balanced, example{
	valid:    Claim{Balancer: testBalancer, Listeners: []string{"TCP 80 " + webGroup}},
	fields:   "Balancer! Listeners! Sources",
	gathered: []Claim{{Balancer: testBalancer, Sources: []string{"vpc-1"}}},
	lookups: Lookups{
		BalancerLookup.By(func(_ context.Context, arn string) (Balancer, error) {
			return Balancer{ARN: arn, VPC: "vpc-1", Scheme: "internal", Groups: []string{"sg-1"}}, nil
		}),
		SecurityGroupsLookup.By(func(context.Context, []string) ([]SecurityGroup, error) { return []SecurityGroup{{ID: "sg-1"}}, nil }),
		VPCLookup.By(func(context.Context, string) ([]netip.Prefix, error) { return prefixes("10.0.0.0/16"), nil }),
	},
})

func TestJudgeBalanced(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Balanced, Balancer: testBalancer, Listeners: []string{"TCP 80 " + webGroup}}
	listening := Listener{Protocol: "TCP", Port: 80, TargetGroups: []string{webGroup}}
	from := func(cidr string) SecurityGroupRule {
		return SecurityGroupRule{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDR: prefixes(cidr)[0]}
	}
	type change func(*balancedFacts)
	with := func(changes ...change) Facts {
		f := balancedFacts{
			Balancer{ARN: testBalancer, VPC: "vpc-1", Scheme: "internal", Groups: []string{"sg-1"}, Enforced: true, Listeners: []Listener{listening}},
			[]SecurityGroup{{ID: "sg-1", VPC: "vpc-1", Ingress: []SecurityGroupRule{from("10.0.0.0/24")}}},
			sources{prefixes("10.0.0.0/16", "2001:db8::/56"), []string{"sg-2", "pl-2"}},
		}
		for _, change := range changes {
			change(&f)
		}
		return Facts{f}
	}
	rules := func(rules ...SecurityGroupRule) change {
		return func(f *balancedFacts) { f.groups[0].Ingress = append(f.groups[0].Ingress, rules...) }
	}
	listeners := func(listeners ...Listener) change {
		return func(f *balancedFacts) { f.balancer.Listeners = listeners }
	}
	balancer := func(change func(*Balancer)) change { return func(f *balancedFacts) { change(&f.balancer) } }
	everybody := func(f *balancedFacts) { f.sources.blocks = prefixes("0.0.0.0/0") }
	any, two := claim, claim
	any.Listeners = []string{"TCP 80"}
	two.Listeners = append(slices.Clone(claim.Listeners), "TLS 443 "+webGroup+" "+otherGroup)
	secure := Listener{Protocol: "TLS", Port: 443, TargetGroups: []string{otherGroup, webGroup}}
	const inside = "internal, TCP 80 to web; admits tcp 80 from 10.0.0.0/24"
	const rulesHint = "the inbound rules of sg-1; declare the source if it is wanted"
	checkJudged(t, map[string]judged{
		"as declared":               {claim: claim, facts: with(), state: Holds, text: inside},
		"two listeners":             {claim: two, facts: with(listeners(secure, listening)), state: Holds, text: "internal, TCP 80 to web, TLS 443 to other and web; admits tcp 80 from 10.0.0.0/24"},
		"to any target group":       {claim: any, facts: with(), state: Holds, text: inside},
		"from a declared group":     {claim: claim, facts: with(rules(SecurityGroupRule{Protocol: "-1", Group: "sg-2"})), state: Holds, text: "internal, TCP 80 to web; admits everything from sg-2, tcp 80 from 10.0.0.0/24"},
		"from a declared list":      {claim: claim, facts: with(rules(SecurityGroupRule{Protocol: "tcp", FromPort: 1, ToPort: 90, PrefixList: "pl-2"})), state: Holds, text: "internal, TCP 80 to web; admits tcp 1-90 from pl-2, tcp 80 from 10.0.0.0/24"},
		"a port without a listener": {claim: claim, facts: with(rules(SecurityGroupRule{Protocol: "tcp", FromPort: 81, ToPort: 90, CIDR: allIPv4})), state: Holds, text: inside},
		"ping":                      {claim: claim, facts: with(rules(SecurityGroupRule{Protocol: "icmp", FromPort: 0, ToPort: 65535, CIDR: allIPv4})), state: Holds, text: inside},
		"everybody is declared":     {claim: claim, facts: with(everybody, balancer(func(b *Balancer) { b.Enforced = false })), state: Holds, text: inside},
		"nobody is admitted":        {claim: claim, facts: with(func(f *balancedFacts) { f.groups[0].Ingress = nil }), state: Holds, text: "internal, TCP 80 to web; admits nobody"},
		"internet-facing":           {claim: claim, facts: with(balancer(func(b *Balancer) { b.Scheme = "internet-facing" })), state: Refuted, text: "it is internet-facing: its addresses are public", hint: "the scheme of web"},
		"open by IPv6":              {claim: claim, facts: with(balancer(func(b *Balancer) { b.OpenIPv6 = true })), state: Refuted, text: "an internet gateway may lead to its IPv6 addresses", hint: "the attribute ipv6.deny_all_igw_traffic of web"},
		"a further listener":        {claim: claim, facts: with(listeners(listening, secure)), state: Refuted, text: "it listens on TLS 443 to other and web as well", hint: "the listeners of web; declare it if it is wanted"},
		"leads elsewhere":           {claim: claim, facts: with(listeners(Listener{Protocol: "TCP", Port: 80, TargetGroups: []string{otherGroup}})), state: Refuted, text: "it listens on TCP 80 to other, not on TCP 80 to web", hint: "the listeners of web"},
		"leads elsewhere too":       {claim: claim, facts: with(listeners(Listener{Protocol: "TCP", Port: 80, TargetGroups: []string{webGroup, otherGroup}})), state: Refuted, text: "it listens on TCP 80 to web and other, not on TCP 80 to web", hint: "the listeners of web"},
		"does something else":       {claim: any, facts: with(listeners(Listener{Protocol: "TCP", Port: 80, TargetGroups: []string{webGroup}, Others: []string{"redirect"}})), state: Refuted, text: "it listens on TCP 80 to web and redirect, not on TCP 80", hint: "the listeners of web"},
		"another protocol":          {claim: any, facts: with(listeners(Listener{Protocol: "TCP_UDP", Port: 80, TargetGroups: []string{webGroup}})), state: Refuted, text: "it listens on TCP_UDP 80 to web, not on TCP 80", hint: "the listeners of web"},
		"a listener is missing":     {claim: two, facts: with(), state: Holds, text: inside},
		"no listener":               {claim: claim, facts: with(listeners()), state: Unproven, text: "none of its listeners is known"},
		"no group":                  {claim: claim, facts: with(balancer(func(b *Balancer) { b.Groups = nil })), state: Refuted, text: "it has no security group, and admits everybody who has a way to it", hint: "the security groups of web, which can only be given at its creation"},
		"not enforced":              {claim: claim, facts: with(balancer(func(b *Balancer) { b.Enforced = false })), state: Refuted, text: "its inbound rules do not apply to PrivateLink traffic: every connected endpoint is admitted from any address", hint: "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic of web"},
		"from everywhere":           {claim: claim, facts: with(rules(from("0.0.0.0/0"))), state: Refuted, text: "sg-1 admits tcp 80 from 0.0.0.0/0", hint: rulesHint},
		"from a wider block":        {claim: claim, facts: with(rules(from("10.0.0.0/15"))), state: Refuted, text: "sg-1 admits tcp 80 from 10.0.0.0/15", hint: rulesHint},
		"from an undeclared group":  {claim: claim, facts: with(rules(SecurityGroupRule{Protocol: "-1", Group: "sg-3"})), state: Refuted, text: "sg-1 admits everything from sg-3", hint: rulesHint},
		"from an undeclared list":   {claim: claim, facts: with(rules(SecurityGroupRule{Protocol: "-1", PrefixList: "pl-3"})), state: Refuted, text: "sg-1 admits everything from pl-3", hint: rulesHint},
		"from an unknown source":    {claim: claim, facts: with(rules(SecurityGroupRule{Protocol: "-1"})), state: Refuted, text: "sg-1 admits everything from an unknown source", hint: rulesHint},
		"by IPv6 from everywhere":   {claim: claim, facts: with(everybody, rules(from("::/0"))), state: Refuted, text: "sg-1 admits tcp 80 from ::/0", hint: rulesHint},
		"nothing is known":          {claim: claim, state: Unproven, text: "the load balancer is unknown"},
	})
}

// TestBalancerIsWhole: half a description of a load balancer is none.
func TestBalancerIsWhole(t *testing.T) {
	t.Parallel()
	for want, answer := range map[string]Balancer{
		`the answer was about "other"`:                   {ARN: "other", VPC: "vpc-1", Scheme: "internal"},
		"it was described without its scheme or VPC":     {ARN: testBalancer, VPC: "vpc-1"},
		"looking up the security groups sg-1: not found": {ARN: testBalancer, VPC: "vpc-1", Scheme: "internal", Groups: []string{"sg-1"}},
	} {
		lookups := Lookups{
			BalancerLookup.By(func(context.Context, string) (Balancer, error) { return answer, nil }),
			SecurityGroupsLookup.By(func(context.Context, []string) ([]SecurityGroup, error) {
				return found(nil, map[string][]SecurityGroup{}, "")
			}),
		}
		_, err := Gather(t.Context(), lookups, Claim{Kind: Balanced, Balancer: testBalancer})
		if got := errorText(err); got != want && got != "looking up the load balancer web: "+want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDeclaredListeners(t *testing.T) {
	t.Parallel()
	valid := validClaim(Balanced)
	for text, want := range map[string]string{
		ListenerText("TCP", 80, webGroup): "",
		ListenerText("TLS", 443):          "",
		"TCP 80 ${Token[TargetGroup.12]}": "",
		"HTTP 80":                         `claim C: Listeners: want one of TCP, TLS, UDP, TCP_UDP, QUIC, TCP_QUIC, a port and ARNs of target groups, got "HTTP 80"`,
		"TCP":                             `claim C: Listeners: want one of TCP, TLS, UDP, TCP_UDP, QUIC, TCP_QUIC, a port and ARNs of target groups, got "TCP"`,
		"TCP 0":                           `claim C: Listeners: want a port of 1 to 65535 after the protocol, got "TCP 0"`,
		"TCP http":                        `claim C: Listeners: want a port of 1 to 65535 after the protocol, got "TCP http"`,
		"TCP 80 web":                      `claim C: Listeners: want ARNs of target groups after the port, got "web"`,
	} {
		valid.Listeners = []string{text}
		if got := errorText(valid.Validate()); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestDeclaredSources(t *testing.T) {
	t.Parallel()
	valid := validClaim(Balanced)
	for text, want := range map[string]string{
		"10.0.0.0/16": "", "2001:db8::/56": "", "sg-1": "", "pl-1": "", "vpc-1": "", "${Token[Vpc.12]}": "",
		"10.0.0.1": `claim C: Sources: want CIDR blocks, or ids that begin with vpc-, sg- or pl-, got "10.0.0.1"`,
		"eni-1":    `claim C: Sources: want CIDR blocks, or ids that begin with vpc-, sg- or pl-, got "eni-1"`,
	} {
		valid.Sources = []string{text}
		if got := errorText(valid.Validate()); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
