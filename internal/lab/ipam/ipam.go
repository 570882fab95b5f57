// Package ipam is the part of Amazon VPC IP Address Manager that VPCs get their blocks from:
// pools of addresses, what is provisioned to them, and what is allocated of them, with EC2's
// error codes (docs.aws.amazon.com/vpc/latest/ipam/how-it-works-ipam.html).
//
// It knows addresses alone: no VPC, no scope. Which of several free blocks AWS takes is not
// documented; here it is the lowest.
package ipam

import (
	"net/netip"
	"slices"
	"sync"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/store"
)

// Pool is a pool of addresses.
type Pool struct {
	// ID is ipam-pool-…. Required.
	ID string
	// Source is the id of the pool that its blocks come from. Default: they are one's own.
	Source string
	// Default is the netmask length of allocations that name none, Min and Max are its limits.
	// Default: there is none, and no limits.
	Default, Min, Max int
}

// pool is a Pool in use.
type pool struct {
	Pool
	blocks []netip.Prefix          // provisioned
	used   map[string]netip.Prefix // by user: a pool, a VPC, an allocation
}

// Pools are the pools of a Region. All methods may be called concurrently.
type Pools struct {
	mu    sync.Mutex
	pools store.Store[*pool]
}

// New returns no pools.
func New() *Pools {
	return &Pools{pools: store.New[*pool]("IPAM pool ID", "InvalidIpamPoolId.NotFound")}
}

// Create creates a pool without blocks.
func (s *Pools) Create(c Pool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.pools.CheckFree(c.ID); err != nil {
		return err
	}
	if c.Source != "" {
		if _, err := s.pools.Get(c.Source); err != nil {
			return err
		}
	}
	s.pools.ByID[c.ID] = &pool{Pool: c, used: map[string]netip.Prefix{}}
	return nil
}

// Modify changes the netmask lengths of a pool.
func (s *Pools) Modify(c Pool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.pools.Get(c.ID)
	if err == nil {
		p.Default, p.Min, p.Max = c.Default, c.Min, c.Max
	}
	return err
}

// Delete deletes a pool without blocks.
func (s *Pools) Delete(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.pools.Get(id)
	switch {
	case err != nil:
		return err
	case len(p.blocks) > 0:
		return awserr.New("DependencyViolation", "The IPAM pool '%s' has provisioned CIDRs and cannot be deleted.", id)
	}
	for other, o := range s.pools.ByID {
		if o.Source == id {
			return awserr.New("DependencyViolation", "The IPAM pool '%s' is the source of '%s' and cannot be deleted.", id, other)
		}
	}
	delete(s.pools.ByID, id)
	return nil
}

// Provision gives a pool a block: this one, or one of a netmask length from its source pool.
func (s *Pools) Provision(id string, block netip.Prefix, length int) (netip.Prefix, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.pools.Get(id)
	if err != nil {
		return block, err
	}
	switch {
	case p.Source != "":
		source, err := s.pools.Get(p.Source)
		if err != nil {
			return block, err
		}
		if block, err = source.take(block, length); err != nil {
			return block, err
		}
		source.used[id+" "+block.String()] = block
	case !block.IsValid():
		return block, awserr.New("InvalidParameterCombination", "A pool without a source pool needs a CIDR")
	}
	if slices.ContainsFunc(p.blocks, block.Overlaps) {
		return block, awserr.New("InvalidParameterValue", "The CIDR %s overlaps with one that is provisioned to %s", block, id)
	}
	p.blocks = append(p.blocks, block)
	return block, nil
}

// Deprovision takes a block, of which nothing is allocated, from a pool.
func (s *Pools) Deprovision(id string, block netip.Prefix) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.pools.Get(id)
	if err != nil {
		return err
	}
	for user, used := range p.used {
		if used.Overlaps(block) {
			return awserr.New("DependencyViolation", "The CIDR %s of %s is in use by %s", block, id, user)
		}
	}
	p.blocks = slices.DeleteFunc(p.blocks, func(b netip.Prefix) bool { return b == block })
	if source := s.pools.ByID[p.Source]; source != nil {
		delete(source.used, id+" "+block.String())
	}
	return nil
}

// Allocate gives a block of a pool to a user: this one, or one of a netmask length. Zero is
// the pool's default length.
func (s *Pools) Allocate(id, user string, block netip.Prefix, length int) (netip.Prefix, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.pools.Get(id)
	if err != nil {
		return block, err
	}
	if length == 0 {
		length = p.Default
	}
	if block.IsValid() {
		length = block.Bits()
	}
	switch {
	case length == 0:
		return block, awserr.New("MissingParameter", "The request needs a CIDR or a netmask length: the IPAM pool '%s' has no default one", id)
	case p.Min != 0 && length < p.Min, p.Max != 0 && length > p.Max:
		return block, awserr.New("InvalidParameterValue", "The netmask length %d is not between those of the IPAM pool '%s', %d and %d", length, id, p.Min, p.Max)
	}
	if block, err = p.take(block, length); err == nil {
		p.used[user] = block
	}
	return block, err
}

// Release returns what a user has of a pool.
func (s *Pools) Release(id, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pools.ByID[id]; p != nil {
		delete(p.used, user)
	}
}

// take finds a free block: this one, or the lowest of a length.
func (p *pool) take(block netip.Prefix, length int) (netip.Prefix, error) {
	free := func(b netip.Prefix) bool {
		for _, used := range p.used {
			if used.Overlaps(b) {
				return false
			}
		}
		return true
	}
	for _, whole := range p.blocks {
		if block.IsValid() {
			if whole.Bits() <= block.Bits() && whole.Contains(block.Addr()) && free(block) {
				return block, nil
			}
			continue
		}
		if length < whole.Bits() || length > whole.Addr().BitLen() {
			continue
		}
		for a := whole.Masked().Addr(); whole.Contains(a); a = after(netip.PrefixFrom(a, length)) {
			if b := netip.PrefixFrom(a, length); free(b) {
				return b, nil
			}
		}
	}
	if block.IsValid() {
		return block, awserr.New("InvalidParameterValue", "The CIDR %s is not free in the IPAM pool '%s'", block, p.ID)
	}
	return block, awserr.New("InsufficientCidrBlocks", "The IPAM pool '%s' does not have a free CIDR of length %d", p.ID, length)
}

// after is the address after a block.
func after(b netip.Prefix) netip.Addr {
	bytes := b.Addr().AsSlice()
	for i, step := (b.Bits()-1)/8, byte(1)<<(7-(b.Bits()-1)%8); i >= 0; i, step = i-1, 1 {
		bytes[i] += step
		if bytes[i] >= step { // no carry
			break
		}
	}
	a, _ := netip.AddrFromSlice(bytes)
	return a
}
