package picture

import (
	"cmp"
	"slices"
)

// fill places what is in a subnet from its top: the things in the frames of their groups,
// then the route table. The subnet gets the height that it needs.
func (p *plan) fill(s *placedSubnet) {
	s.inner = p.lanes.inside(s.ID)
	x, w := s.x+s.inner, s.w-s.inner-gap
	y := s.y + header + 8
	for _, members := range framed(s.Things) {
		first := s.Things[members[0]]
		f := frame{rect: rect{x, y, w, 0}}
		for _, id := range first.Groups {
			if g, ok := p.group(id); ok && f.group.ID == "" {
				f.group = g
			} else if ok {
				f.more = append(f.more, g)
			}
		}
		at := y
		if f.group.ID != "" {
			at += groupHead
		}
		for _, i := range members {
			r := rect{x, at, w, thingHigh}
			if f.group.ID != "" {
				r.x, r.w = x+5, w-10
			}
			s.things = append(s.things, placedThing{s.Things[i], r, false})
			p.spots[s.Things[i].ID].rect = r
			at += thingHigh + 4
		}
		f.h = at + 1 - y
		if f.group.ID != "" {
			s.frames = append(s.frames, f)
			at += 3
		}
		y = at + gap
	}
	s.h = y - s.y + routeHigh*float64(len(s.Table.Routes)+1) + 6
}

// framed are the indices of things that have the same groups, in the order of the first of
// each. Things without a group come last.
func framed(things []Thing) [][]int {
	var out [][]int
	for i, t := range things {
		j := slices.IndexFunc(out, func(m []int) bool { return slices.Equal(things[m[0]].Groups, t.Groups) })
		if j < 0 {
			out = append(out, nil)
			j = len(out) - 1
		}
		out[j] = append(out[j], i)
	}
	slices.SortStableFunc(out, func(a, b []int) int {
		return cmp.Compare(min(1, len(things[b[0]].Groups)), min(1, len(things[a[0]].Groups)))
	})
	return out
}

// stretch gives a subnet the height of its row and puts its route table at the bottom.
func (p *plan) stretch(s *placedSubnet, high float64) {
	s.h = high
	p.spots[s.ID].rect = s.rect
	n := float64(len(s.Table.Routes) + 1)
	s.table = rect{s.x + s.inner, s.bottom() - n*routeHigh - 5, s.w - s.inner - gap, n * routeHigh}
	p.spots[tableKey(s.ID, s.Table.ID, "")].rect = rect{s.table.x, s.table.y, s.table.w, routeHigh}
	for i, r := range s.Table.Routes {
		at := rect{s.table.x, s.table.y + routeHigh*float64(i+1), s.table.w, routeHigh}
		s.routes = append(s.routes, at)
		p.spots[tableKey(s.ID, s.Table.ID, r.Key)].rect = at
	}
}

func (p *plan) group(id string) (Group, bool) {
	i := slices.IndexFunc(p.model.Groups, func(g Group) bool { return g.ID == id })
	if i < 0 {
		return Group{}, false
	}
	return p.model.Groups[i], true
}
