package picture

import (
	"slices"
	"strings"
)

// part is a piece of SVG with its height.
type part struct {
	svg string
	h   float64
}

// lineHigh is the height of a line of the list.
const lineHigh = 16.0

// list writes all claims below the picture: first those with a line, what does not hold
// before the rest, then those that facts alone decide, by what they are about.
func (w *writer) list(top float64) part {
	l := &writer{plan: w.plan, options: w.options}
	y := top + 4
	if len(w.lines) > 0 {
		l.key(y)
		y += 24
	}
	entries := w.entries()
	if w.options.Bare {
		entries = nil
	}
	wide := w.w - 2*margin
	columns := max(1, min(int(wide/entryWide), len(entries)))
	column := (wide - columnGap*float64(columns-1)) / float64(columns)
	total := 0.0
	for i := range entries {
		total += entries[i](&writer{plan: w.plan, options: w.options}, 0, 0, column)
	}
	at, bottom, c := y, y, 0
	for _, entry := range entries {
		if at-y >= total/float64(columns) && c < columns-1 {
			at, c = y, c+1
		}
		at += entry(l, margin+(column+columnGap)*float64(c), at, column)
		bottom = max(bottom, at)
	}
	return part{l.out.String(), bottom + margin - top}
}

// The columns of the list.
const (
	entryWide = 420.0
	columnGap = 28.0
)

// entry writes a part of the list and returns its height.
type entry func(w *writer, x, y, wide float64) float64

func (w *writer) entries() []entry {
	var out []entry
	lines := slices.Clone(w.lines)
	slices.SortStableFunc(lines, func(a, b *strand) int { return rank(b.state) - rank(a.state) })
	for _, s := range lines {
		out = append(out, func(w *writer, x, top, wide float64) float64 {
			w.f(`<g class="%s">`, s.state)
			w.letter(point{x + 9, top + 4}, s)
			w.f("</g>\n")
			y := top
			for _, claims := range w.alike(s.claims) {
				y = w.claimNames(x+26, y, wide-26, claims)
				c := w.model.Claims[claims[0]]
				y = w.lineOf(x+26, y, wide-26, c.words())
				if c.State != Holds {
					y = w.lineOf(x+26, y, wide-26, c.Text)
				}
				y += 5
			}
			return y - top
		})
	}
	for _, f := range w.facts() {
		out = append(out, func(w *writer, x, top, wide float64) float64 {
			name := min(factWide, wide/2)
			w.text(x, top+8, "s q", cut(f.name, small, name-12), f.name)
			y := w.claimNames(x+name, top, wide-name, f.claims)
			for _, i := range f.claims {
				if c := w.model.Claims[i]; c.State != Holds {
					y = w.lineOf(x+26, y, wide-26, c.Text)
				}
			}
			return y + 2 - top
		})
	}
	return out
}

// lineOf writes a text in lines that fit, and returns where the next one is.
func (w *writer) lineOf(x, y, wide float64, text string) float64 {
	for _, line := range wrap(text, small, wide) {
		w.text(x, y+8, "s q", line, "")
		y += lineHigh - 1
	}
	return y
}

// factWide is the width of the names of what claims are about.
const factWide = 190.0

// alike groups claims whose hops are called the same.
func (w *writer) alike(claims []int) [][]int {
	var out [][]int
	index := map[string]int{}
	for _, i := range claims {
		words := w.model.Claims[i].words()
		j, ok := index[words]
		if !ok {
			j = len(out)
			index[words] = j
			out = append(out, nil)
		}
		out[j] = append(out[j], i)
	}
	return out
}

// key says what the lines mean.
func (w *writer) key(y float64) {
	x := margin
	for _, k := range []struct {
		state   State
		text    string
		stopped string
	}{
		{Holds, "holds: packets arrive", ""}, {Holds, "holds: packets are stopped, as claimed", "as claimed"},
		{Refuted, "refuted", ""}, {Unproven, "unproven", ""},
	} {
		w.f(`<g class="%s"><path class="path" d="M%s %sh26"/>`, k.state, num(x), num(y+4))
		end := x + 30
		if k.stopped != "" {
			w.stop(point{x + 28, y + 4})
			end += 4
		} else {
			w.f(`<path class="end" d="M%s %sl-7 -4v8z"/>`, num(x+31), num(y+4))
		}
		w.f("</g>\n")
		w.text(end+6, y+8, "s q", k.text, "")
		x = end + 6 + width(k.text, small) + 18
	}
}

// claimNames writes the names of claims, each with its mark and a link that chooses it, and
// returns where the next line is.
func (w *writer) claimNames(x, y, room float64, claims []int) float64 {
	at := x
	for _, i := range claims {
		c := w.model.Claims[i]
		name := marks[c.State] + " " + c.Name
		wide := width(name, normal)*1.05 + 14
		if at > x && at+wide > x+room {
			at, y = x, y+lineHigh
		}
		w.f(`<g class="%s">`, c.State)
		url := ""
		switch {
		case !w.hasLine(i) && len(w.rings(c)) == 0:
		case c.URL != "" && w.options.Inline:
			url = c.URL
		default:
			url = "#" + anchor(c.ID)
		}
		end := func() {}
		if url != "" {
			w.f(`<a href="%s">`, esc(url))
			end = func() { w.f("</a>") }
		}
		title := c.Name + ": " + string(c.State)
		if c.Text != "" {
			title += ". " + c.Text
		}
		w.text(at, y+8, "b word", cut(name, normal*1.05, room), title)
		end()
		w.f("</g>")
		at += wide
	}
	return y + lineHigh
}

// fact is what claims without a path are about.
type fact struct {
	name   string
	claims []int
}

// facts groups the claims without a path by what they are about.
func (w *writer) facts() []fact {
	var out []fact
	index := map[string]int{}
	for i, c := range w.model.Claims {
		if w.hasLine(i) {
			continue
		}
		var names []string
		for _, id := range c.About {
			if n := w.nameOf(id); n != "" {
				names = append(names, n)
			}
		}
		slices.Sort(names)
		name := strings.Join(names, ", ")
		if name == "" {
			name = "The stack and its roles"
		}
		j, ok := index[name]
		if !ok {
			j = len(out)
			index[name] = j
			out = append(out, fact{name: name})
		}
		out[j].claims = append(out[j].claims, i)
	}
	return out
}

// hasLine reports whether a claim, by its index, has a line.
func (p *plan) hasLine(claim int) bool {
	return slices.ContainsFunc(p.lines, func(s *strand) bool { return slices.Contains(s.claims, claim) })
}

// nameOf is the name of what has an id, with its kind.
func (w *writer) nameOf(id string) string {
	for _, v := range w.model.VPCs {
		if v.ID == id {
			return "VPC " + v.Name
		}
		for _, s := range v.Subnets {
			if s.ID == id {
				return "Subnet " + s.Name
			}
			for _, t := range s.Things {
				if t.ID == id {
					return t.called()
				}
			}
		}
		for _, t := range v.Edge {
			if t.ID == id {
				return t.called()
			}
		}
	}
	for _, t := range w.model.Outside {
		if t.ID == id {
			return t.called()
		}
	}
	return ""
}

// called is a thing's name with its kind.
func (t Thing) called() string {
	kind := sentence(string(t.Kind))
	if strings.HasPrefix(t.Name, kind) {
		return t.Name
	}
	return kind + " " + t.Name
}

// sentence begins a text with a capital letter.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
