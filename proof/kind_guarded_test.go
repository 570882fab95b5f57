package proof

import (
	"testing"
)

var _ = exampleOf(Guarded, example{
	valid:  Claim{Endpoint: "vpce-1", Port: 443},
	fields: "Endpoint! Port Sources",
	gathered: []Claim{
		{Endpoint: "vpce-1"},
		{Endpoint: "vpce-1", Sources: []string{"vpc-1"}},
	},
})

func TestJudgeGuarded(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Guarded, Endpoint: "vpce-1"}
	from := func(cidr string) SecurityGroupRule {
		return SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDR: prefixes(cidr)[0]}
	}
	facts := func(rules ...SecurityGroupRule) guardedFacts {
		return guardedFacts{
			endpoint: testEndpoint, vpc: prefixes("10.0.0.0/16", "2001:db8:1::/56"),
			groups:     []SecurityGroup{{ID: "sg-1", VPC: "vpc-1", Ingress: rules}},
			referenced: []SecurityGroup{{ID: "sg-2", VPC: "vpc-1"}, {ID: "sg-9", VPC: "vpc-9"}},
		}
	}
	with := func(rules ...SecurityGroupRule) Facts { return Facts{facts(rules...)} }
	group := func(id string) SecurityGroupRule {
		return SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443, Group: id}
	}
	two := facts(from("10.0.0.0/24"))
	two.groups = append(two.groups, SecurityGroup{ID: "sg-3", Ingress: []SecurityGroupRule{from("0.0.0.0/0")}})
	peered := facts(from("10.1.0.0/16"), from("10.0.0.0/24"))
	peered.sources = sources{blocks: prefixes("10.1.0.0/16")}
	beyond := facts(from("10.1.0.0/15"))
	beyond.sources = peered.sources
	listed := facts(SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443, PrefixList: "pl-1"}, group("sg-9"))
	listed.sources = sources{ids: []string{"pl-1", "sg-9"}}
	noVPC := facts(group("sg-2"))
	noVPC.endpoint.VPC = ""
	noVPC.referenced[0].VPC = ""
	other := claim
	other.Port = 8443
	const hint = "the inbound rules of sg-1"
	checkJudged(t, map[string]judged{
		"from the VPC":            {claim: claim, facts: with(from("10.0.0.0/16")), state: Holds, text: "sg-1: tcp 443 from 10.0.0.0/16"},
		"from two subnets":        {claim: claim, facts: with(from("10.0.0.0/24"), from("10.0.1.0/24")), state: Holds, text: "sg-1: tcp 443 from 10.0.0.0/24, sg-1: tcp 443 from 10.0.1.0/24"},
		"by IPv6":                 {claim: claim, facts: with(from("2001:db8:1:ab::/64")), state: Holds, text: "sg-1: tcp 443 from 2001:db8:1:ab::/64"},
		"from a group inside":     {claim: claim, facts: with(group("sg-2")), state: Holds, text: "sg-1: tcp 443 from sg-2"},
		"on another port":         {claim: other, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 8443, ToPort: 8443, CIDR: prefixes("10.0.0.0/16")[0]}), state: Holds, text: "sg-1: tcp 8443 from 10.0.0.0/16"},
		"from everywhere":         {claim: claim, facts: with(from("0.0.0.0/0")), state: Refuted, text: "sg-1 admits tcp 443 from 0.0.0.0/0, which is not inside the VPC", hint: hint},
		"from everywhere, v6":     {claim: claim, facts: with(from("::/0")), state: Refuted, text: "sg-1 admits tcp 443 from ::/0, which is not inside the VPC", hint: hint},
		"from a wider block":      {claim: claim, facts: with(from("10.0.0.0/15")), state: Refuted, text: "sg-1 admits tcp 443 from 10.0.0.0/15, which is not inside the VPC", hint: hint},
		"from RFC 1918":           {claim: claim, facts: with(from("10.1.0.0/16")), state: Refuted, text: "sg-1 admits tcp 443 from 10.1.0.0/16, which is not inside the VPC", hint: hint},
		"from a peer's group":     {claim: claim, facts: with(group("sg-9")), state: Refuted, text: "sg-1 admits tcp 443 from sg-9, which is not inside the VPC", hint: hint},
		"from an unknown group":   {claim: claim, facts: with(group("sg-8")), state: Refuted, text: "sg-1 admits tcp 443 from sg-8, which is not inside the VPC", hint: hint},
		"from a declared block":   {claim: claim, facts: Facts{peered}, state: Holds, text: "sg-1: tcp 443 from 10.1.0.0/16, sg-1: tcp 443 from 10.0.0.0/24"},
		"from more than declared": {claim: claim, facts: Facts{beyond}, state: Refuted, text: "sg-1 admits tcp 443 from 10.1.0.0/15, which is not inside the VPC", hint: hint},
		"from declared ids":       {claim: claim, facts: Facts{listed}, state: Holds, text: "sg-1: tcp 443 from pl-1, sg-1: tcp 443 from sg-9"},
		"in an unknown VPC":       {claim: claim, facts: Facts{noVPC}, state: Refuted, text: "sg-1 admits tcp 443 from sg-2, which is not inside the VPC", hint: hint},
		"from a prefix list":      {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443, PrefixList: "pl-1"}), state: Refuted, text: "sg-1 admits tcp 443 from pl-1, which is not inside the VPC", hint: hint},
		"from nowhere known":      {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443}), state: Refuted, text: "sg-1 admits tcp 443 from an unknown source, which is not inside the VPC", hint: hint},
		"the wrong port":          {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits tcp 80 from 10.0.0.0/16", hint: hint},
		"more ports below":        {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 442, ToPort: 443, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits tcp 442-443 from 10.0.0.0/16", hint: hint},
		"more ports above":        {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 444, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits tcp 443-444 from 10.0.0.0/16", hint: hint},
		"UDP":                     {claim: claim, facts: with(SecurityGroupRule{Protocol: "udp", FromPort: 443, ToPort: 443, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits udp 443 from 10.0.0.0/16", hint: hint},
		"everything":              {claim: claim, facts: with(SecurityGroupRule{Protocol: "-1", FromPort: -1, ToPort: -1, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits everything from 10.0.0.0/16", hint: hint},
		"everything on 443":       {claim: claim, facts: with(SecurityGroupRule{Protocol: "-1", FromPort: 443, ToPort: 443, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits everything from 10.0.0.0/16", hint: hint},
		"the second rule":         {claim: claim, facts: with(from("10.0.0.0/24"), from("0.0.0.0/0")), state: Refuted, text: "sg-1 admits tcp 443 from 0.0.0.0/0, which is not inside the VPC", hint: hint},
		"the second group":        {claim: claim, facts: Facts{two}, state: Refuted, text: "sg-3 admits tcp 443 from 0.0.0.0/0, which is not inside the VPC", hint: "the inbound rules of sg-3"},
		"nothing is admitted":     {claim: claim, facts: with(), state: Refuted, text: "it admits nothing at all", hint: "the security groups of vpce-1"},
		"no group at all":         {claim: claim, facts: Facts{guardedFacts{endpoint: testEndpoint}}, state: Refuted, text: "it admits nothing at all", hint: "the security groups of vpce-1"},
	})
}
