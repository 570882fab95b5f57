package region

import (
	"slices"
	"strings"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/trace"
)

// Naming returns what names ids: the first time with the id, and then without. What
// nobody calls anything has its id alone.
func (t Traces) Naming() func(id string) string {
	return trace.Once(func(id string) (brief, full string) {
		switch name := t.Names[id]; {
		case name == "" || name == id:
			return id, id
		case strings.HasPrefix(id, "arn:"):
			return name, name
		default:
			return name, name + " (" + id + ")"
		}
	})
}

// owner is what an object that is no resource of a stack belongs to: its kind, and an id.
type owner struct {
	kind, of string
	outside  bool // it is a host on the internet
}

// name names the object after what it belongs to.
func (o owner) name(names map[string]string) string {
	name := names[o.of]
	if name == "" {
		name = o.of
		for id, logical := range names { // a load balancer's ARN ends so
			if strings.HasSuffix(id, "/"+o.of) {
				name = logical
			}
		}
	}
	return strings.TrimSpace(o.kind + " " + name)
}

// described are the descriptions of the interfaces that services make, before the id of what
// they are made for, with what people call them.
var described = []struct{ description, kind string }{
	{"AWS Lambda VPC ENI-", "function"}, {"VPC Endpoint Interface ", "interface of"},
	{"Interface for NAT Gateway ", "interface of"}, {"ELB ", "node of"},
	{"EC2 Instance Connect Endpoint ", "interface of"},
}

// ownerOf is what an interface belongs to, or a host on the internet by its name. It is the
// zero value for what belongs to nothing but itself.
func ownerOf(id string, i vpc.Interface) owner {
	if function, ok := strings.CutPrefix(id, "lambda "); ok {
		return owner{kind: "function", of: function, outside: true}
	}
	for _, d := range described {
		if of, ok := strings.CutPrefix(i.Description, d.description); ok {
			return owner{kind: d.kind, of: of}
		}
	}
	if i.Instance != "" {
		return owner{kind: "instance", of: i.Instance}
	}
	return owner{}
}

// own finds out what the ids of hops, and others, belong to that no stack has as
// resources.
func (t *traces) own(all []trace.Exchange, others []string) map[string]owner {
	out := map[string]owner{}
	n := t.region.Network
	take := func(id string) {
		i, _ := n.Interfaces().Get(id) // the zero value for a host
		if o := ownerOf(id, i); o.of != "" {
			out[id] = o
		}
	}
	for _, id := range others {
		take(id)
	}
	for _, e := range all {
		hops := e.There.Hops
		if e.Back != nil {
			hops = slices.Concat(hops, e.Back.Hops)
		}
		for _, h := range hops {
			for _, id := range append([]string{h.At, h.To}, h.By...) {
				take(id)
			}
		}
	}
	for _, v := range n.VPCs().All() {
		out[v.MainTable] = owner{kind: "main route table of", of: v.ID}
		out[v.DefaultACL] = owner{kind: "default network ACL of", of: v.ID}
		out[v.DefaultGroup] = owner{kind: "default security group of", of: v.ID}
	}
	return out
}
