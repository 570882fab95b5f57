package proof

import "net/netip"

// explain adds to each refuted verdict about a connection the way that its packets take
// by what AWS describes, as far as that explains what was seen: a way that ends where the
// target did not answer, and one that leads on where it must not have answered. It uses
// what the claims have looked up already, and says nothing where that does not suffice.
func (r *run) explain() {
	var facts []Facts
	for _, t := range r.trials {
		facts = append(facts, t.known)
	}
	d := describedBy(facts)
	for _, t := range r.trials {
		m := t.final.Measured
		if t.final.State != Refuted || m == nil || m.Port == 0 {
			continue
		}
		subnet, group, ok := r.vantage(d, t.claim.From)
		if !ok {
			continue
		}
		for _, a := range m.Addresses {
			if !a.Is4() {
				continue
			}
			way := d.derive(subnet, group, netip.AddrPortFrom(a, uint16(m.Port)))
			if way.known && way.dropped() != t.claim.Kind.Negative() {
				t.final.Derived = way.String()
				break
			}
		}
	}
}

// vantage is where a prober is, if that is shown: its one subnet and its one security
// group.
func (r *run) vantage(d *described, from string) (Subnet, SecurityGroup, bool) {
	for _, t := range r.trials {
		c := t.claim
		if c.Kind != Placed || c.From != from || t.final.State != Holds || len(c.Subnets) != 1 {
			continue
		}
		subnet, known := d.subnets[c.Subnets[0]]
		group, described := d.groups[c.Group]
		return subnet, group, known && described
	}
	return Subnet{}, SecurityGroup{}, false
}
