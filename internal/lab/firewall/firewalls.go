package firewall

import (
	"maps"
	"net/netip"
	"slices"
	"sync"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/store"
	"provenendpoints/internal/lab/vpc"
)

// Firewalls are the firewalls of a network, with their policies and rule groups. All methods
// may be called concurrently.
type Firewalls struct {
	network *vpc.Network

	// All of the following is guarded by the network's lock.
	groups    store.Store[*RuleGroup]
	policies  store.Store[*Policy]
	firewalls store.Store[*firewall]
	endpoints map[string]*endpoint // by id
}

// New returns the firewalls of a network, which has none yet.
func New(network *vpc.Network) *Firewalls {
	const missing = "ResourceNotFoundException"
	return &Firewalls{
		network: network,
		groups:  store.New[*RuleGroup]("rule group", missing), policies: store.New[*Policy]("firewall policy", missing),
		firewalls: store.New[*firewall]("firewall", missing), endpoints: map[string]*endpoint{},
	}
}

// Policy is a firewall policy
// (docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-policies.html).
type Policy struct {
	// ARN identifies it. Required.
	ARN string
	// Stateless and Stateful are the ARNs of its rule groups, those of the lowest priority
	// number first.
	Stateless, Stateful []string
	// StatelessDefault is what becomes of a packet that matches no stateless rule. Required.
	StatelessDefault StatelessAction
	// Strict has stateful rules apply in their order. Default: pass rules come first, then
	// drop, reject and alert.
	Strict bool
	// DropStrict drops what no stateful rule passes, DropEstablished the same but for the
	// packets that open a connection. Default: it passes. For Strict alone.
	DropStrict, DropEstablished bool
	// Midstream has the rules apply to TCP flows whose beginning was not seen. Default: their
	// packets are dropped.
	Midstream bool
	// Variables are the address sets of its rule groups that do not set them themselves, such
	// as HOME_NET, whose default is the blocks of the firewall's VPC.
	Variables map[string][]string
}

// Firewall is a firewall with its endpoints
// (docs.aws.amazon.com/network-firewall/latest/developerguide/firewalls.html).
type Firewall struct {
	// ARN identifies it, Policy is an ARN, VPC an id. Required.
	ARN, Policy, VPC string
	// Subnets are the ids of the endpoints' subnets, in different zones.
	Subnets []string
	// Endpoints are the endpoints' ids by zone. Set by the network.
	Endpoints map[string]string
}

// firewall is a Firewall in use.
type firewall struct {
	Firewall
	mu      sync.Mutex
	engines map[string]*engine // by zone
}

// PutRuleGroup creates a rule group, or replaces it.
func (f *Firewalls) PutRuleGroup(g RuleGroup) {
	defer f.network.Lock().Unlock()
	f.groups.ByID[g.ARN] = &g
}

// DeleteRuleGroup deletes a rule group that no policy has.
func (f *Firewalls) DeleteRuleGroup(arn string) error {
	defer f.network.Lock().Unlock()
	if _, err := f.groups.Get(arn); err != nil {
		return err
	}
	for _, p := range f.policies.ByID {
		if slices.Contains(p.Stateless, arn) || slices.Contains(p.Stateful, arn) {
			return awserr.New("InvalidOperationException", "Unable to fulfill request because the following related entities still exist: %s", p.ARN)
		}
	}
	delete(f.groups.ByID, arn)
	return nil
}

// PutPolicy creates a firewall policy, or replaces it. The rule groups exist, are of the right
// type and of the policy's order.
func (f *Firewalls) PutPolicy(p Policy) error {
	defer f.network.Lock().Unlock()
	for _, list := range []struct {
		arns     []string
		stateful bool
	}{{p.Stateless, false}, {p.Stateful, true}} {
		for _, arn := range list.arns {
			g, err := f.groups.Get(arn)
			switch {
			case err != nil:
				return err
			case g.Stateful != list.stateful:
				return awserr.New("InvalidRequestException", "The rule group %s is of the wrong type", arn)
			case g.Stateful && g.Strict != p.Strict:
				return awserr.New("InvalidRequestException", "The rule order of the rule group %s is not that of the policy", arn)
			}
		}
	}
	f.policies.ByID[p.ARN] = &p
	return nil
}

// DeletePolicy deletes a policy that no firewall has.
func (f *Firewalls) DeletePolicy(arn string) error {
	defer f.network.Lock().Unlock()
	if _, err := f.policies.Get(arn); err != nil {
		return err
	}
	for _, w := range f.firewalls.ByID {
		if w.Policy == arn {
			return awserr.New("InvalidOperationException", "Unable to fulfill request because the following related entities still exist: %s", w.ARN)
		}
	}
	delete(f.policies.ByID, arn)
	return nil
}

