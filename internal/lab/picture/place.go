package picture

import (
	"cmp"
	"math"
	"slices"
)

// The measures of everything, in pixels.
const (
	margin     = 16.0
	padding    = 12.0 // inside of a VPC
	columnWide = 252.0
	edgeWide   = 190.0
	outWide    = 226.0
	thingHigh  = 22.0
	bigHigh    = 36.0 // of a thing at the edge or outside
	gap        = 6.0
	routeHigh  = 17.0
	header     = 30.0
	zoneHigh   = 15.0 // of the names of the zones
	groupHead  = 17.0
	laneWide   = 5.0 // between lines that run side by side
	channel    = 14.0
)

// rect is where something is.
type rect struct{ x, y, w, h float64 }

func (r rect) right() float64  { return r.x + r.w }
func (r rect) bottom() float64 { return r.y + r.h }
func (r rect) middle() float64 { return r.y + r.h/2 }

// spot is a box that lines lead to: its place in the grid, and where it is on the page.
type spot struct {
	rect
	// vpc, column and row are its place. The column after the last zone is the edge, the one
	// after that is outside, where there is no row.
	vpc, column, row int
	// subnet is the subnet that it is in; empty at the edge and outside.
	subnet string
	// table is set for what belongs to a route table.
	table bool
}

// frame is a security group around things of a subnet.
type frame struct {
	rect
	group Group
	more  []Group // that the same things have besides
}

// placedSubnet is a subnet with everything in it placed.
type placedSubnet struct {
	Subnet
	rect
	inner  float64 // the width of the channel on its left side
	frames []frame
	things []placedThing
	table  rect
	routes []rect
}

type placedThing struct {
	Thing
	rect
	big bool
}

type placedVPC struct {
	VPC
	rect
	// rows are the y of the channels below the rows of subnets.
	rows    []float64
	subnets []*placedSubnet
	edge    []placedThing
}

// plan is everything on the page.
type plan struct {
	model   Model
	columns int // the most zones of a VPC
	lanes   lanes
	lines   []*strand
	ports   map[string][]*strand // of the boxes, in the order of the lines
	vpcs    []*placedVPC
	outside []placedThing
	// left are the x of the vertical channels to the left of each column.
	left     []float64
	outsideX float64
	subtitle []string
	spots    map[string]*spot
	w, h     float64
}

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

// measure gives everything its size and its place on the page, below the title.
func (p *plan) measure(top float64) {
	p.columnsAt()
	p.subtitle = wrap(p.model.Text, normal, p.w-2*margin)
	top += 34
	if p.model.Summary != "" {
		top += titleLine
	}
	p.place(top + titleLine*float64(len(p.subtitle)))
}

// columnsAt places the columns.
func (p *plan) columnsAt() {
	p.left = make([]float64, p.columns+2)
	x := margin + padding
	for c := range p.left {
		p.left[c] = x
		x += p.lanes.vertical(c)
		switch {
		case c < p.columns:
			x += columnWide
		case c == p.columns:
			x += edgeWide
		}
	}
	p.outsideX = x
	p.w = x + outWide + margin
}

// place places everything in the columns, from a height on.
func (p *plan) place(top float64) {
	y := top
	for vi, v := range p.vpcs {
		v.rect = rect{x: margin, y: y, w: p.edgeX() + edgeWide/2 - margin}
		at := y + header
		if len(v.Zones) > 1 {
			at += zoneHigh
		}
		for row := range v.rows {
			high := 0.0
			for _, s := range v.subnets {
				if p.spots[s.ID].row == row {
					s.rect = rect{p.columnX(p.spots[s.ID].column), at, columnWide, 0}
					p.fill(s)
					high = max(high, s.h)
				}
			}
			for _, s := range v.subnets {
				if p.spots[s.ID].row == row {
					p.stretch(s, high)
				}
			}
			at += high + p.lanes.horizontal(vi, row)
			v.rows[row] = at - p.lanes.horizontal(vi, row)
		}
		edge := y + header
		for _, t := range v.Edge {
			r := rect{p.edgeX(), edge, edgeWide, bigHigh}
			v.edge = append(v.edge, placedThing{t, r, true})
			p.spots[t.ID].rect = r
			edge += bigHigh + gap + 2
		}
		v.h = max(at, edge) + gap - y
		p.spots[v.ID].rect = v.rect
		y += v.h + 2*gap + channel
	}
	p.placeOutside(p.outsideX, top+header)
	for _, t := range p.outside {
		y = max(y, t.bottom()+gap+channel)
	}
	p.h = y
}

func (p *plan) columnX(c int) float64 { return p.left[c] + p.lanes.vertical(c) }
func (p *plan) edgeX() float64        { return p.columnX(p.columns) }

// placeOutside stacks what is outside: each beside what it stands next to, if there is
// room, and the others where room is left.
func (p *plan) placeOutside(x, top float64) {
	var taken []rect
	put := func(t Thing, y float64) {
		r := rect{x, y, outWide, bigHigh}
		for moved := true; moved; {
			moved = false
			for _, o := range taken {
				if r.y < o.bottom()+gap && o.y < r.bottom()+gap {
					r.y, moved = o.bottom()+gap+2, true
				}
			}
		}
		taken = append(taken, r)
		p.outside = append(p.outside, placedThing{t, r, true})
		p.spots[t.ID].rect = r
	}
	for _, t := range p.model.Outside {
		if s := p.beside(t); s != nil {
			put(t, s.y)
		}
	}
	for _, t := range p.model.Outside {
		if p.beside(t) == nil {
			put(t, top)
		}
	}
}

// beside is where the first thing is that leads to a thing outside; nil if nothing does.
func (p *plan) beside(t Thing) *spot {
	for _, id := range t.Beside {
		if s := p.spots[id]; s != nil {
			return s
		}
	}
	return nil
}

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

// round keeps the numbers in the file short.
func round(f float64) float64 { return math.Round(f*10) / 10 }
