package region

import (
	"fmt"
	"maps"
	"strings"
)

// Left is an error that names what exists in the Region and belongs to no stack;
// nil if there is nothing. After the last stack is deleted, this is what it left
// behind. What a template says is to be retained is no error.
func (r *Region) Left() error {
	owned := r.owned()
	var left []string
	add := func(what, id, vpcID string) {
		if !owned[id] && !owned[vpcID] {
			left = append(left, what+" "+id)
		}
	}
	for _, t := range r.inventory() {
		add(t.what, t.id, t.vpc)
	}
	if len(left) == 0 {
		return nil
	}
	return fmt.Errorf("left behind: %s", strings.Join(left, ", "))
}

// owned are the physical ids of the stacks' resources, of what they retained, and of what
// existed before them.
func (r *Region) owned() map[string]bool {
	out := map[string]bool{}
	for _, s := range r.Engine.Stacks() {
		for _, resource := range r.Engine.Resources(s.Name) {
			out[resource.PhysicalID] = true
		}
	}
	for _, kept := range r.Engine.AllRetained() {
		out[kept.PhysicalID] = true
	}
	maps.Copy(out, r.adopted)
	delete(out, "")
	return out
}

// item is an object of the Region. vpc is the id of its VPC; empty: none.
type item struct{ what, id, vpc string }

// inventory lists the objects that a new Region does not have.
func (r *Region) inventory() []item {
	var out []item
	n := r.Network
	for _, v := range n.VPCs().All() {
		out = append(out, item{"VPC", v.ID, ""})
	}
	for _, s := range n.Subnets().All() {
		out = append(out, item{"subnet", s.ID, s.VPC})
	}
	for _, t := range n.RouteTables().All() {
		out = append(out, item{"route table", t.ID, t.VPC})
	}
	for _, g := range n.InternetGateways().All() {
		out = append(out, item{"internet gateway", g.ID, ""})
	}
	for _, g := range n.EgressOnlyInternetGateways().All() {
		out = append(out, item{"egress-only internet gateway", g.ID, g.VPC})
	}
	for _, g := range n.VPNGateways().All() {
		out = append(out, item{"virtual private gateway", g.ID, ""})
	}
	for _, c := range n.VPNGateways().Connections() {
		out = append(out, item{"VPN connection", c.ID, ""})
	}
	for _, g := range n.TransitGateways().All() {
		out = append(out, item{"transit gateway", g.ID, ""})
	}
	for _, g := range n.NatGateways().All() {
		out = append(out, item{"NAT gateway", g.ID, ""})
	}
	for _, p := range n.Peerings().All() {
		out = append(out, item{"peering", p.ID, ""})
	}
	for _, g := range n.SecurityGroups().All() {
		out = append(out, item{"security group", g.ID, g.VPC})
	}
	for _, l := range n.NetworkACLs().All() {
		out = append(out, item{"network ACL", l.ID, l.VPC})
	}
	for _, l := range n.PrefixLists().All() {
		if l.MaxEntries > 0 { // AWS's own are there from the beginning
			out = append(out, item{"prefix list", l.ID, ""})
		}
	}
	for _, o := range n.DHCPOptions().All() {
		if o.ID != n.DHCPOptions().Default() {
			out = append(out, item{"DHCP options", o.ID, ""})
		}
	}
	for _, i := range n.Interfaces().All() {
		out = append(out, item{"network interface", i.ID, i.VPC})
	}
	for _, e := range r.PrivateLink.Endpoints() {
		out = append(out, item{"VPC endpoint", e.ID, e.VPC})
	}
	for _, s := range r.PrivateLink.EndpointServices() {
		out = append(out, item{"endpoint service", s.ID, ""})
	}
	for _, z := range r.Names.Zones() {
		out = append(out, item{"hosted zone", z.ID, ""})
	}
	for _, f := range r.Firewalls.All() {
		out = append(out, item{"firewall", f.ARN, f.VPC})
	}
	for _, e := range r.Names.Endpoints() {
		out = append(out, item{"resolver endpoint", e.ID, e.VPC})
	}
	for _, rule := range r.Names.Rules() {
		out = append(out, item{"resolver rule", rule.ID, ""})
	}
	for _, a := range r.Names.RuleAssociations() {
		out = append(out, item{"resolver rule association", a.ID, a.VPC})
	}
	for _, l := range r.Names.DomainLists() {
		out = append(out, item{"firewall domain list", l.ID, ""})
	}
	for _, g := range r.Names.RuleGroups() {
		out = append(out, item{"firewall rule group", g.ID, ""})
	}
	for _, f := range r.Names.Firewalls() {
		out = append(out, item{"firewall rule group association", f.ID, f.VPC})
	}
	for _, p := range r.Names.Profiles() {
		out = append(out, item{"profile", p.ID, ""})
	}
	for _, a := range r.Names.ProfileAssociations() {
		out = append(out, item{"profile association", a.ID, a.VPC})
	}
	for _, b := range r.LoadBalancing.LoadBalancers() {
		out = append(out, item{"load balancer", b.ID, b.VPC})
	}
	for _, g := range r.LoadBalancing.TargetGroups() {
		out = append(out, item{"target group", g.ID, g.VPC})
	}
	for _, name := range r.Cloud.Roles.Names() {
		out = append(out, item{"role", name, ""})
	}
	for _, name := range r.Buckets.Buckets() {
		out = append(out, item{"bucket", name, ""})
	}
	for _, name := range r.Functions.Names() {
		out = append(out, item{"function", name, ""})
	}
	for what, ids := range map[string][]string{
		"alarm": r.alarmNames(), "dashboard": r.Metrics.Dashboards(), "rule": r.Bus.Rules(), "schedule": r.Schedules.Names(),
		"parameter": r.Parameters.Names(), "topic": r.Topics.ARNs(),
	} {
		for _, id := range ids {
			out = append(out, item{what, id, ""})
		}
	}
	for what, ids := range r.resources.Left() {
		for _, id := range ids {
			out = append(out, item{what, id, ""})
		}
	}
	return out
}
