package topology

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/vpc"
)

// vpc adds a VPC with what is in it.
func (b *builder) vpc(v vpc.VPC) {
	out := picture.VPC{ID: v.ID, Name: b.named(v.ID, ""), URL: b.link(v.ID)}
	for i, c := range v.CIDRs {
		if i > 0 {
			out.Text += ", "
		}
		out.Text += c.String()
	}
	for _, c := range v.IPv6CIDRs {
		out.Text += ", " + c.String()
	}
	var subnets []vpc.Subnet
	for _, s := range b.subnets {
		if s.VPC == v.ID {
			subnets = append(subnets, s)
			if !slices.Contains(out.Zones, s.Zone) {
				out.Zones = append(out.Zones, s.Zone)
			}
		}
	}
	slices.Sort(out.Zones)
	slices.SortFunc(subnets, func(a, c vpc.Subnet) int { return a.CIDR.Addr().Compare(c.CIDR.Addr()) })
	for _, s := range subnets {
		out.Subnets = append(out.Subnets, b.placed(s))
	}
	out.Edge = b.edge(v)
	b.model.VPCs = append(b.model.VPCs, out)
}

// number is what ends the name of a subnet that there is one of in each zone.
var number = regexp.MustCompile(`(?i)[-_ ]?([0-9]+|[a-z]{2}(-[a-z]+)+-[0-9][a-z]|[-_][a-z]|[a-z]?az[0-9a-z]?)$`)

func (b *builder) placed(s vpc.Subnet) picture.Subnet {
	name := last(b.named(s.ID, ""))
	table := b.tableOf(s)
	out := picture.Subnet{
		ID: s.ID, Name: name, Zone: s.Zone, Text: s.CIDR.String(), URL: b.link(s.ID), Tier: b.tier(table),
		Row: number.ReplaceAllString(name, ""), Table: b.table(table),
	}
	if s.IPv6CIDR.IsValid() {
		out.Text += ", " + s.IPv6CIDR.String()
	}
	if acl, ok := b.aclOf(s); ok && !acl.Default {
		out.Text += ", network ACL " + last(b.named(acl.ID, ""))
	}
	for _, i := range b.interfaces {
		if i.Subnet == s.ID {
			out.Things = append(out.Things, b.inside(i))
		}
	}
	order := []picture.Kind{picture.Prober, picture.Instance, picture.Function, picture.Endpoint, picture.Balancer, picture.NAT}
	slices.SortStableFunc(out.Things, func(a, c picture.Thing) int {
		if x, y := slices.Index(order, a.Kind), slices.Index(order, c.Kind); x != y {
			if x < 0 || y >= 0 && y < x {
				return 1
			}
			return -1
		}
		return strings.Compare(a.Name+a.Text, c.Name+c.Text)
	})
	return out
}

// tier says how a route table connects its subnets. A route to an endpoint from a prefix list is
// a gateway endpoint's; other ones lead through a firewall or a Gateway Load Balancer.
func (b *builder) tier(t vpc.RouteTable) picture.Tier {
	tier := picture.Isolated
	for _, r := range t.Routes {
		switch {
		case !r.Active || r.Target == "local" || strings.HasPrefix(r.Target, "vpce-") && strings.HasPrefix(r.Destination, "pl-"):
		case strings.HasPrefix(r.Target, "igw-"):
			return picture.Public
		default:
			tier = picture.Private
		}
	}
	return tier
}

// table is a route table. Every table has the local routes of the VPC's blocks.
func (b *builder) table(t vpc.RouteTable) picture.Table {
	name := last(b.named(t.ID, ""))
	if t.Main && b.byID[t.ID] == "" {
		name = "the VPC, the main ones"
	}
	out := picture.Table{ID: t.ID, Name: name, URL: b.link(t.ID)}
	for _, r := range t.Routes {
		out.Routes = append(out.Routes, picture.Route{Key: r.Destination, Destination: b.destination(r.Destination), Target: b.target(r.Target), Dead: !r.Active})
	}
	return out
}

