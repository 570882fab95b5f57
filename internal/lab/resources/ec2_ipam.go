package resources

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/ipam"
)

func init() {
	register("AWS::EC2::IPAM", (*Resources).ipamType)
	register("AWS::EC2::IPAMScope", (*Resources).ipamScopeType)
	register("AWS::EC2::IPAMPool", (*Resources).ipamPoolType)
	register("AWS::EC2::IPAMPoolCidr", (*Resources).ipamPoolCidrType)
	register("AWS::EC2::IPAMAllocation", (*Resources).ipamAllocationType)
}

// ipamARN is the ARN of something of IPAM's, which has no Region.
func (r *Resources) ipamARN(kind, id string) string {
	return strings.Replace(r.Scope.ARN("ec2", kind+"/"+id), ":"+r.Scope.Region+":", "::", 1)
}

type ipamProps struct {
	Description                                          string   `cfn:"inert"` // text for people
	EnablePrivateGua                                     *bool    `cfn:"inert"` // for IPv6
	MeteredAccount                                       string   `cfn:"inert"` // who pays
	OperatingRegions                                     any      `cfn:"inert"` // pools say their own
	DefaultResourceDiscoveryOrganizationalUnitExclusions any      `cfn:"inert"` // of other accounts
	Tier                                                 string   `cfn:"inert"` // who pays
	Tags                                                 cfn.Tags `cfn:"inert"` // names for people
}

// ipamType is AWS::EC2::IPAM, with its two default scopes.
func (r *Resources) ipamType() cfn.Definition[ipamProps] {
	return cfn.Definition[ipamProps]{
		Attributes: []string{"Arn", "IpamId", "PrivateDefaultScopeId", "PublicDefaultScopeId", "ScopeCount", "DefaultResourceDiscoveryId", "DefaultResourceDiscoveryAssociationId", "ResourceDiscoveryAssociationCount"},
		Create: func(_ context.Context, c cfn.TypedRequest[ipamProps]) (cfn.Result, error) {
			id := r.id("ipam-", c.Request)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"Arn": r.ipamARN("ipam", id), "IpamId": id, "ScopeCount": 2,
				"PrivateDefaultScopeId": awsid.EC2("ipam-scope-", id, "private"), "PublicDefaultScopeId": awsid.EC2("ipam-scope-", id, "public"),
				"DefaultResourceDiscoveryId": awsid.EC2("ipam-res-disco-", id), "DefaultResourceDiscoveryAssociationId": awsid.EC2("ipam-res-disco-assoc-", id), "ResourceDiscoveryAssociationCount": 1,
			}}, nil
		},
	}
}

type ipamScopeProps struct {
	IpamId                         string   `cfn:"required,replace"`
	ExternalAuthorityConfiguration any      `cfn:"inert"` // another IPAM's
	Description                    string   `cfn:"inert"` // text for people
	Tags                           cfn.Tags `cfn:"inert"` // names for people
}

// ipamScopeType is AWS::EC2::IPAMScope, a private one.
func (r *Resources) ipamScopeType() cfn.Definition[ipamScopeProps] {
	return cfn.Definition[ipamScopeProps]{
		Attributes: []string{"Arn", "IpamArn", "IpamScopeId", "IpamScopeType", "IsDefault", "PoolCount"},
		Create: func(_ context.Context, c cfn.TypedRequest[ipamScopeProps]) (cfn.Result, error) {
			id := r.id("ipam-scope-", c.Request)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"Arn": r.ipamARN("ipam-scope", id), "IpamArn": r.ipamARN("ipam", c.Props.IpamId), "IpamScopeId": id, "IpamScopeType": "private", "IsDefault": false, "PoolCount": 0,
			}}, nil
		},
	}
}

type ipamPoolProps struct {
	IpamScopeId                    string `cfn:"required,replace"`
	AddressFamily                  string `cfn:"required,replace,only=ipv4|ipv6"`
	SourceIpamPoolId               string `cfn:"replace"`
	AllocationDefaultNetmaskLength int
	AllocationMinNetmaskLength     int
	AllocationMaxNetmaskLength     int
	ProvisionedCidrs               []struct {
		Cidr string `cfn:"required"`
	}
	Locale                 string   `cfn:"inert,replace"` // the Region that pools give blocks in
	AutoImport             *bool    `cfn:"inert"`         // nothing is discovered
	AllocationResourceTags any      `cfn:"inert"`         // names for people
	AwsService             string   `cfn:"inert,replace"` // for public addresses
	PublicIpSource         string   `cfn:"inert,replace"` // for public addresses
	PubliclyAdvertisable   *bool    `cfn:"inert,replace"` // for public addresses
	Description            string   `cfn:"inert"`         // text for people
	Tags                   cfn.Tags `cfn:"inert"`         // names for people
}

// blocks are the blocks that the pool itself names.
func (p ipamPoolProps) blocks() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, given := range p.ProvisionedCidrs {
		block, err := parseCIDR("ProvisionedCidrs", given.Cidr)
		if err != nil {
			return nil, err
		}
		out = append(out, block)
	}
	return out, nil
}

