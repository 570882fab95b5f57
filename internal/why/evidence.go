package why

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/proof"
)

// evidence is what there is to find a cause in.
type evidence struct {
	document
	deployed Deployed
	logical  map[string]string // by physical id
	claims   map[string]object // of the template, by id
	points   object            // the vantage points' functions, by name
	wanted   map[string]bool   // resources that claims name
}

func newEvidence(d document, as Deployed) *evidence {
	e := &evidence{document: d, deployed: as, logical: map[string]string{}, claims: map[string]object{}, points: object{}, wanted: map[string]bool{}}
	for id, physical := range as.Physical {
		if physical != "" && d.resource(id) != nil {
			e.logical[physical] = id
		}
	}
	for physical, of := range as.Owners {
		if id := e.logical[of]; id != "" && e.logical[physical] == "" {
			e.logical[physical] = id
		}
	}
	for _, id := range d.ofType(contract.ResourceType) {
		p := d.properties(id)
		e.take("", contract.ClaimsOf(p))
		members, _ := p["Members"].([]any)
		for _, m := range members {
			if m, ok := m.(object); ok {
				name, _ := m["Name"].(string)
				e.take(name, m["Claims"])
			}
		}
		if points, ok := p["VantagePoints"].(object); ok {
			maps.Copy(e.points, points)
		}
	}
	return e
}

// take takes the claims of a proof, or of a member of a set, whose name their ids then
// begin with.
func (e *evidence) take(member string, claims any) {
	list, _ := claims.([]any)
	for _, c := range list {
		c, ok := c.(object)
		if !ok {
			continue
		}
		id, _ := c["Id"].(string)
		e.claims[member+id] = c
		for _, r := range e.ids() {
			if mentions(c, r) {
				e.wanted[r] = true
			}
		}
	}
}

// claim is the claim of a verdict in the template. A claim that is made from several
// vantage points has the point's name in its id.
func (e *evidence) claim(v verdict.Verdict) object {
	if c := e.claims[v.Claim]; c != nil {
		return c
	}
	for _, id := range slices.Sorted(maps.Keys(e.claims)) {
		if c := e.claims[id]; c["Kind"] == v.Kind && (strings.HasSuffix(v.Claim, id) || strings.HasPrefix(v.Claim, id)) {
			return c
		}
	}
	return object{}
}

// named are the resources that a text speaks of, by physical or logical ids, in the order
// in which it does.
func (e *evidence) named(text string) []string {
	at := map[string]int{}
	note := func(id, word string) {
		i := strings.Index(text, word)
		if old, known := at[id]; i >= 0 && (!known || i < old) {
			at[id] = i
		}
	}
	for physical, id := range e.logical {
		for _, word := range []string{physical, physical[strings.LastIndexByte(physical, '/')+1:]} {
			if len(word) > 5 {
				note(id, word)
			}
		}
	}
	for _, id := range e.ids() {
		note(id, id)
	}
	out := slices.Collect(maps.Keys(at))
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(at[a]-at[b], strings.Compare(a, b)) })
	return out
}

// name is an id with the logical id of its resource.
func (e *evidence) name(physical string) string {
	switch id := e.logical[physical]; {
	case id == "":
		return physical
	case strings.HasPrefix(physical, "arn:"):
		return id
	default:
		return id + " (" + physical + ")"
	}
}

// hops are the resources that decide on the ways of a verdict's packets, the last first.
func (e *evidence) hops(v verdict.Verdict) []string {
	var out []string
	for _, x := range v.Traces {
		hops := x.There.Hops
		if x.Back != nil {
			hops = append(slices.Clone(hops), x.Back.Hops...)
		}
		for _, h := range slices.Backward(hops) {
			for _, physical := range append(slices.Clone(h.By), h.To) {
				if id := e.logical[physical]; id != "" && !slices.Contains(out, id) {
					out = append(out, id)
				}
			}
		}
	}
	return out
}

// users are the resources that configure one: those of a type that refer to it.
func (e *evidence) users(id string, types ...string) []string {
	return slices.DeleteFunc(e.ofType(types...), func(other string) bool { return !mentions(e.properties(other), id) })
}

// size is how many resources a change takes away.
func (e *evidence) size(c change) int {
	d := e.clone()
	if !c.apply(d) {
		return len(e.ids())
	}
	return len(e.ids()) - len(d.ids())
}

// changes are those that could mend what does not hold, the likeliest and smallest first.
func (e *evidence) changes(failing []verdict.Verdict) []change {
	var exact, added, near []change
	for _, v := range failing {
		c := e.claim(v)
		exact = append(exact, e.byKind(v, c)...)
		exact = append(exact, e.byDenial(v)...)
		exact = append(exact, e.byHop(v, c)...)
		spoken := e.named(v.Seen)
		for _, id := range spoken {
			if !e.wanted[id] {
				added = append(added, e.removing(id))
			}
		}
		if proof.Kind(v.Kind).Negative() {
			spoken = append(spoken, e.hops(v)...)
		}
		for _, id := range spoken {
			near = append(near, e.around(id)...)
		}
	}
	// What takes the least with it is removed first.
	slices.SortStableFunc(added, func(a, b change) int { return cmp.Compare(e.size(a), e.size(b)) })
	for _, v := range failing {
		if proof.Kind(v.Kind) == proof.Last {
			added = append(added, e.unseen(v.Seen)...)
		}
	}
	for _, v := range failing {
		for _, id := range append(e.hops(v), e.named(v.Hint)...) {
			near = append(near, e.around(id)...)
		}
		for _, id := range e.ids() {
			if mentions(e.claim(v), id) {
				near = append(near, e.around(id)...)
			}
		}
	}
	return slices.Concat(exact, added, near)
}
