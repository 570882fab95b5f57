package picture

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// Options say how a picture is drawn. The zero value is useful.
type Options struct {
	// Inline pictures are part of a page: they have no XML declaration, and people can
	// follow the links of their elements. Others are images.
	Inline bool
	// Bare pictures have no list of the claims.
	Bare bool
	// Claim is the id of a claim to highlight. Default: none.
	Claim string
}

// Draw draws a model as an SVG.
func Draw(m Model, o Options) []byte {
	p := &plan{model: m}
	p.seats()
	p.lines = p.strands()
	p.connect()
	p.measure(margin)
	if !p.canChoose(o.Claim) {
		o.Claim = ""
	}
	w := &writer{plan: p, options: o, about: p.tallies()}
	w.all()
	return w.out.Bytes()
}

// canChoose reports whether there is something to show of a claim.
func (p *plan) canChoose(id string) bool {
	for i, c := range p.model.Claims {
		if c.ID == id {
			return p.hasLine(i) || len(p.rings(c)) > 0
		}
	}
	return false
}

// writer writes a plan that is placed.
type writer struct {
	*plan
	options Options
	about   map[string]tally
	out     bytes.Buffer
}

func (w *writer) f(format string, args ...any) { fmt.Fprintf(&w.out, format, args...) }

// esc makes a text one of XML: what XML cannot hold is replaced.
func esc(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}