// provisionPool gives a pool the blocks that it names now, and takes those that it named before.
func (r *Resources) provisionPool(id string, now, before ipamPoolProps) error {
	wanted, err := now.blocks()
	if err != nil {
		return err
	}
	had, err := before.blocks()
	if err != nil {
		return err
	}
	for _, block := range wanted {
		if !slices.Contains(had, block) {
			if _, err := r.ipamPools.Provision(id, block, 0); err != nil {
				return err
			}
		}
	}
	for _, block := range had {
		if !slices.Contains(wanted, block) {
			if err := r.ipamPools.Deprovision(id, block); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p ipamPoolProps) pool(id string) ipam.Pool {
	return ipam.Pool{ID: id, Source: p.SourceIpamPoolId, Default: p.AllocationDefaultNetmaskLength, Min: p.AllocationMinNetmaskLength, Max: p.AllocationMaxNetmaskLength}
}

// ipamPoolType is AWS::EC2::IPAMPool.
func (r *Resources) ipamPoolType() cfn.Definition[ipamPoolProps] {
	return cfn.Definition[ipamPoolProps]{
		Attributes: []string{"Arn", "IpamArn", "IpamPoolId", "IpamScopeArn", "IpamScopeType", "PoolDepth", "State", "StateMessage"},
		Create: func(_ context.Context, c cfn.TypedRequest[ipamPoolProps]) (cfn.Result, error) {
			id := r.id("ipam-pool-", c.Request)
			if err := r.ipamPools.Create(c.Props.pool(id)); err != nil {
				return cfn.Result{}, err
			}
			if err := r.provisionPool(id, c.Props, ipamPoolProps{}); err != nil {
				return cfn.Result{PhysicalID: id}, err
			}
			depth := 1
			if c.Props.SourceIpamPoolId != "" {
				depth = 2
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"Arn": r.ipamARN("ipam-pool", id), "IpamArn": r.ipamARN("ipam", awsid.EC2("ipam-", c.Props.IpamScopeId)), "IpamPoolId": id,
				"IpamScopeArn": r.ipamARN("ipam-scope", c.Props.IpamScopeId), "IpamScopeType": "private", "PoolDepth": depth, "State": "create-complete", "StateMessage": "",
			}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[ipamPoolProps]) (cfn.Result, error) {
			if err := r.ipamPools.Modify(c.Props.pool(c.PhysicalID)); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.provisionPool(c.PhysicalID, c.Props, c.Old)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[ipamPoolProps]) error {
			return r.removing(ctx, func() error {
				if err := ignoreGone(r.provisionPool(c.PhysicalID, ipamPoolProps{}, c.Props)); err != nil {
					return err
				}
				return r.ipamPools.Delete(c.PhysicalID)
			})
		},
	}
}

type ipamPoolCidrProps struct {
	IpamPoolId    string `cfn:"required,replace"`
	Cidr          string `cfn:"replace"`
	NetmaskLength int    `cfn:"replace"`
}

// ipamPoolCidrType is AWS::EC2::IPAMPoolCidr: a block that is provisioned to a pool. Its Ref is
// the pool's id and its own.
func (r *Resources) ipamPoolCidrType() cfn.Definition[ipamPoolCidrProps] {
	return cfn.Definition[ipamPoolCidrProps]{
		Attributes: []string{"IpamPoolCidrId", "State"},
		Create: func(_ context.Context, c cfn.TypedRequest[ipamPoolCidrProps]) (cfn.Result, error) {
			block, err := optionalCIDR("Cidr", c.Props.Cidr)
			if err != nil {
				return cfn.Result{}, err
			}
			if block, err = r.ipamPools.Provision(c.Props.IpamPoolId, block, c.Props.NetmaskLength); err != nil {
				return cfn.Result{}, err
			}
			id := r.id("ipam-pool-cidr-", c.Request)
			return cfn.Result{PhysicalID: c.Props.IpamPoolId + "|" + id + "|" + block.String(), Attributes: map[string]any{"IpamPoolCidrId": id, "State": "provisioned"}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[ipamPoolCidrProps]) error {
			block, err := parseCIDR("Cidr", c.PhysicalID[strings.LastIndex(c.PhysicalID, "|")+1:])
			if err != nil {
				return err
			}
			return r.removing(ctx, func() error { return r.ipamPools.Deprovision(c.Props.IpamPoolId, block) })
		},
	}
}

// optionalCIDR is parseCIDR for a property that need not be there.
func optionalCIDR(property, text string) (netip.Prefix, error) {
	if text == "" {
		return netip.Prefix{}, nil
	}
	return parseCIDR(property, text)
}

type ipamAllocationProps struct {
	IpamPoolId    string `cfn:"required,replace"`
	Cidr          string `cfn:"replace"`
	NetmaskLength int    `cfn:"replace"`
	Description   string `cfn:"inert,replace"` // text for people
}

// ipamAllocationType is AWS::EC2::IPAMAllocation: a block that is kept free. Its Ref is the
// pool's id, its own, and the block.
func (r *Resources) ipamAllocationType() cfn.Definition[ipamAllocationProps] {
	return cfn.Definition[ipamAllocationProps]{
		Attributes: []string{"IpamPoolAllocationId"},
		Create: func(_ context.Context, c cfn.TypedRequest[ipamAllocationProps]) (cfn.Result, error) {
			block, err := optionalCIDR("Cidr", c.Props.Cidr)
			if err != nil {
				return cfn.Result{}, err
			}
			id := r.id("ipam-pool-alloc-", c.Request)
			if block, err = r.ipamPools.Allocate(c.Props.IpamPoolId, id, block, c.Props.NetmaskLength); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: c.Props.IpamPoolId + "|" + id + "|" + block.String(), Attributes: map[string]any{"IpamPoolAllocationId": id}}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[ipamAllocationProps]) error {
			if parts := strings.Split(c.PhysicalID, "|"); len(parts) == 3 {
				r.ipamPools.Release(parts[0], parts[1])
			}
			return nil
		},
	}
}
