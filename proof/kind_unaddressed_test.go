package proof

import "testing"

var _ = exampleOf(Unaddressed, example{
	valid:    Claim{Subnets: []string{"subnet-1"}},
	fields:   "Public Subnets!",
	gathered: []Claim{{Subnets: []string{"subnet-1"}}},
})

func TestJudgeUnaddressed(t *testing.T) {
	t.Parallel()
	without := Claim{Kind: Unaddressed, Subnets: []string{"subnet-1"}}
	but := func(ids ...string) Claim { return Claim{Kind: Unaddressed, Subnets: []string{"subnet-1"}, Public: ids} }
	in := func(interfaces ...NetworkInterface) Facts {
		return Facts{unaddressedFacts{[]string{"vpc-1"}, interfaces, []RouteTable{
			{ID: "rtb-0", VPC: "vpc-1", Main: true, Routes: []Route{localRoute, to("fd00::/56", "local"), to("0.0.0.0/0", "igw-1"), ownRoute}},
			{ID: "rtb-2", VPC: "vpc-1", Subnets: []string{"subnet-2"}, Routes: []Route{to("::/0", "igw-1")}},
		}}}
	}
	card := func(change func(*NetworkInterface)) NetworkInterface {
		i := NetworkInterface{ID: "eni-1", VPC: "vpc-1", Subnet: "subnet-1", Addresses: addrs("10.0.0.5")}
		change(&i)
		return i
	}
	private := card(func(*NetworkInterface) {})
	public := []PublicAddress{{addrs("52.1.2.3")[0], "eipalloc-1"}}
	host := card(func(i *NetworkInterface) { i.Instance, i.Public = "i-1", public })
	nat := card(func(i *NetworkInterface) { i.Description, i.Public = "Interface for NAT Gateway nat-1", public })
	balancer := card(func(i *NetworkInterface) { i.Description, i.Public = "ELB net/web/50dc6c495c0c9188", public })
	six := func(subnet, vpc, address string) NetworkInterface {
		return card(func(i *NetworkInterface) { i.Subnet, i.VPC, i.Addresses = subnet, vpc, addrs("10.0.0.5", address) })
	}
	const hint = "what gave it that address; declare it if it is wanted"
	const arn = "arn:aws:elasticloadbalancing:r:1:loadbalancer/net/web/50dc6c495c0c9188"
	checkJudged(t, map[string]judged{
		"none":                   {claim: without, facts: in(private, private), state: Holds, text: "none on 2 network interfaces"},
		"a host":                 {claim: without, facts: in(private, host), state: Refuted, text: "eni-1 of i-1 has the public address 52.1.2.3", hint: hint},
		"a NAT gateway":          {claim: without, facts: in(nat), state: Refuted, text: "eni-1 (Interface for NAT Gateway nat-1) has the public address 52.1.2.3", hint: hint},
		"nobody knows whose":     {claim: without, facts: in(card(func(i *NetworkInterface) { i.Public = public })), state: Refuted, text: "eni-1 has the public address 52.1.2.3", hint: hint},
		"another is declared":    {claim: but("i-2", "eni-2", "nat-2", "eipalloc-2", "", arn), facts: in(host), state: Refuted, text: "eni-1 of i-1 has the public address 52.1.2.3", hint: hint},
		"a declared host":        {claim: but("i-2", "i-1"), facts: in(private, host), state: Holds, text: "only 52.1.2.3"},
		"a declared interface":   {claim: but("eni-1"), facts: in(nat), state: Holds, text: "only 52.1.2.3"},
		"a declared NAT gateway": {claim: but("nat-1"), facts: in(nat), state: Holds, text: "only 52.1.2.3"},
		"a declared allocation":  {claim: but("eipalloc-1"), facts: in(host), state: Holds, text: "only 52.1.2.3"},
		"a declared balancer":    {claim: but(arn), facts: in(balancer), state: Holds, text: "only 52.1.2.3"},
		"another balancer":       {claim: but(arn + "0"), facts: in(balancer), state: Refuted, text: "eni-1 (ELB net/web/50dc6c495c0c9188) has the public address 52.1.2.3", hint: hint},
		"IPv6 with a way out":    {claim: without, facts: in(six("subnet-2", "vpc-1", "2600:1f18::5")), state: Refuted, text: "eni-1 has the public address 2600:1f18::5", hint: hint},
		"IPv6 without one":       {claim: without, facts: in(six("subnet-1", "vpc-1", "2600:1f18::5")), state: Holds, text: "none on 1 network interface"},
		"IPv6, table unknown":    {claim: without, facts: in(six("subnet-1", "vpc-2", "2600:1f18::5")), state: Refuted, text: "eni-1 has the public address 2600:1f18::5", hint: hint},
		"private IPv6":           {claim: without, facts: in(six("subnet-2", "vpc-1", "fd00::5")), state: Holds, text: "none on 1 network interface"},
		"link-local IPv6":        {claim: without, facts: in(six("subnet-2", "vpc-1", "fe80::5")), state: Holds, text: "none on 1 network interface"},
		"declared IPv6":          {claim: but("eni-1"), facts: in(six("subnet-2", "vpc-1", "2600:1f18::5")), state: Holds, text: "only 2600:1f18::5"},
		"nothing was described":  {claim: without, facts: in(), state: Unproven, text: "the network interfaces of the VPC are unknown"},
	})
}
