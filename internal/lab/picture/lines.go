package picture

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// point is a place on the page.
type point struct{ x, y float64 }

// stretch is a straight part of a line that lies in a channel.
type stretch struct {
	way      way
	from, to point
}

func (s stretch) long() float64 { return math.Hypot(s.to.x-s.from.x, s.to.y-s.from.y) }

// points are the corners of a way of a strand, from its first box to its last, and the
// stretches of it that lie in channels.
func (p *plan) points(s *strand, c course) (corners []point, stretches []stretch) {
	var out []point
	add := func(x, y float64) {
		out = append(out, point{x, y})
	}
	for i, l := range c.legs {
		a, b := p.spots[l.from], p.spots[l.to]
		x, y := edgeOf(a.rect, l.exit), p.port(l.from, s)
		add(x, y)
		for _, w := range l.via {
			at := p.at(w, s)
			if w.vertical {
				x = at
			} else {
				y = at
			}
			add(x, y)
		}
		y = p.port(l.to, s)
		add(x, y)
		for j, w := range l.via {
			n := len(out) - len(l.via) + j
			stretches = append(stretches, stretch{w, out[n-1], out[n]})
		}
		end := edgeOf(b.rect, l.entry)
		if s.stopped && i == len(c.legs)-1 {
			end += map[side]float64{leftSide: -stopSize, rightSide: stopSize}[l.entry]
		}
		add(end, y)
	}
	return straight(out), stretches
}

// stopSize is the radius of a stop sign.
const stopSize = 6.0

func edgeOf(r rect, s side) float64 {
	if s == rightSide {
		return r.right()
	}
	return r.x
}

// at is the place of a strand's lane in a channel: x of a vertical one, y of a horizontal one.
func (p *plan) at(w way, s *strand) float64 {
	switch w.kind {
	case 'v':
		return p.left[w.a] + p.lanes.offset(w, s)
	case 'h':
		return p.vpcs[w.a].rows[w.b] + p.lanes.offset(w, s)
	}
	return p.spots[w.subnet].x + p.lanes.offset(w, s) - 4
}

// port is the height at which a strand enters and leaves a box.
func (p *plan) port(key string, s *strand) float64 {
	r, users := p.spots[key].rect, p.ports[key]
	i := slices.IndexFunc(users, func(o *strand) bool { return same(o, s) })
	step := min(laneWide, (r.h-6)/float64(max(len(users), 1)))
	return r.middle() + step*(float64(i)-float64(len(users)-1)/2)
}

// connect finds the legs of all strands and takes the lanes and ports that they need.
func (p *plan) connect() {
	p.ports = map[string][]*strand{}
	for _, s := range p.lines {
		for i := range s.ways {
			p.connectWay(s, &s.ways[i])
		}
	}
}

func (p *plan) connectWay(s *strand, c *course) {
	for i := 1; i < len(c.spots); i++ {
		l := p.leg(c.spots[i-1], c.spots[i])
		c.legs = append(c.legs, l)
		for _, w := range l.via {
			p.lanes.add(w, s)
		}
	}
	for _, key := range c.spots {
		if len(c.spots) > 1 && !slices.ContainsFunc(p.ports[key], func(o *strand) bool { return same(o, s) }) {
			p.ports[key] = append(p.ports[key], s)
		}
	}
}

// straight removes points that are where others are, or on the way between two others.
func straight(in []point) []point {
	var out []point
	for _, p := range in {
		p = point{round(p.x), round(p.y)}
		n := len(out)
		if n > 0 && out[n-1] == p {
			continue
		}
		if n > 1 && (out[n-2].x == out[n-1].x && out[n-1].x == p.x || out[n-2].y == out[n-1].y && out[n-1].y == p.y) && between(out[n-2], out[n-1], p) {
			out[n-1] = p
			continue
		}
		out = append(out, p)
	}
	return out
}

func between(a, b, c point) bool {
	return (b.x-a.x)*(c.x-b.x) >= 0 && (b.y-a.y)*(c.y-b.y) >= 0
}

// curve is a line with round corners, as the d of a path.
func curve(points []point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%s %s", num(points[0].x), num(points[0].y))
	for i := 1; i < len(points); i++ {
		at := points[i]
		if i == len(points)-1 {
			fmt.Fprintf(&b, "L%s %s", num(at.x), num(at.y))
			break
		}
		before, after := toward(at, points[i-1], 4), toward(at, points[i+1], 4)
		fmt.Fprintf(&b, "L%s %sQ%s %s %s %s", num(before.x), num(before.y), num(at.x), num(at.y), num(after.x), num(after.y))
	}
	return b.String()
}

// toward is the point in a distance from one on the way to another, at most half of it.
func toward(from, to point, distance float64) point {
	long := math.Hypot(to.x-from.x, to.y-from.y)
	if long == 0 {
		return from
	}
	d := min(distance, long/2) / long
	return point{from.x + (to.x-from.x)*d, from.y + (to.y-from.y)*d}
}

// num writes a number as short as it can be.
func num(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }
