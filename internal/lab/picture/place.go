package picture

import "math"

// The measures of everything, in pixels.
const (
	margin     = 16.0
	padding    = 12.0 // inside of a VPC
	columnWide = 252.0
	edgeWide   = 200.0
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

// round keeps the numbers in the file short.
func round(f float64) float64 { return math.Round(f*10) / 10 }