func (w *writer) all() {
	list := w.list(w.h)
	high := w.h + list.h
	role, class := "img", "pic"
	if w.options.Inline {
		role = "group"
	}
	if w.options.Claim != "" {
		class += " one"
	}
	if !w.options.Inline {
		w.f("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	}
	w.f(`<svg xmlns="http://www.w3.org/2000/svg" class="%s" viewBox="0 0 %s %s" width="%s" height="%s" role="%s" aria-labelledby="picture-title picture-text">`+"\n",
		class, num(w.w), num(high), num(w.w), num(high), role)
	w.f("<title id=\"picture-title\">%s</title>\n", esc("The network of "+w.model.Name))
	w.f("<desc id=\"picture-text\">%s</desc>\n<style>%s</style>\n", esc(w.description()), style)
	w.f(`<rect class="ground" width="%s" height="%s"/>`+"\n", num(w.w), num(high))
	w.title()
	for _, v := range w.vpcs {
		w.vpc(v)
	}
	w.neighbours()
	w.strandsUnder()
	for _, v := range w.vpcs {
		w.things(v)
	}
	for _, t := range w.outside {
		w.thing(t)
	}
	w.strandsOver()
	w.ringed()
	w.out.WriteString(list.svg)
	w.f("</svg>\n")
}

// title writes what the picture is of.
func (w *writer) title() {
	w.text(margin, margin+15, "title", cut(w.model.Name, large*1.06, w.w-2*margin), w.model.Name)
	y := margin + 34
	if w.model.Summary != "" {
		w.f(`<g class="%s">`, worst(w.model.Claims))
		w.text(margin, y, "b word", cut(w.model.Summary, normal*1.06, w.w-2*margin), w.model.Summary)
		w.f("</g>\n")
		y += titleLine
	}
	for _, line := range w.subtitle {
		w.text(margin, y, "q", line, "")
		y += titleLine
	}
}

// titleLine is the height of a line below the title.
const titleLine = 17.0

// worst is the worst state of claims.
func worst(claims []Claim) State {
	out := Holds
	for _, c := range claims {
		if rank(c.State) > rank(out) {
			out = c.State
		}
	}
	return out
}

// description is the picture for those who do not see it.
func (w *writer) description() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.", w.model.Summary)
	for _, v := range w.model.VPCs {
		fmt.Fprintf(&b, " VPC %s (%s) with %d subnets.", v.Name, v.Text, len(v.Subnets))
	}
	for _, c := range w.model.Claims {
		fmt.Fprintf(&b, " %s: %s", c.State, c.Name)
		if len(c.Paths) > 0 {
			fmt.Fprintf(&b, ", by %s", c.words())
		}
		b.WriteString(".")
	}
	return b.String()
}

// text writes a line of text; full is shown of one that was cut.
func (w *writer) text(x, y float64, class, text, full string) {
	if text == "" {
		return
	}
	title := ""
	if full != "" && full != text {
		title = "<title>" + esc(full) + "</title>"
	}
	w.f(`<text x="%s" y="%s" class="%s">%s%s</text>`+"\n", num(x), num(y), class, title, esc(text))
}

// begin and end put a link around what is written between them, if there is one.
func (w *writer) begin(url string) func() {
	if !w.options.Inline || !strings.HasPrefix(url, "/") {
		return func() {}
	}
	w.f(`<a href="%s">`, esc(url))
	return func() { w.f("</a>\n") }
}

func (w *writer) rect(r rect, class string, radius float64) {
	w.f(`<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="%s"/>`+"\n", class, num(r.x), num(r.y), num(r.w), num(r.h), num(radius))
}

// vpc writes a VPC and its subnets without what is in them: the lines come above.
func (w *writer) vpc(v *placedVPC) {
	w.rect(v.rect, "vpc", 8)
	end := w.begin(v.URL)
	name := cut("VPC "+v.Name, normal, v.w/2)
	w.text(v.x+padding, v.y+19, "b", name, "VPC "+v.Name)
	end()
	w.text(v.x+padding+width(name, normal)*1.06+10, v.y+19, "s q", cut(v.Text, small, v.w/2-60), v.Text)
	w.pill(v.right()-12, v.y+15, v.ID)
	w.zones(v)
	for _, s := range v.subnets {
		w.subnet(s)
	}
}

// neighbours writes what leads from a VPC's edge to what is outside, whether or not a claim
// is about it.
func (w *writer) neighbours() {
	for _, t := range w.outside {
		for _, id := range t.Beside {
			s := w.spots[id]
			if s == nil {
				continue
			}
			x, from, to := t.x-laneWide, s.bottom()-4, t.bottom()-4
			w.f(`<path class="near" d="%s"/>`+"\n", curve(straight([]point{{s.right(), from}, {x, from}, {x, to}, {t.x, to}})))
		}
	}
	connections := 0
	for _, v := range w.vpcs {
		for _, t := range v.edge {
			connections += min(len(t.Beside), 1)
			for _, id := range t.Beside {
				if s := w.spots[id]; s != nil && s.column == w.columns {
					x, from, to := t.right()+4*float64(connections%3+1), s.bottom()-4, t.bottom()-4
					w.f(`<path class="near" d="%s"/>`+"\n", curve(straight([]point{{s.right(), from}, {x, from}, {x, to}, {t.right(), to}})))
				}
			}
		}
	}
}

// zones writes the names of the Availability Zones above their columns.
func (w *writer) zones(v *placedVPC) {
	if len(v.Zones) < 2 {
		return
	}
	for c, zone := range v.Zones {
		w.text(w.columnX(c)+2, v.y+header+8, "s q", cut(zone, small, columnWide), zone)
	}
}

func (w *writer) subnet(s *placedSubnet) {
	w.rect(s.rect, "box", 5)
	w.f(`<rect class="tier-%s" x="%s" y="%s" width="4" height="%s" rx="2"/>`+"\n", s.Tier, num(s.x), num(s.y), num(s.h))
	count := w.pill(s.right()-gap, s.y+14, s.ID)
	end := w.begin(s.URL)
	tier := string(s.Tier)
	room := s.w - 16 - width(tier, small) - 8 - count
	w.text(s.x+11, s.y+16, "b", cut(s.Name, normal*1.07, room), s.Name)
	end()
	w.text(s.right()-gap-count-2, s.y+16, "s e tier-"+tier, tier, "")
	w.text(s.x+11, s.y+30, "s q", cut(s.Text, small, s.w-18), s.Text)
	for _, f := range s.frames {
		w.rect(f.rect, "frame", 4)
		end := w.begin(f.group.URL)
		name := f.group.Name
		for _, more := range f.more {
			name += ", " + more.Name
		}
		full := name + ": " + f.group.Text
		text := name
		if f.group.Text != "" && width(full, small) <= f.w-12 {
			text = full
		}
		w.text(f.x+6, f.y+12.5, "s g", cut(text, small, f.w-12), full)
		end()
	}
}

// things writes what is in a VPC, above the lines.
func (w *writer) things(v *placedVPC) {
	for _, s := range v.subnets {
		for _, t := range s.things {
			w.thing(t)
		}
		w.table(s)
	}
	for _, t := range v.edge {
		w.thing(t)
	}
}

func (w *writer) table(s *placedSubnet) {
	w.f(`<path class="rule" d="M%s %sh%s"/>`+"\n", num(s.table.x), num(s.table.y), num(s.table.w))
	count := w.pill(s.table.right(), s.table.y+8, s.Table.ID)
	if head := tableKey(s.ID, s.Table.ID, ""); len(w.ports[head]) > 0 {
		r := w.spots[head].rect
		w.rect(rect{r.x, r.y + 1, r.w, r.h - 1}, "cover", 0)
	}
	end := w.begin(s.Table.URL)
	title := "Routes of " + s.Table.Name
	w.text(s.table.x+5, s.table.y+12, "s q", cut(title, small, s.table.w-8-count), title)
	end()
	for i, r := range s.Table.Routes {
		class := "s"
		if r.Dead {
			class += " dead"
		}
		at := s.routes[i]
		if len(w.ports[tableKey(s.ID, s.Table.ID, r.Key)]) > 0 {
			w.rect(rect{at.x, at.y + 0.5, at.w, at.h - 1}, "box", 3)
		}
		w.text(at.x+5, at.y+12, class, cut(r.Destination, small, at.w*0.5-6), r.Destination)
		w.text(at.x+at.w*0.5, at.y+12, class, cut("→ "+r.Target, small, at.w*0.5-2), r.Target)
	}
}

// thing writes a box with its sign, its name and what is to know.
func (w *writer) thing(t placedThing) {
	end := w.begin(t.URL)
	w.f(`<g><title>%s</title>`, esc(strings.TrimSpace(string(t.Kind)+" "+t.Name+" "+t.Text)))
	w.rect(t.rect, "box", 4)
	w.f(`<path class="sign" transform="translate(%s %s)" d="%s"/>`+"\n", num(t.x+6), num(t.middle()-7), signs[t.Kind])
	x := t.x + 26
	if t.big {
		count := w.pill(t.right()-4, t.y+12, t.ID)
		w.text(x, t.y+15, "b", cut(t.Name, normal*1.05, t.w-32-count), "")
		w.text(x, t.y+29, "s q", cut(t.Text, small, t.w-32), "")
	} else {
		count := w.pill(t.right()-4, t.middle(), t.ID)
		room := t.w - 32 - count
		text := cut(t.Text, small, room*0.6)
		room -= width(text, small) + 6
		class, size := "", normal
		if width(t.Name, normal) > room {
			class, size = "s", small
		}
		w.text(x, t.middle()+4, class, cut(t.Name, size, room), "")
		w.text(t.right()-6-count, t.middle()+4, "s q e", text, "")
	}
	w.f("</g>\n")
	end()
}
