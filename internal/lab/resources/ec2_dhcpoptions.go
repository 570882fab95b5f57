package resources

import (
	"context"
	"strconv"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::DHCPOptions", (*Resources).dhcpOptionsType) }

type dhcpOptionsProps struct {
	DomainName         string   `cfn:"replace"` // what machines add to names without a dot, which nothing here does
	DomainNameServers  []string `cfn:"replace"`
	NtpServers         []string `cfn:"replace"` // the lab has one clock
	NetbiosNameServers []string `cfn:"replace"` // for Windows, which the lab does not run
	NetbiosNodeType    *int     `cfn:"replace"`
	Tags               cfn.Tags `cfn:"inert"` // names for people
}

// dhcpOptions are the options that the properties describe.
func (p dhcpOptionsProps) dhcpOptions(id string) vpc.DHCPOptions {
	o := vpc.DHCPOptions{ID: id, Servers: p.DomainNameServers, Others: map[string][]string{}}
	if p.DomainName != "" {
		o.Others["domain-name"] = []string{p.DomainName}
	}
	if len(p.NtpServers) > 0 {
		o.Others["ntp-servers"] = p.NtpServers
	}
	if len(p.NetbiosNameServers) > 0 {
		o.Others["netbios-name-servers"] = p.NetbiosNameServers
	}
	if p.NetbiosNodeType != nil {
		o.Others["netbios-node-type"] = []string{strconv.Itoa(*p.NetbiosNodeType)}
	}
	return o
}

// dhcpOptionsType is AWS::EC2::DHCPOptions.
func (r *Resources) dhcpOptionsType() cfn.Definition[dhcpOptionsProps] {
	return cfn.Definition[dhcpOptionsProps]{
		Attributes: []string{"DhcpOptionsId"},
		Create: func(_ context.Context, c cfn.TypedRequest[dhcpOptionsProps]) (cfn.Result, error) {
			id := r.id("dopt-", c.Request)
			if err := r.Network.DHCPOptions().Create(c.Props.dhcpOptions(id)); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"DhcpOptionsId": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[dhcpOptionsProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.DHCPOptions().Delete)
		},
	}
}
