package region

import (
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

// everywhere is what default routes lead to.
const everywhere = "0.0.0.0/0"

// Adopt makes a VPC that exists before the stacks: its subnets with their route tables, an
// internet gateway for the public ones, a NAT gateway in a public subnet for the private
// ones, and its security groups, which let everything out. It belongs to no stack and is not
// left behind. A VPC that is there already stays as it is.
func (r *Region) Adopt(v cfn.ExistingVPC) error {
	if _, err := r.Network.VPCs().Get(v.ID); err == nil {
		return nil
	}
	if err := r.adopt(v); err != nil {
		return fmt.Errorf("%s, which exists before the stacks: %w", v.ID, err)
	}
	return nil
}

func (r *Region) adopt(v cfn.ExistingVPC) error {
	block, err := netip.ParsePrefix(v.CIDR)
	if err != nil {
		return err
	}
	n := r.Network
	blocks, subnets := []netip.Prefix{block}, make([]vpc.Subnet, len(v.Subnets))
	for i, s := range v.Subnets {
		cidr, err := netip.ParsePrefix(s.CIDR)
		if err != nil {
			return fmt.Errorf("subnet %s: %w", s.ID, err)
		}
		if !block.Contains(cidr.Addr()) { // of a further block, whose size is not known
			blocks = append(blocks, cidr)
		}
		subnets[i] = vpc.Subnet{ID: s.ID, VPC: v.ID, CIDR: cidr, Zone: s.Zone, MapPublic: s.Public}
	}
	made := vpc.VPC{ID: v.ID, CIDRs: blocks, DNSSupport: true, DNSHostnames: true, MainTable: awsid.Derived("rtb-", v.ID), DefaultGroup: awsid.Derived("sg-", v.ID), DefaultACL: awsid.Derived("acl-", v.ID)}
	if err := n.VPCs().Create(made); err != nil {
		return err
	}
	r.adopted[v.ID] = true
	tables := map[string]bool{made.MainTable: true, "": true}
	for i, s := range v.Subnets {
		if err := n.Subnets().Create(subnets[i]); err != nil {
			return err
		}
		if s.RouteTable == "" {
			continue
		}
		if !tables[s.RouteTable] {
			if err := n.RouteTables().Create(s.RouteTable, v.ID); err != nil {
				return err
			}
			tables[s.RouteTable] = true
		}
		if err := n.RouteTables().Associate(s.RouteTable, s.ID); err != nil {
			return err
		}
	}
	for _, id := range v.Groups {
		if err := n.SecurityGroups().Create(vpc.SecurityGroup{
			ID: id, VPC: v.ID, Name: "existing-" + id, Description: "it exists before the stacks",
			Egress: []vpc.Rule{{Protocol: "-1", CIDR: netip.MustParsePrefix(everywhere)}},
		}); err != nil {
			return err
		}
	}
	return r.adoptRoutes(v)
}

// adoptRoutes makes the gateways of a VPC that exists and the routes to them.
func (r *Region) adoptRoutes(v cfn.ExistingVPC) error {
	n := r.Network
	routed := map[string]bool{"": true}
	lead := func(table, target string) error {
		if routed[table] {
			return nil
		}
		routed[table] = true
		return n.RouteTables().CreateRoute(table, vpc.Route{Destination: everywhere, Target: target})
	}
	gateway, nat, public := awsid.Derived("igw-", v.ID), awsid.Derived("nat-", v.ID), ""
	for _, s := range v.Subnets {
		if !s.Public {
			continue
		}
		if public == "" {
			public = s.ID
			if err := n.InternetGateways().Create(gateway); err != nil {
				return err
			}
			r.adopted[gateway] = true
			if err := n.InternetGateways().Attach(gateway, v.ID); err != nil {
				return err
			}
		}
		if err := lead(s.RouteTable, gateway); err != nil {
			return err
		}
	}
	for _, s := range v.Subnets {
		if !s.Private || public == "" { // by a transit gateway, which nothing is known of
			continue
		}
		if !r.adopted[nat] {
			if _, err := n.NatGateways().Create(vpc.NatGateway{ID: nat, Subnet: public, Interface: awsid.Derived("eni-", nat)}); err != nil {
				return err
			}
			r.adopted[nat] = true
		}
		if err := lead(s.RouteTable, nat); err != nil {
			return err
		}
	}
	return nil
}
