// Package why says why a stack's proof fails: which hop of a packet's way is the first to
// break, which resource and property of the template decides it, and which smallest
// change of the template would mend it. A change is tried before it is named: the changed
// template is deployed in a copy of the lab, and every claim must hold there.
//
//	verdicts, traces ─▶ evidence    which resources they speak of           evidence.go
//	                 ─▶ changes     what could be otherwise, likeliest first  changes_*.go
//	                 ─▶ Explain     the first that mends it                  why.go
//
// It knows claims by their kinds and CloudFormation's resource types, and nothing of this
// project's constructs: a template of anybody's that has a proof can be explained.
package why

import (
	"context"
	"fmt"
	"strings"

	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/trace"
	"provenendpoints/proof"
)

// Deployed is what became of a stack that was deployed.
type Deployed struct {
	// Holds reports whether it deployed, with every claim holding.
	Holds bool
	// Reason is why it did not deploy.
	Reason string
	// Reports are the verifications, with the ways of packets.
	Reports []verdict.Report
	// Physical are the physical ids of resources by their logical ids, Owners what
	// belongs to no stack: the physical id that an interface or a default object belongs
	// to.
	Physical, Owners map[string]string
}

// Deploy deploys a template in a copy of the lab, always in the same course.
type Deploy func(ctx context.Context, template []byte) (Deployed, error)

// Cause is why a claim does not hold.
type Cause struct {
	// Claim is the id of the first claim that does not hold: a cause comes before its
	// symptoms. State is refuted or unproven, Seen what was seen.
	Claim string
	State proof.State
	Seen  string
	// Hop is the first hop of a packet to break, or the one that lets a packet pass that
	// must not, and Trace the whole way. They are nil where facts alone judge. Words is the
	// hop in words, with logical ids.
	Hop   *trace.Hop
	Trace *trace.Exchange
	Words string
	// Resource is the logical id of what decides it, Type its resource type, and Property
	// the place in its properties; empty: the resource as a whole. A resource that is
	// missing has the name that the change gives it.
	Resource, Type, Property string
	// Change is the change in words, and Template the template with it; empty if none was
	// found that makes every claim hold. Resource and Property are then the likeliest.
	Change   string
	Template []byte
	// Tried is how many changes were tried, and Attempts says which, with what did not hold
	// then.
	Tried    int
	Attempts []string
}

// maxTried is how many changes are tried.
const maxTried = 24

// Explain finds out why the proof of a template fails. It is nil if all claims hold or
// none was judged. The template is deployed once as it is, and once for each change.
func Explain(ctx context.Context, text []byte, deploy Deploy) (*Cause, error) {
	d, err := read(text)
	if err != nil {
		return nil, err
	}
	as, err := deploy(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("deploy it as it is: %w", err)
	}
	failing := notHolding(as.Reports)
	if as.Holds || len(failing) == 0 {
		return nil, nil
	}
	e := newEvidence(d, as)
	cause := &Cause{Claim: failing[0].Claim, State: failing[0].State, Seen: failing[0].Seen}
	if cause.Hop, cause.Trace = deciding(failing); cause.Hop != nil {
		named := trace.Exchange{There: trace.Trace{Hops: []trace.Hop{*cause.Hop}}}.Named(e.name)
		cause.Words = named.There.Hops[0].String()
	}
	changes := e.changes(failing)
	if len(changes) > 0 {
		cause.Resource, cause.Type, cause.Property = changes[0].resource, changes[0].typ, changes[0].property
	}
	tried := map[string]bool{string(text): true}
	for _, c := range changes {
		if cause.Tried == maxTried || ctx.Err() != nil {
			break
		}
		changed := d.clone()
		if !c.apply(changed) {
			continue
		}
		text, err := changed.text()
		if err != nil || tried[string(text)] {
			continue
		}
		tried[string(text)] = true
		cause.Tried++
		then, err := deploy(ctx, text)
		if err != nil {
			return cause, fmt.Errorf("deploy it with a change (%s): %w", c.words, err)
		}
		cause.Attempts = append(cause.Attempts, c.words+": "+outcome(then))
		if then.Holds {
			cause.Resource, cause.Type, cause.Property = c.resource, c.typ, c.property
			cause.Change, cause.Template = c.words, text
			return cause, nil
		}
	}
	return cause, ctx.Err()
}

// outcome says in a few words what became of a changed template.
func outcome(d Deployed) string {
	failing := notHolding(d.Reports)
	switch {
	case d.Holds:
		return "every claim holds"
	case len(failing) == 0:
		return "it does not deploy: " + strings.Join(strings.Fields(d.Reason), " ")
	}
	var ids []string
	for _, v := range failing {
		ids = append(ids, v.Claim)
	}
	return "not " + strings.Join(ids, ", ")
}

// notHolding are the verdicts that do not hold, causes before symptoms: facts before
// what was measured, refuted before unproven.
func notHolding(reports []verdict.Report) []verdict.Verdict {
	var ranked [4][]verdict.Verdict
	for _, r := range reports {
		for _, v := range r.Verdicts {
			rank := 0
			if v.State == proof.Holds {
				continue
			}
			if v.State != proof.Refuted {
				rank += 2
			}
			if proof.Kind(v.Kind).Measured() {
				rank++
			}
			ranked[rank] = append(ranked[rank], v)
		}
	}
	var out []verdict.Verdict
	for _, some := range ranked {
		out = append(out, some...)
	}
	return out
}

// deciding is the hop that decides the first verdict that has a trace: where the way of a
// positive claim breaks, and for a negative one the last route or endpoint that leads on.
func deciding(failing []verdict.Verdict) (*trace.Hop, *trace.Exchange) {
	for _, v := range failing {
		for _, e := range v.Traces {
			if h, _, broken := e.Broken(); broken {
				return &h, &e
			}
			if !proof.Kind(v.Kind).Negative() {
				continue
			}
			for _, h := range e.There.Hops {
				if h.Action == trace.Routed && h.To != "local" || h.Action == trace.Forwarded {
					return &h, &e
				}
			}
		}
	}
	return nil, nil
}

// String says it in a few lines.
func (c *Cause) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is %s: %s", c.Claim, c.State, c.Seen)
	if c.Hop != nil {
		fmt.Fprintf(&b, "\nfirst hop: %s", c.Words)
	}
	if c.Resource != "" {
		fmt.Fprintf(&b, "\ndecided by: %s (%s)", c.Resource, c.Type)
		if c.Property != "" {
			fmt.Fprintf(&b, " %s", c.Property)
		}
	}
	if c.Change != "" {
		fmt.Fprintf(&b, "\nmended by: %s (tried, of %d)", c.Change, c.Tried)
	} else {
		fmt.Fprintf(&b, "\nno single change was found that mends it (%d tried)", c.Tried)
	}
	return b.String()
}