// PutFirewall creates a firewall, or gives it another policy and other subnets.
func (f *Firewalls) PutFirewall(c Firewall) (Firewall, error) {
	locked := f.network.Lock()
	defer locked.Unlock()
	if _, err := f.policies.Get(c.Policy); err != nil {
		return c, err
	}
	w, exists := f.firewalls.ByID[c.ARN]
	if !exists {
		w = &firewall{Firewall: Firewall{ARN: c.ARN, VPC: c.VPC, Endpoints: map[string]string{}}, engines: map[string]*engine{}}
	}
	zones := map[string]bool{}
	for _, id := range c.Subnets {
		s, err := locked.Subnet(id)
		switch {
		case err != nil:
			return c, err
		case s.VPC != c.VPC:
			return c, awserr.New("InvalidRequestException", "The subnet %s is not in the VPC %s", id, c.VPC)
		case zones[s.Zone]:
			return c, awserr.New("InvalidRequestException", "The subnets of a firewall are in different Availability Zones: %s is a second one in %s", id, s.Zone)
		}
		zones[s.Zone] = true
	}
	for _, id := range w.Subnets {
		if !slices.Contains(c.Subnets, id) {
			f.removeEndpoint(locked, endpointID(w.ARN, id))
		}
	}
	for _, id := range c.Subnets {
		if slices.Contains(w.Subnets, id) {
			continue
		}
		e, err := f.addEndpoint(locked, w, endpointID(w.ARN, id), id)
		if err != nil {
			return c, err
		}
		w.Endpoints[e.at.Zone] = e.id
	}
	maps.DeleteFunc(w.Endpoints, func(_, id string) bool { return f.endpoints[id] == nil })
	w.Policy, w.Subnets = c.Policy, slices.Clone(c.Subnets)
	f.firewalls.ByID[c.ARN] = w
	out := w.Firewall
	out.Endpoints = maps.Clone(w.Endpoints)
	return out, nil
}

// endpointID is the id of the endpoint of a firewall in a subnet.
func endpointID(arn, subnet string) string { return awsid.EC2("vpce-", arn, subnet) }

// DeleteFirewall deletes a firewall with its endpoints, unless others have endpoints to it.
func (f *Firewalls) DeleteFirewall(arn string) error {
	locked := f.network.Lock()
	defer locked.Unlock()
	w, err := f.firewalls.Get(arn)
	if err != nil {
		return err
	}
	for id, e := range f.endpoints {
		if e.firewall == w && e.association {
			return awserr.New("InvalidOperationException", "Unable to fulfill request because the following related entities still exist: %s", id)
		}
	}
	for _, id := range w.Endpoints {
		f.removeEndpoint(locked, id)
	}
	delete(f.firewalls.ByID, arn)
	return nil
}

// Associate adds an endpoint to a firewall in a subnet of any VPC, in a zone in which the
// firewall has one
// (docs.aws.amazon.com/network-firewall/latest/developerguide/vpc-endpoint-associations.html).
func (f *Firewalls) Associate(id, firewall, vpcID, subnet string) error {
	locked := f.network.Lock()
	defer locked.Unlock()
	w, err := f.firewalls.Get(firewall)
	if err != nil {
		return err
	}
	s, err := locked.Subnet(subnet)
	switch {
	case err != nil:
		return err
	case s.VPC != vpcID:
		return awserr.New("InvalidRequestException", "The subnet %s is not in the VPC %s", subnet, vpcID)
	case w.Endpoints[s.Zone] == "":
		return awserr.New("InvalidRequestException", "The firewall %s has no endpoint in %s", firewall, s.Zone)
	}
	e, err := f.addEndpoint(locked, w, id, subnet)
	if err == nil {
		e.association = true
	}
	return err
}

// Disassociate deletes an endpoint that Associate has added.
func (f *Firewalls) Disassociate(id string) error {
	locked := f.network.Lock()
	defer locked.Unlock()
	if f.endpoints[id] == nil {
		return awserr.New("ResourceNotFoundException", "The VPC endpoint association '%s' does not exist", id)
	}
	f.removeEndpoint(locked, id)
	return nil
}

// All describes all firewalls in the order of their ARNs.
func (f *Firewalls) All() []Firewall {
	defer f.network.RLock().Unlock()
	return store.Describe(f.firewalls, func(w *firewall) Firewall {
		out := w.Firewall
		out.Subnets, out.Endpoints = slices.Clone(w.Subnets), maps.Clone(w.Endpoints)
		return out
	})
}

// variable is an address set of a rule group. The caller holds the lock.
func (f *Firewalls) variable(w *firewall, p *Policy, g *RuleGroup, name string) []string {
	if set, ok := g.Variables[name]; ok {
		return set
	}
	if set, ok := p.Variables[name]; ok {
		return set
	}
	if name != "HOME_NET" {
		return nil
	}
	var out []string
	for _, block := range f.blocks(w.VPC) {
		out = append(out, block.String())
	}
	return out
}

func (f *Firewalls) blocks(id string) []netip.Prefix {
	for _, e := range f.endpoints {
		if e.at.VPC == id {
			return e.blocks
		}
	}
	return nil
}
