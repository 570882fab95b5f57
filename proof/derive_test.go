package proof

import (
	"net/netip"
	"testing"
)

// The way of a packet follows from the facts, up to where it is dropped or leaves the
// VPC; where the facts do not suffice nothing is said.
func TestDerive(t *testing.T) {
	t.Parallel()
	block := netip.MustParsePrefix
	everything := SecurityGroupRule{Protocol: "-1", CIDR: block("0.0.0.0/0")}
	https := func(from string) SecurityGroupRule {
		return SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDR: block(from)}
	}
	subnet := Subnet{ID: "subnet-1", VPC: "vpc-1", Blocks: []netip.Prefix{block("10.0.1.0/24")}}
	open := SecurityGroup{ID: "sg-1", Egress: []SecurityGroupRule{everything}}
	allowAll := []NetworkACLEntry{{Number: 100, Allow: true, Protocol: "-1", CIDR: block("0.0.0.0/0")}, {Number: 100, Egress: true, Allow: true, Protocol: "-1", CIDR: block("0.0.0.0/0")}}
	local := Route{Destination: "10.0.0.0/16", Target: "local", Active: true}
	s3 := PrefixList{ID: "pl-s3", Entries: []netip.Prefix{block("52.219.60.0/23")}}
	toEndpoint := Route{Destination: "pl-s3", Target: "vpce-1", Active: true}
	world := func(routes []Route, entries []NetworkACLEntry) *described {
		d := describedBy(nil)
		d.take([]Subnet{subnet}, []RouteTable{{ID: "rtb-1", VPC: "vpc-1", Routes: routes, Main: true}}, []SecurityGroup{open, {ID: "sg-e", Ingress: []SecurityGroupRule{https("10.0.0.0/16")}}},
			[]NetworkACL{{ID: "acl-1", Subnets: []string{"subnet-1", "subnet-2"}, Entries: entries}})
		d.lists["pl-s3"] = s3
		d.interfaces = []Interface{{ID: "eni-e", Subnet: "subnet-2", Address: netip.MustParseAddr("10.0.2.7")}}
		d.endpoints["vpce-i"] = Endpoint{ID: "vpce-i", Interfaces: []string{"eni-e"}, Groups: []string{"sg-e"}}
		return d
	}
	const start = "RECEIVED at subnet-1, ADMITTED by sg-1 (egress: all of 0.0.0.0/0), "
	const out, in = "ADMITTED by acl-1 (egress: entry 100 allows everything to 0.0.0.0/0)", "ADMITTED by acl-1 (ingress: entry 100 allows everything from 0.0.0.0/0)"
	tests := map[string]struct {
		d    *described
		by   SecurityGroup
		to   string
		want string // empty: not known
	}{
		"by a gateway endpoint": {world([]Route{local, toEndpoint}, allowAll), open, "52.219.60.1:443",
			start + "ROUTED by rtb-1 (pl-s3) to vpce-1, " + out + ", FORWARDED by vpce-1, " + in},
		"no route":     {world([]Route{local}, allowAll), open, "52.219.60.1:443", start + "DROPPED by rtb-1: no route"},
		"a black hole": {world([]Route{local, {Destination: "pl-s3", Target: "vpce-1"}}, allowAll), open, "52.219.60.1:443", start + "DROPPED by rtb-1 (pl-s3): black hole"},
		"no public address": {world([]Route{local, {Destination: "0.0.0.0/0", Target: "igw-1", Active: true}}, allowAll), open, "52.219.60.1:443",
			start + "ROUTED by rtb-1 (0.0.0.0/0) to igw-1, " + out + ", DROPPED by igw-1: no public address"},
		"a narrower block overrides the list": {world([]Route{local, toEndpoint, {Destination: "52.219.60.0/24", Target: "nat-1", Active: true}}, allowAll), open, "52.219.60.1:443",
			start + "ROUTED by rtb-1 (52.219.60.0/24) to nat-1, " + out + ", FORWARDED by nat-1, " + in},
		"an equal block overrides the list": {world([]Route{toEndpoint, {Destination: "52.219.60.0/23", Target: "nat-1", Active: true}}, allowAll), open, "52.219.60.1:443",
			start + "ROUTED by rtb-1 (52.219.60.0/23) to nat-1, " + out + ", FORWARDED by nat-1, " + in},
		"an interface endpoint": {world([]Route{local}, allowAll), open, "10.0.2.7:443",
			start + "ROUTED by rtb-1 (10.0.0.0/16) to local, " + out + ", " + in + ", ADMITTED by sg-e (ingress: tcp 443 of 10.0.0.0/16), FORWARDED by vpce-i"},
		"its group": {world([]Route{local}, allowAll), open, "10.0.2.7:80",
			start + "ROUTED by rtb-1 (10.0.0.0/16) to local, " + out + ", " + in + ", DROPPED by sg-e (ingress): no rule admits tcp 80 from subnet-1"},
		"no rule lets it out": {world([]Route{local}, allowAll), SecurityGroup{ID: "sg-1", Egress: []SecurityGroupRule{https("10.0.0.0/16")}}, "52.219.60.1:443",
			"RECEIVED at subnet-1, DROPPED by sg-1 (egress): no rule admits tcp 443 to 52.219.60.1"},
		"a network ACL denies it": {world([]Route{local, toEndpoint}, append([]NetworkACLEntry{{Number: 7, Egress: true, Protocol: "6", FromPort: 443, ToPort: 443, CIDR: block("52.0.0.0/8")}}, allowAll...)), open, "52.219.60.1:443",
			start + "ROUTED by rtb-1 (pl-s3) to vpce-1, DROPPED by acl-1 (egress: entry 7 denies tcp 443 to 52.0.0.0/8)"},
		"a network ACL lets no answer in": {world([]Route{local, toEndpoint}, allowAll[1:]), open, "52.219.60.1:443",
			start + "ROUTED by rtb-1 (pl-s3) to vpce-1, " + out + ", FORWARDED by vpce-1, DROPPED by acl-1 (ingress): no entry allows tcp 1024 from 52.219.60.1/32"},
		"answers on some ports":      {world([]Route{local, toEndpoint}, append([]NetworkACLEntry{{Number: 1, Protocol: "6", FromPort: 32768, ToPort: 61000, Allow: true, CIDR: block("0.0.0.0/0")}}, allowAll[1:]...)), open, "52.219.60.1:443", ""},
		"a list that is not known":   {world([]Route{local, {Destination: "pl-x", Target: "vpce-1", Active: true}}, allowAll), open, "52.219.60.1:443", ""},
		"an address of nobody known": {world([]Route{local}, allowAll), open, "10.0.2.8:443", ""},
		"a group as the other side":  {world([]Route{local}, allowAll), SecurityGroup{ID: "sg-1", Egress: []SecurityGroupRule{{Protocol: "-1", Group: "sg-2"}}}, "10.0.2.7:443", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			way := test.d.derive(subnet, test.by, netip.MustParseAddrPort(test.to))
			got := way.String()
			if !way.known {
				got = ""
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
