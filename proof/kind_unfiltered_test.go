package proof

import (
	"context"
	"errors"
	"net/netip"
	"testing"
)

// everyoneOut is the egress rule of a new security group.
var everyoneOut = []SecurityGroupRule{{Protocol: allProtocols, ToPort: 65535, CIDR: everywhere}}

// openEntries are those of a network ACL as AWS makes it, closed ones those of one
// without entries.
func openEntries(more ...NetworkACLEntry) []NetworkACLEntry {
	return append(closedEntries(more...),
		NetworkACLEntry{Number: 100, Allow: true, Protocol: allProtocols, CIDR: everywhere},
		NetworkACLEntry{Number: 100, Egress: true, Allow: true, Protocol: allProtocols, CIDR: everywhere},
	)
}

func closedEntries(more ...NetworkACLEntry) []NetworkACLEntry {
	return append(more,
		NetworkACLEntry{Number: lastEntry, Protocol: allProtocols, CIDR: everywhere},
		NetworkACLEntry{Number: lastEntry, Egress: true, Protocol: allProtocols, CIDR: everywhere},
	)
}

var unfilteredSubnets = SubnetsLookup.By(func(_ context.Context, ids []string) ([]Subnet, error) {
	return []Subnet{{ID: ids[0], VPC: "vpc-1", Blocks: prefixes("10.0.1.0/24")}}, nil
})

var unfilteredLookups = Lookups{
	SecurityGroupsLookup.By(func(_ context.Context, ids []string) ([]SecurityGroup, error) {
		return []SecurityGroup{{ID: ids[0], VPC: "vpc-1", Egress: everyoneOut}}, nil
	}),
	NetworkACLsLookup.By(func(_ context.Context, vpc string) ([]NetworkACL, error) {
		if vpc != "vpc-1" {
			return nil, errors.New("another VPC")
		}
		return []NetworkACL{{ID: "acl-1", Subnets: []string{"subnet-1"}, Entries: openEntries()}}, nil
	}),
	unfilteredSubnets,
}

var _ = exampleOf(Unfiltered, example{
	valid:    Claim{From: "private", Subnets: []string{"subnet-1"}, Group: "sg-1"},
	fields:   "From! Subnets! Group! NetworkACLs",
	gathered: []Claim{{From: "private", Subnets: []string{"subnet-1"}, Group: "sg-1"}},
	lookups:  unfilteredLookups,
})

