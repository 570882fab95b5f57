package picture

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// tally counts the claims about one thing that have no path.
type tally struct{ count, broken, open int }

func (p *plan) tallies() map[string]tally {
	out := map[string]tally{}
	for i, c := range p.model.Claims {
		if p.hasLine(i) {
			continue
		}
		for _, id := range c.About {
			t := out[id]
			t.count++
			switch c.State {
			case Refuted:
				t.broken++
			case Unproven:
				t.open++
			}
			out[id] = t
		}
	}
	return out
}

// marks are the signs of the states, for those who do not see colours.
var marks = map[State]string{Holds: "✓", Refuted: "✗", Unproven: "?"}

// pill writes how many claims are about a thing and how many of them do not hold, to the
// left of a point. It returns how wide that is.
func (w *writer) pill(right, middle float64, id string) float64 {
	t, ok := w.about[id]
	if !ok {
		return 0
	}
	state, text := Holds, fmt.Sprint("✓", t.count)
	switch {
	case t.broken > 0:
		state, text = Refuted, fmt.Sprint("✗", t.broken)
	case t.open > 0:
		state, text = Unproven, fmt.Sprint("?", t.open)
	}
	wide := width(text, 10) + 8
	w.f(`<g class="%s"><title>%d claims, %d refuted, %d unproven</title><rect class="pill" x="%s" y="%s" width="%s" height="13" rx="6.5"/><text class="on-pill" x="%s" y="%s">%s</text></g>`+"\n",
		state, t.count, t.broken, t.open, num(right-wide), num(middle-6.5), num(wide), num(right-wide/2), num(middle+3.6), text)
	return wide + 4
}

// strandsUnder writes the lines, which the boxes then cover, and for each claim the line that
// shows when the claim is chosen.
func (w *writer) strandsUnder() {
	for _, s := range w.lines {
		class := string(s.state)
		if s.faint {
			class += " faint"
		}
		if d := w.drawn(s); d != "" {
			w.f(`<g class="strand %s"><path class="path" d="%s"/></g>`+"\n", class, d)
		}
	}
	for _, s := range w.lines {
		for _, i := range s.claims {
			w.chosen(s, w.model.Claims[i])
		}
	}
}

// drawn is the d of the path of all ways of a strand.
func (w *writer) drawn(s *strand) string {
	d := ""
	for _, c := range s.ways {
		if len(c.legs) > 0 {
			points, _ := w.points(s, c)
			d += curve(points)
		}
	}
	return d
}

// strandsOver writes the ends of the lines and their letters.
func (w *writer) strandsOver() {
	for _, s := range w.lines {
		w.f(`<g class="strand %s">`, s.state)
		w.endings(s)
		if !s.faint {
			w.label(s)
		}
		w.f("</g>\n")
	}
}

// label writes the letter of a strand on its longest stretch in a channel, where those of
// the lines beside it are not.
func (w *writer) label(s *strand) {
	_, stretches := w.points(s, s.ways[0])
	if len(stretches) == 0 {
		return
	}
	best := stretches[0]
	for _, other := range stretches[1:] {
		// Where lines have room: not in the channel inside of a subnet.
		if inner := other.way.kind == 'i'; !inner && best.way.kind == 'i' || inner == (best.way.kind == 'i') && other.long() > best.long() {
			best = other
		}
	}
	lane, all := w.lanes.lane(best.way, s), len(w.lanes.users[best.way])
	at := float64(lane+1) / float64(all+1)
	if best.from.x > best.to.x || best.from.y > best.to.y {
		at = 1 - at
	}
	w.letter(point{best.from.x + (best.to.x-best.from.x)*at, best.from.y + (best.to.y-best.from.y)*at}, s)
}

// anchor is the fragment that chooses a claim.
func anchor(id string) string { return "claim-" + id }

// chosen writes the line of one claim, which shows when the claim is chosen.
func (w *writer) chosen(s *strand, c Claim) {
	class := "claim " + string(s.state)
	if c.ID == w.options.Claim {
		class += " chosen"
	}
	w.f(`<g id="%s" class="%s"><title>%s</title>`, esc(anchor(c.ID)), class, esc(fmt.Sprintf("%s: %s", c.Name, c.State)))
	if d := w.drawn(s); d != "" {
		w.f(`<path class="path" d="%s"/>`, d)
	}
	w.endings(s)
	w.f("</g>\n")
}

// rings are the boxes that a claim which facts alone decide is about.
func (p *plan) rings(c Claim) []rect {
	var out []rect
	for _, id := range c.About {
		if s := p.spots[id]; s != nil {
			out = append(out, s.rect)
		}
	}
	return out
}

// ringed writes a ring around what a claim without a line is about, which shows when the
// claim is chosen.
func (w *writer) ringed() {
	for i, c := range w.model.Claims {
		rings := w.rings(c)
		if w.hasLine(i) || len(rings) == 0 {
			continue
		}
		class := "claim " + string(c.State)
		if c.ID == w.options.Claim {
			class += " chosen"
		}
		w.f(`<g id="%s" class="%s"><title>%s</title>`, esc(anchor(c.ID)), class, esc(fmt.Sprintf("%s: %s", c.Name, c.State)))
		for _, r := range rings {
			w.rect(rect{r.x - 3, r.y - 3, r.w + 6, r.h + 6}, "path", 7)
		}
		w.f("</g>\n")
	}
}

func (w *writer) letter(at point, s *strand) {
	wide := max(14, width(s.letter, 10)+6)
	w.f(`<rect class="pill" x="%s" y="%s" width="%s" height="14" rx="7"/><text class="on-pill" x="%s" y="%s">%s</text>`,
		num(at.x-wide/2), num(at.y-7), num(wide), num(at.x), num(at.y+3.6), s.letter)
}

// endings writes an arrow where the packets arrive, and a stop sign where they do not.
func (w *writer) endings(s *strand) {
	written := map[point]bool{}
	for _, c := range s.ways {
		var at, before point
		if len(c.legs) > 0 {
			points, _ := w.points(s, c)
			at, before = points[len(points)-1], points[max(len(points)-2, 0)]
		} else {
			r := w.spots[c.spots[0]].rect
			at = point{r.x - stopSize, r.middle()}
			before = at
		}
		if written[at] {
			continue
		}
		written[at] = true
		if s.stopped {
			w.stop(at)
			continue
		}
		d := math.Copysign(7, before.x-at.x)
		if before.x == at.x {
			d = -7
		}
		w.f(`<path class="end" d="M%s %sL%s %sL%s %sZ"/>`, num(at.x), num(at.y), num(at.x+d), num(at.y-4), num(at.x+d), num(at.y+4))
	}
}

// stop writes a stop sign.
func (w *writer) stop(at point) {
	w.f(`<circle class="end" cx="%s" cy="%s" r="%s"/><path class="cut" d="M%s %sh6.4"/>`, num(at.x), num(at.y), num(stopSize), num(at.x-3.2), num(at.y))
}

// words are the hops of a claim in a line. Hops of several ways that differ stand side by side.
func (c Claim) words() string {
	var hops []string
	for i := 0; ; i++ {
		var names []string
		more := false
		for _, path := range c.Paths {
			if i < len(path) {
				more = true
				if name := path[i].Name; name != "" && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
		if !more {
			break
		}
		if len(names) > 0 {
			hops = append(hops, strings.Join(names, " or "))
		}
	}
	text := strings.Join(hops, " → ")
	if c.Stopped != "" {
		text += " ⊘ " + c.Stopped
	}
	return text
}
