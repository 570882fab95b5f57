package resources

import (
	"context"
	"net/netip"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::EIP", (*Resources).eipType) }

// firstElastic is where elastic addresses start: public address space of
// another part of the Region than the addresses that the network gives out.
var firstElastic = netip.AddrFrom4([4]byte{3, 37, 0, 10})

// elasticAddress is an allocated public address.
type elasticAddress struct {
	address netip.Addr
	// at is the id of the interface that has it; empty: none.
	at string
}

type eipProps struct {
	Domain     string   `cfn:"inert,only=vpc"` // the only one there still is
	InstanceId string   // the instance whose first interface gets it
	Tags       cfn.Tags `cfn:"inert"` // names for people
}

// eipType is AWS::EC2::EIP. Its Ref is the address.
func (r *Resources) eipType() cfn.Definition[eipProps] {
	return cfn.Definition[eipProps]{
		Attributes: []string{"AllocationId", "PublicIp"},
		Create: func(_ context.Context, c cfn.TypedRequest[eipProps]) (cfn.Result, error) {
			id := r.id("eipalloc-", c.Request)
			e := r.allocate(id)
			result := cfn.Result{PhysicalID: e.address.String(), Attributes: map[string]any{
				"AllocationId": id, "PublicIp": e.address.String(),
			}}
			return result, r.attach(e, id, c.Props.InstanceId)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[eipProps]) (cfn.Result, error) {
			e, id, err := r.elastic(func(_ string, e *elasticAddress) bool { return e.address.String() == c.PhysicalID })
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.detach(e); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.attach(e, id, c.Props.InstanceId)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[eipProps]) error {
			e, id, err := r.elastic(func(_ string, e *elasticAddress) bool { return e.address.String() == c.PhysicalID })
			if err != nil {
				return nil // released already
			}
			if err := r.detach(e); err != nil {
				return err
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.addresses, id)
			return nil
		},
	}
}

// allocate takes the next free elastic address.
func (r *Resources) allocate(id string) *elasticAddress {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := map[netip.Addr]bool{}
	for _, e := range r.addresses {
		taken[e.address] = true
	}
	address := firstElastic
	for taken[address] {
		address = address.Next()
	}
	e := &elasticAddress{address: address}
	r.addresses[id] = e
	return e
}

// elastic finds an allocated address.
func (r *Resources) elastic(is func(id string, e *elasticAddress) bool) (*elasticAddress, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, e := range r.addresses {
		if is(id, e) {
			return e, id, nil
		}
	}
	return nil, "", awserr.New("InvalidAllocationID.NotFound", "The allocation ID does not exist")
}

// attach gives an address to an instance, if one is named.
func (r *Resources) attach(e *elasticAddress, allocation, instance string) error {
	if instance == "" {
		return nil
	}
	at, err := r.InterfaceOf(instance)
	if err != nil {
		return err
	}
	return r.attachTo(e, allocation, at)
}

// attachTo gives an address to an interface.
func (r *Resources) attachTo(e *elasticAddress, allocation, at string) error {
	if _, err := r.Network.Interfaces().AssociateAddress(at, e.address, allocation); err != nil {
		return err
	}
	e.at = at
	return nil
}

// detach takes an address away from its interface, if it has one.
func (r *Resources) detach(e *elasticAddress) error {
	if e.at == "" {
		return nil
	}
	if err := r.Network.Interfaces().DisassociateAddress(e.at); err != nil && !awserr.IsNotFound(err) {
		return err
	}
	e.at = ""
	return nil
}
