package proof

import "testing"

var _ = exampleOf(Unredirected, example{
	valid:    Claim{Subnets: []string{"subnet-1"}},
	fields:   "Zones Subnets!",
	gathered: []Claim{{Subnets: []string{"subnet-1"}}},
})

func TestJudgeUnredirected(t *testing.T) {
	t.Parallel()
	as := Claim{Kind: Unredirected, Subnets: []string{"subnet-1"}}
	but := func(zones ...string) Claim {
		return Claim{Kind: Unredirected, Subnets: []string{"subnet-1"}, Zones: zones}
	}
	in := func(change func(*vpcNames)) Facts {
		names := vpcNames{
			id: "vpc-1", servers: []string{"AmazonProvidedDNS"}, rules: []DNSAssociation{{"rslvr-autodefined-rr-internet-resolver", "System Rule Association"}},
			zones: []HostedZone{{ID: "Z0", Name: "sts.r.amazonaws.com.", Service: "vpce.amazonaws.com"}},
		}
		change(&names)
		return Facts{unredirectedFacts{[]vpcNames{names}}}
	}
	server := in(func(v *vpcNames) { v.servers = append(v.servers, "10.0.0.9") })
	zone := in(func(v *vpcNames) { v.zones = append(v.zones, HostedZone{ID: "Z1", Name: "s3.r.amazonaws.com."}) })
	efs := in(func(v *vpcNames) { v.zones = []HostedZone{{ID: "Z1", Name: "efs.", Service: "efs.amazonaws.com"}} })
	rule := in(func(v *vpcNames) { v.rules = append(v.rules, DNSAssociation{"rslvr-rr-1", "to us"}) })
	firewall := in(func(v *vpcNames) { v.firewalls = []DNSAssociation{{ID: "rslvr-frg-1"}} })
	profile := in(func(v *vpcNames) { v.profiles = []DNSAssociation{{"rp-1", "all"}} })
	const zoneText = "vpc-1 is associated with the private hosted zone Z1 (s3.r.amazonaws.com.)"
	const zoneHint = "the records of Z1; declare it if it is wanted"
	checkJudged(t, map[string]judged{
		"as AWS does":         {claim: as, facts: in(func(*vpcNames) {}), state: Holds, text: "vpc-1: AmazonProvidedDNS, sts.r.amazonaws.com"},
		"no options":          {claim: as, facts: in(func(v *vpcNames) { v.servers, v.zones = nil, nil }), state: Holds, text: "vpc-1"},
		"by its addresses":    {claim: as, facts: in(func(v *vpcNames) { v.servers, v.zones = []string{"169.254.169.253", "fd00:ec2::253"}, nil }), state: Holds, text: "vpc-1: 169.254.169.253, fd00:ec2::253"},
		"another server":      {claim: as, facts: server, state: Refuted, text: "the DHCP options of vpc-1 name the DNS server 10.0.0.9", hint: "the DHCP options of vpc-1"},
		"a declared server":   {claim: but("10.0.0.9"), facts: server, state: Holds, text: "vpc-1: AmazonProvidedDNS, 10.0.0.9, sts.r.amazonaws.com"},
		"a zone":              {claim: as, facts: zone, state: Refuted, text: zoneText, hint: zoneHint},
		"another is declared": {claim: but("Z2", "r.amazonaws.com", ""), facts: zone, state: Refuted, text: zoneText, hint: zoneHint},
		"a zone by its id":    {claim: but("Z1"), facts: zone, state: Holds, text: "vpc-1: AmazonProvidedDNS, sts.r.amazonaws.com, s3.r.amazonaws.com"},
		"a zone by its name":  {claim: but("S3.r.amazonaws.com"), facts: zone, state: Holds, text: "vpc-1: AmazonProvidedDNS, sts.r.amazonaws.com, s3.r.amazonaws.com"},
		"a service's zone":    {claim: as, facts: efs, state: Refuted, text: "vpc-1 is associated with the private hosted zone Z1 (efs.)", hint: zoneHint},
		"a rule":              {claim: as, facts: rule, state: Refuted, text: "vpc-1 is associated with the resolver rule rslvr-rr-1 (to us)", hint: "what rslvr-rr-1 does to names; declare it if it is wanted"},
		"a declared rule":     {claim: but("rslvr-rr-1"), facts: rule, state: Holds, text: "vpc-1: AmazonProvidedDNS, sts.r.amazonaws.com"},
		"a firewall":          {claim: as, facts: firewall, state: Refuted, text: "vpc-1 is associated with the DNS Firewall rule group rslvr-frg-1", hint: "what rslvr-frg-1 does to names; declare it if it is wanted"},
		"a profile":           {claim: as, facts: profile, state: Refuted, text: "vpc-1 is associated with the Route 53 profile rp-1 (all)", hint: "what rp-1 does to names; declare it if it is wanted"},
		"nothing is known":    {claim: as, facts: Facts{unredirectedFacts{}}, state: Unproven, text: "what decides about names in the VPC is unknown"},
	})
}
