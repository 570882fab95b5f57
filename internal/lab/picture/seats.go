package picture

import (
	"cmp"
	"slices"
)

// rowsOf are the rows of a VPC's subnets: public ones first, then those with a way out.
func rowsOf(v VPC) [][]int {
	order := map[Tier]int{Public: 0, Private: 1, Isolated: 2}
	type key struct {
		tier int
		row  string
		more int // of the same zone in the same row
	}
	rows := map[key][]int{}
	taken := map[[2]string]int{}
	for i, s := range v.Subnets {
		k := key{order[s.Tier], s.Row, taken[[2]string{string(s.Tier) + s.Row, s.Zone}]}
		taken[[2]string{string(s.Tier) + s.Row, s.Zone}]++
		rows[k] = append(rows[k], i)
	}
	keys := make([]key, 0, len(rows))
	for k := range rows {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.row, b.row), cmp.Compare(a.more, b.more))
	})
	out := make([][]int, len(keys))
	for i, k := range keys {
		out[i] = rows[k]
	}
	// Rows that have no zone in common stand side by side: a public subnet in one zone and a
	// private one in another need one row.
	for i := 1; i < len(out); {
		if !shareZone(v, out[i-1], out[i]) {
			out[i-1] = append(out[i-1], out[i]...)
			out = slices.Delete(out, i, i+1)
			continue
		}
		i++
	}
	return out
}

func shareZone(v VPC, a, b []int) bool {
	for _, i := range a {
		for _, j := range b {
			if v.Subnets[i].Zone == v.Subnets[j].Zone {
				return true
			}
		}
	}
	return false
}

// seats gives every box its place in the grid, before anything has a size.
func (p *plan) seats() {
	p.spots = map[string]*spot{}
	for _, v := range p.model.VPCs {
		p.columns = max(p.columns, len(v.Zones))
	}
	p.columns = max(p.columns, 1)
	for vi, v := range p.model.VPCs {
		placed := &placedVPC{VPC: v}
		p.vpcs = append(p.vpcs, placed)
		for row, members := range rowsOf(v) {
			placed.rows = append(placed.rows, 0)
			for _, i := range members {
				s := v.Subnets[i]
				at := spot{vpc: vi, column: max(slices.Index(v.Zones, s.Zone), 0), row: row, subnet: s.ID}
				p.seat(s.ID, at)
				for _, t := range s.Things {
					p.seat(t.ID, at)
				}
				at.table = true
				p.seat(tableKey(s.ID, s.Table.ID, ""), at)
				for _, r := range s.Table.Routes {
					p.seat(tableKey(s.ID, s.Table.ID, r.Key), at)
				}
				placed.subnets = append(placed.subnets, &placedSubnet{Subnet: s})
			}
		}
		p.seat(v.ID, spot{vpc: vi, column: p.columns})
		for _, t := range v.Edge {
			p.seat(t.ID, spot{vpc: vi, column: p.columns})
		}
	}
	for _, t := range p.model.Outside {
		p.seat(t.ID, spot{vpc: -1, column: p.columns + 1})
	}
}

func (p *plan) seat(id string, s spot) {
	if _, taken := p.spots[id]; !taken {
		p.spots[id] = &s
	}
}

// tableKey is the id of a route table as it is in a subnet, or of one of its routes: the
// same table may be in effect in several subnets.
func tableKey(subnet, table, route string) string { return subnet + " " + table + " " + route }