// destination is that of a route: a prefix list by its name.
func (b *builder) destination(d string) string {
	if l, ok := find(b.lists, func(l vpc.PrefixList) bool { return l.ID == d }); ok {
		if service, ok := b.shortService(l.Name); ok {
			return "prefix list " + service
		}
		return "prefix list " + l.Name
	}
	return d
}

// target is that of a route.
func (b *builder) target(id string) string {
	kind, _, _ := strings.Cut(id, "-")
	if e, ok := b.endpoint(id); ok {
		return "endpoint " + b.endpointName(e)
	}
	if i, ok := b.interfaceOf(id); ok {
		return b.inside(i).Name
	}
	words := map[string]string{
		"igw": "internet gateway", "eigw": "egress-only gateway", "nat": "NAT gateway", "pcx": "peering", "tgw": "transit gateway", "vgw": "VPN gateway",
	}[kind]
	if name := b.byID[id]; name != "" && words == "" {
		return last(name)
	}
	if words == "" {
		return id
	}
	if several := b.count(kind) > 1; several {
		return words + " " + last(b.named(id, ""))
	}
	return words
}

// count is how many gateways of a kind there are.
func (b *builder) count(kind string) int {
	return map[string]int{"nat": len(b.nats), "pcx": len(b.peerings), "tgw": len(b.transits)}[kind]
}

// inside is an interface in a subnet, as the thing that it belongs to.
func (b *builder) inside(i vpc.Interface) picture.Thing {
	out := picture.Thing{ID: i.ID, Kind: picture.Interface, Name: last(b.named(i.ID, i.Description)), Text: i.PrivateAddr.String(), Groups: i.Groups, URL: b.link(i.ID)}
	if i.PublicAddr.IsValid() {
		out.Text += " " + i.PublicAddr.String()
	}
	o := b.ownerOf(i)
	if o.id != "" {
		out.Name = last(b.named(o.id, ""))
		out.URL = b.link(o.id)
	}
	switch o.kind {
	case ofInstance:
		out.Kind = picture.Instance
		if i.Device > 0 {
			out.Name += fmt.Sprintf(" (device %d)", i.Device)
		}
	case ofFunction:
		out.Kind = picture.Function
		if name, ok := b.vantage(o.id); ok {
			out.Kind, out.Name = picture.Prober, "Prober "+name
		}
	case ofEndpoint:
		e, _ := b.endpoint(o.id)
		out.Kind, out.Name = picture.Endpoint, b.endpointName(e)
	case ofBalancer:
		out.Kind = picture.Balancer
	case ofNAT:
		out.Kind = picture.NAT
	case ofConnect:
		out.Kind = picture.Connect
	case ofTransit:
		out.Kind, out.Name = picture.Gateway, "Transit gateway"
	}
	for _, g := range i.Groups {
		b.group(g)
	}
	return out
}

// admits says in short what a group admits.
func (b *builder) admits(g group) string {
	var out []string
	for _, r := range g.Ingress {
		from := ""
		switch {
		case r.Group == g.ID:
			from = "itself"
		case r.Group != "":
			from = b.groupName(r.Group)
		case r.PrefixList != "":
			from = b.destination(r.PrefixList)
		default:
			from = r.CIDR.String()
		}
		text := ports(r) + " from " + from
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if len(out) == 0 {
		return "admits nothing"
	}
	return strings.Join(out, ", ")
}

// ports is what a rule is about.
func ports(r vpc.Rule) string {
	name := map[string]string{"6": "tcp", "17": "udp", "1": "icmp"}[r.Protocol]
	if name == "" {
		name = r.Protocol
	}
	switch {
	case name == "-1":
		return "everything"
	case name != "tcp" && name != "udp":
		return strings.ToUpper(name)
	case r.FromPort == r.ToPort:
		return fmt.Sprintf("%s %d", strings.ToUpper(name), r.FromPort)
	case r.FromPort == 0 && r.ToPort == 65535:
		return strings.ToUpper(name)
	}
	return fmt.Sprintf("%s %d-%d", strings.ToUpper(name), r.FromPort, r.ToPort)
}
