package resources

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::NetworkInterface", (*Resources).networkInterfaceType) }

type networkInterfaceProps struct {
	SubnetId         string `cfn:"required,replace"`
	PrivateIpAddress string `cfn:"replace"`
	Ipv6AddressCount *int
	Ipv6Addresses    []ipv6Address
	GroupSet         []string
	SourceDestCheck  *bool
	InterfaceType    string   `cfn:"replace,only=interface"`
	Description      string   `cfn:"inert"` // text for people
	Tags             cfn.Tags `cfn:"inert"` // names for people
}

// networkInterfaceType is AWS::EC2::NetworkInterface: an interface with one address,
// which an instance can have attached
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html).
func (r *Resources) networkInterfaceType() cfn.Definition[networkInterfaceProps] {
	return cfn.Definition[networkInterfaceProps]{
		Attributes: []string{"Id", "PrimaryIpv6Address", "PrimaryPrivateIpAddress", "SecondaryPrivateIpAddresses", "VpcId"},
		Create: func(_ context.Context, c cfn.TypedRequest[networkInterfaceProps]) (cfn.Result, error) {
			wanted := vpc.Interface{
				ID: r.id("eni-", c.Request), Subnet: c.Props.SubnetId, Groups: c.Props.GroupSet, Description: c.Props.Description,
				NoSourceDestCheck: !valueOr(c.Props.SourceDestCheck, true),
			}
			if err := r.wantIPv6(&wanted, c.Props.Ipv6AddressCount, c.Props.Ipv6Addresses); err != nil {
				return cfn.Result{}, err
			}
			if c.Props.PrivateIpAddress != "" {
				a, err := netip.ParseAddr(c.Props.PrivateIpAddress)
				if err != nil {
					return cfn.Result{}, fmt.Errorf("property PrivateIpAddress: %w", err)
				}
				wanted.PrivateAddr = a
			}
			made, err := r.Network.Interfaces().Create(wanted)
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: made.ID, Attributes: map[string]any{
				"Id":                          made.ID,
				"PrimaryIpv6Address":          firstIPv6(made),
				"PrimaryPrivateIpAddress":     made.PrivateAddr.String(),
				"SecondaryPrivateIpAddresses": []any{},
				"VpcId":                       made.VPC,
			}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[networkInterfaceProps]) (cfn.Result, error) {
			if !reflect.DeepEqual(c.Old.Ipv6Addresses, c.Props.Ipv6Addresses) || valueOr(c.Old.Ipv6AddressCount, 0) != valueOr(c.Props.Ipv6AddressCount, 0) {
				return cfn.Result{}, fmt.Errorf("property Ipv6Addresses: the lab does not change the IPv6 addresses of an interface")
			}
			if err := r.Network.Interfaces().Check(c.PhysicalID, valueOr(c.Props.SourceDestCheck, true)); err != nil {
				return cfn.Result{}, err
			}
			if len(c.Props.GroupSet) == 0 {
				return cfn.Result{}, nil
			}
			return cfn.Result{}, r.Network.Interfaces().Modify(c.PhysicalID, c.Props.GroupSet)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[networkInterfaceProps]) (networkInterfaceProps, error) {
			now, err := r.Network.Interfaces().Get(c.PhysicalID)
			p := c.Props
			p.GroupSet, p.SourceDestCheck = now.Groups, optional(p.SourceDestCheck, !now.NoSourceDestCheck)
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[networkInterfaceProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.Interfaces().Delete)
		},
	}
}
