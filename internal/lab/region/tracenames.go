package region

import (
	"slices"
	"strings"

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
type owner struct{ kind, of string }

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

// own finds out what the ids of hops belong to that no stack has as resources.
func (t *traces) own(all []trace.Exchange) map[string]owner {
	out := map[string]owner{}
	n := t.region.Network
	for _, e := range all {
		hops := e.There.Hops
		if e.Back != nil {
			hops = slices.Concat(hops, e.Back.Hops)
		}
		for _, h := range hops {
			for _, id := range append([]string{h.At, h.To}, h.By...) {
				if function, ok := strings.CutPrefix(id, "lambda "); ok {
					out[id] = owner{"function", function}
				}
				i, err := n.Interfaces().Get(id)
				if err != nil {
					continue
				}
				for _, d := range described {
					if of, ok := strings.CutPrefix(i.Description, d.description); ok {
						out[id] = owner{d.kind, of}
					}
				}
				if i.Instance != "" {
					out[id] = owner{"instance", i.Instance}
				}
			}
		}
	}
	for _, v := range n.VPCs().All() {
		out[v.MainTable] = owner{"main route table of", v.ID}
		out[v.DefaultACL] = owner{"default network ACL of", v.ID}
		out[v.DefaultGroup] = owner{"default security group of", v.ID}
	}
	return out
}
