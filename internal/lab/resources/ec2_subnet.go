package resources

import (
	"context"
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::Subnet", (*Resources).subnetType) }

type subnetProps struct {
	VpcId                       string `cfn:"required,replace"`
	CidrBlock                   string `cfn:"required,replace"`
	AvailabilityZone            string `cfn:"replace"`
	AvailabilityZoneId          string `cfn:"replace"` // instead of AvailabilityZone
	MapPublicIpOnLaunch         *bool
	Ipv6CidrBlock               string
	AssignIpv6AddressOnCreation *bool
	EnableDns64                 *bool `cfn:"only=false"`
	Ipv6Native                  *bool `cfn:"replace,only=false"`
	// What names instances have by which nobody asks for them here.
	PrivateDnsNameOptionsOnLaunch any      `cfn:"inert"`
	Tags                          cfn.Tags `cfn:"inert"` // names for people
}

// subnetType is AWS::EC2::Subnet.
func (r *Resources) subnetType() cfn.Definition[subnetProps] {
	return cfn.Definition[subnetProps]{
		Attributes: []string{"SubnetId", "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId", "Ipv6CidrBlocks", "NetworkAclAssociationId"},
		Create: func(_ context.Context, c cfn.TypedRequest[subnetProps]) (cfn.Result, error) {
			block, err := parseCIDR("CidrBlock", c.Props.CidrBlock)
			if err != nil {
				return cfn.Result{}, err
			}
			var ipv6 netip.Prefix
			if c.Props.Ipv6CidrBlock != "" {
				if ipv6, err = parseCIDR("Ipv6CidrBlock", c.Props.Ipv6CidrBlock); err != nil {
					return cfn.Result{}, err
				}
			}
			zone := c.Props.AvailabilityZone
			if c.Props.AvailabilityZoneId != "" {
				if zone = r.Network.ZoneOf(c.Props.AvailabilityZoneId); zone == "" {
					return cfn.Result{}, fmt.Errorf("property AvailabilityZoneId: %q is no zone's id in %s", c.Props.AvailabilityZoneId, r.Scope.Region)
				}
			}
			id := r.id("subnet-", c.Request)
			err = r.Network.Subnets().Create(vpc.Subnet{
				ID: id, VPC: c.Props.VpcId, CIDR: block, Zone: zone,
				MapPublic: valueOr(c.Props.MapPublicIpOnLaunch, false), IPv6CIDR: ipv6, AssignIPv6: valueOr(c.Props.AssignIpv6AddressOnCreation, false),
			})
			if err != nil {
				return cfn.Result{}, err
			}
			s, err := r.Network.Subnets().Get(id)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"SubnetId":                id,
				"AvailabilityZone":        s.Zone,
				"AvailabilityZoneId":      r.Network.ZoneID(s.Zone),
				"CidrBlock":               block.String(),
				"VpcId":                   s.VPC,
				"Ipv6CidrBlocks":          cfn.Live(func() any { return r.ipv6BlockOf(id) }),
				"NetworkAclAssociationId": awsid.Derived("aclassoc-", id),
			}}, err
		},
		Update: func(_ context.Context, c cfn.TypedRequest[subnetProps]) (cfn.Result, error) {
			if c.Old.Ipv6CidrBlock != c.Props.Ipv6CidrBlock {
				if err := r.replaceIPv6(c.PhysicalID, c.Old.Ipv6CidrBlock, c.Props.Ipv6CidrBlock); err != nil {
					return cfn.Result{}, err
				}
			}
			return cfn.Result{}, r.Network.Subnets().Modify(c.PhysicalID, valueOr(c.Props.MapPublicIpOnLaunch, false), valueOr(c.Props.AssignIpv6AddressOnCreation, false))
		},
		Read: func(_ context.Context, c cfn.TypedRequest[subnetProps]) (subnetProps, error) {
			s, err := r.Network.Subnets().Get(c.PhysicalID)
			p := c.Props
			p.MapPublicIpOnLaunch, p.AssignIpv6AddressOnCreation = optional(p.MapPublicIpOnLaunch, s.MapPublic), optional(p.AssignIpv6AddressOnCreation, s.AssignIPv6)
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[subnetProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.Subnets().Delete)
		},
	}
}

// replaceIPv6 gives a subnet another IPv6 block, its first one, or none.
func (r *Resources) replaceIPv6(subnet, old, block string) error {
	if old != "" {
		if err := r.Network.Subnets().SetIPv6(subnet, netip.Prefix{}); err != nil {
			return err
		}
	}
	if block == "" {
		return nil
	}
	parsed, err := parseCIDR("Ipv6CidrBlock", block)
	if err != nil {
		return err
	}
	return r.Network.Subnets().SetIPv6(subnet, parsed)
}

// ipv6BlockOf is the list with the IPv6 block that a subnet has by now.
func (r *Resources) ipv6BlockOf(subnet string) any {
	s, err := r.Network.Subnets().Get(subnet)
	if err != nil || !s.IPv6CIDR.IsValid() {
		return []any{}
	}
	return []any{s.IPv6CIDR.String()}
}
