package proof

import "slices"

// described is what the facts of all claims of a verification say together about the
// network, as far as they were looked up: nothing is looked up for it.
type described struct {
	subnets    map[string]Subnet
	tables     map[string]RouteTable
	groups     map[string]SecurityGroup
	acls       map[string]NetworkACL
	lists      map[string]PrefixList
	endpoints  map[string]Endpoint
	interfaces []Interface
}

// describer are facts that say something about the network.
type describer interface{ describe(d *described) }

// describedBy joins the facts of claims.
func describedBy(facts []Facts) *described {
	d := &described{
		subnets: map[string]Subnet{}, tables: map[string]RouteTable{}, groups: map[string]SecurityGroup{},
		acls: map[string]NetworkACL{}, lists: map[string]PrefixList{}, endpoints: map[string]Endpoint{},
	}
	for _, f := range facts {
		if f, ok := f.known.(describer); ok {
			f.describe(d)
		}
	}
	return d
}

func (d *described) take(subnets []Subnet, tables []RouteTable, groups []SecurityGroup, acls []NetworkACL) {
	for _, s := range subnets {
		d.subnets[s.ID] = s
	}
	for _, t := range tables {
		d.tables[t.ID] = t
	}
	for _, g := range groups {
		d.groups[g.ID] = g
	}
	for _, a := range acls {
		d.acls[a.ID] = a
	}
}

func (f routedFacts) describe(d *described) {
	d.take(f.subnets, f.tables, nil, nil)
	d.lists[f.prefixList.ID] = f.prefixList
}

func (f enclosedFacts) describe(d *described) { d.take(f.subnets, f.tables, nil, nil) }

func (f accountedFacts) describe(d *described) {
	d.take(nil, f.tables, nil, nil)
	for _, e := range f.endpoints {
		d.endpoints[e.ID] = e
	}
}

func (f unroutedFacts) describe(d *described) {
	d.take(nil, f.tables, nil, nil)
	d.endpoints[f.endpoint.ID] = f.endpoint
}

func (f unfilteredFacts) describe(d *described) {
	d.take(f.subnets, nil, []SecurityGroup{f.group}, f.acls)
}

func (f guardedFacts) describe(d *described) {
	d.take(nil, nil, slices.Concat(f.groups, f.referenced), nil)
	d.endpoints[f.endpoint.ID] = f.endpoint
}

func (f resolvesFacts) describe(d *described) {
	d.interfaces = append(d.interfaces, f.interfaces...)
	if f.prefixList.ID != "" {
		d.lists[f.prefixList.ID] = f.prefixList
	}
}

// table is the route table in effect in a subnet, if it is known which one that is.
func (d *described) table(subnet Subnet) (RouteTable, bool) {
	var tables []RouteTable
	for _, t := range d.tables {
		tables = append(tables, t)
	}
	found := inEffect(subnet, tables)
	if len(found) != 1 {
		return RouteTable{}, false
	}
	return found[0], true
}

// acl is the network ACL in effect in a subnet.
func (d *described) acl(subnet string) (NetworkACL, bool) {
	for _, a := range d.acls {
		if slices.Contains(a.Subnets, subnet) {
			return a, true
		}
	}
	return NetworkACL{}, false
}

// behind is the endpoint that has an interface.
func (d *described) behind(i Interface) (Endpoint, bool) {
	for _, e := range d.endpoints {
		if slices.Contains(e.Interfaces, i.ID) {
			return e, true
		}
	}
	return Endpoint{}, false
}