func TestJudgeUnfiltered(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Unfiltered, From: "private", Subnets: []string{"subnet-1", "subnet-2"}, Group: "sg-1"}
	declared := claim
	declared.NetworkACLs = []string{"acl-2"}
	const groupHint, aclHint = "the outbound rules of sg-1", "the entries of acl-2"
	facts := func(egress []SecurityGroupRule, second []NetworkACLEntry) Facts {
		return Facts{unfilteredFacts{
			group: SecurityGroup{ID: "sg-1", VPC: "vpc-1", Egress: egress},
			acls: []NetworkACL{
				{ID: "acl-1", Subnets: []string{"subnet-1", "subnet-9"}, Entries: openEntries()},
				{ID: "acl-2", Subnets: []string{"subnet-2"}, Entries: second},
				{ID: "acl-3", Subnets: []string{"subnet-3"}, Entries: closedEntries()},
			},
		}}
	}
	// elsewhere adds a network ACL of another subnet to the facts.
	elsewhere := func(entries []NetworkACLEntry, of ...string) Facts {
		all := facts(everyoneOut, openEntries())
		f := all.known.(unfilteredFacts)
		f.subnets = []Subnet{{ID: "subnet-1", Blocks: prefixes("10.0.1.0/24", "2001:db8::/64")}, {ID: "subnet-2", Blocks: prefixes("10.0.2.0/24")}}
		f.acls = append(f.acls, NetworkACL{ID: "acl-4", Subnets: of, Entries: entries})
		return Facts{f}
	}
	elsewhereDeclared := claim
	elsewhereDeclared.NetworkACLs = []string{"acl-4"}
	rule := func(protocol string, port int, cidr string) SecurityGroupRule {
		return SecurityGroupRule{Protocol: protocol, FromPort: port, ToPort: port, CIDR: netip.MustParsePrefix(cidr)}
	}
	deny := func(number int, egress bool, cidr string) NetworkACLEntry {
		return NetworkACLEntry{Number: number, Egress: egress, Protocol: allProtocols, CIDR: netip.MustParsePrefix(cidr)}
	}
	let := func(number int, egress bool, cidr string) NetworkACLEntry {
		entry := deny(number, egress, cidr)
		entry.Allow = true
		return entry
	}
	https := NetworkACLEntry{Number: 10, Allow: true, Egress: true, Protocol: "6", FromPort: 443, ToPort: 443, CIDR: everywhere}
	onlyEndpoint := NetworkACLEntry{Number: 20, Egress: true, Protocol: "6", FromPort: 0, ToPort: 65535, CIDR: everywhere}
	checkJudged(t, map[string]judged{
		"open":    {claim: claim, facts: facts(everyoneOut, openEntries()), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"unknown": {claim: claim, state: Unproven, text: "the rules of sg-1 are unknown"},

		"no egress":          {claim: claim, facts: facts(nil, openEntries()), state: Refuted, text: "sg-1 lets nothing out", hint: groupHint},
		"the endpoint only":  {claim: claim, facts: facts([]SecurityGroupRule{{Protocol: "tcp", FromPort: 443, ToPort: 443, Group: "sg-9"}}, openEntries()), state: Refuted, text: "sg-1 lets out only tcp 443 to sg-9", hint: groupHint},
		"a list only":        {claim: claim, facts: facts([]SecurityGroupRule{{Protocol: allProtocols, PrefixList: "pl-1"}}, openEntries()), state: Refuted, text: "sg-1 lets out only everything to pl-1", hint: groupHint},
		"one protocol":       {claim: claim, facts: facts([]SecurityGroupRule{{Protocol: "tcp", ToPort: 65535, CIDR: everywhere}}, openEntries()), state: Refuted, text: "sg-1 lets out only tcp 0-65535 to 0.0.0.0/0", hint: groupHint},
		"IPv6 alone":         {claim: claim, facts: facts([]SecurityGroupRule{rule(allProtocols, 0, "::/0")}, openEntries()), state: Refuted, text: "sg-1 lets out only everything to ::/0", hint: groupHint},
		"one half":           {claim: claim, facts: facts([]SecurityGroupRule{rule(allProtocols, 0, "0.0.0.0/1")}, openEntries()), state: Refuted, text: "sg-1 lets out only everything to 0.0.0.0/1", hint: groupHint},
		"both halves":        {claim: claim, facts: facts([]SecurityGroupRule{rule(allProtocols, 0, "0.0.0.0/1"), rule(allProtocols, 0, "128.0.0.0/1")}, openEntries()), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"more than needed":   {claim: claim, facts: facts(append([]SecurityGroupRule{rule("tcp", 443, "10.0.0.0/16")}, everyoneOut...), openEntries()), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"all but one answer": {claim: claim, facts: facts(everyoneOut, openEntries(deny(99, false, "1.2.3.4/32"))), state: Refuted, text: "of acl-2, the network ACL of subnet-2, entry 99 denies everything from 1.2.3.4/32", hint: aclHint},

		"one destination":                  {claim: claim, facts: facts(everyoneOut, openEntries(deny(99, true, "1.2.3.4/32"))), state: Refuted, text: "of acl-2, the network ACL of subnet-2, entry 99 denies everything to 1.2.3.4/32", hint: aclHint},
		"denied too late":                  {claim: claim, facts: facts(everyoneOut, openEntries(deny(101, true, "1.2.3.4/32"))), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"denied IPv6":                      {claim: claim, facts: facts(everyoneOut, openEntries(deny(1, true, "::/0"))), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"allowed before denied":            {claim: claim, facts: facts(everyoneOut, openEntries(deny(2, true, "10.0.0.0/24"), let(1, true, "10.0.0.0/16"))), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"nothing allowed":                  {claim: claim, facts: facts(everyoneOut, closedEntries()), state: Refuted, text: "of acl-2, the network ACL of subnet-2, nothing allows everything to 0.0.0.0/0", hint: aclHint},
		"no answers":                       {claim: claim, facts: facts(everyoneOut, closedEntries(let(1, true, "0.0.0.0/0"))), state: Refuted, text: "of acl-2, the network ACL of subnet-2, nothing allows everything from 0.0.0.0/0", hint: aclHint},
		"one port":                         {claim: claim, facts: facts(everyoneOut, closedEntries(https, let(1, false, "0.0.0.0/0"))), state: Refuted, text: "of acl-2, the network ACL of subnet-2, nothing allows everything to 0.0.0.0/0", hint: aclHint},
		"all but one port":                 {claim: claim, facts: facts(everyoneOut, openEntries(https, onlyEndpoint)), state: Refuted, text: "of acl-2, the network ACL of subnet-2, entry 20 denies tcp 0-65535 to 0.0.0.0/0", hint: aclHint},
		"in halves":                        {claim: claim, facts: facts(everyoneOut, closedEntries(let(1, true, "0.0.0.0/1"), let(2, true, "128.0.0.0/1"), let(1, false, "0.0.0.0/0"))), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"declared":                         {claim: declared, facts: facts(everyoneOut, closedEntries()), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"one address, elsewhere":           {claim: claim, facts: elsewhere(openEntries(deny(7, false, "10.0.1.4/32")), "subnet-4"), state: Refuted, text: "acl-4 tells addresses of one subnet apart: entry 7 denies everything from 10.0.1.4/32", hint: "the entries of acl-4"},
		"one half, elsewhere":              {claim: claim, facts: elsewhere(closedEntries(let(7, true, "10.0.2.0/25")), "subnet-4"), state: Refuted, text: "acl-4 tells addresses of one subnet apart: entry 7 allows everything to 10.0.2.0/25", hint: "the entries of acl-4"},
		"one address, elsewhere, declared": {claim: elsewhereDeclared, facts: elsewhere(openEntries(deny(7, false, "10.0.1.4/32")), "subnet-4"), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"one address, in use nowhere":      {claim: claim, facts: elsewhere(openEntries(deny(7, false, "10.0.1.4/32"))), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"one address, too late":            {claim: claim, facts: elsewhere(openEntries(deny(101, false, "10.0.1.4/32")), "subnet-4"), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"the whole subnet, elsewhere":      {claim: claim, facts: elsewhere(openEntries(deny(7, false, "10.0.1.0/24")), "subnet-4"), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"others, elsewhere":                {claim: claim, facts: elsewhere(openEntries(deny(7, false, "10.0.9.4/32")), "subnet-4"), state: Holds, text: "sg-1, acl-1 and acl-2"},
		"of no subnet": {
			claim: Claim{Kind: Unfiltered, From: "private", Subnets: []string{"subnet-4"}, Group: "sg-1"}, facts: facts(everyoneOut, openEntries()),
			state: Unproven, text: "which network ACL holds for subnet-4 is unknown",
		},
	})
}

// TestGatherUnfiltered: an answer about nothing is none.
func TestGatherUnfiltered(t *testing.T) {
	t.Parallel()
	claim := validClaim(Unfiltered)
	groups := func(found ...SecurityGroup) Answer {
		return SecurityGroupsLookup.By(func(context.Context, []string) ([]SecurityGroup, error) { return found, nil })
	}
	acls := func(found ...NetworkACL) Answer {
		return NetworkACLsLookup.By(func(context.Context, string) ([]NetworkACL, error) { return found, nil })
	}
	whole := SecurityGroup{ID: "sg-1", VPC: "vpc-1"}
	for want, lookups := range map[string]Lookups{
		"looking up the network ACLs of the VPC : the security group was described without its VPC":     {groups(SecurityGroup{ID: "sg-1"}), acls()},
		"looking up the network ACLs of the VPC vpc-1: none was described":                              {groups(whole), acls()},
		`looking up the network ACLs of the VPC vpc-1: "acl-1" was described without its id or entries`: {groups(whole), acls(NetworkACL{ID: "acl-1"})},
		`looking up the network ACLs of the VPC vpc-1: "" was described without its id or entries`:      {groups(whole), acls(NetworkACL{Entries: openEntries()})},
		"looking up the network ACLs of the VPC vpc-1: nothing answers the look-up network ACLs":        {groups(whole)},
		"looking up the security groups sg-1: nothing answers the look-up security groups":              {acls()},
	} {
		if _, err := Gather(t.Context(), lookups, claim); errorText(err) != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestCover(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		whole  string
		blocks []string
		want   bool
	}{
		{"10.0.0.0/8", nil, false},
		{"10.0.0.0/8", []string{"10.0.0.0/8"}, true},
		{"10.0.0.0/8", []string{"0.0.0.0/0"}, true},
		{"10.0.0.0/30", []string{"10.0.0.0/32", "10.0.0.1/32", "10.0.0.2/31"}, true},
		{"10.0.0.0/30", []string{"10.0.0.0/32", "10.0.0.2/31"}, false},
		{"10.0.0.0/32", []string{"10.0.0.0/32"}, true},
		{"10.0.0.0/32", []string{"10.0.0.1/32"}, false},
		{"::/0", []string{"::/1", "8000::/1"}, true},
		{"::/0", []string{"0.0.0.0/0"}, false},
	} {
		if got := cover(prefixes(test.blocks...), netip.MustParsePrefix(test.whole)); got != test.want {
			t.Errorf("%v cover %s: got %t", test.blocks, test.whole, got)
		}
	}
}
