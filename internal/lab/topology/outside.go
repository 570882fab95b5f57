package topology

import (
	"slices"
	"strings"

	"provenendpoints/internal/lab/picture"
)

// internet is the id of the internet in the picture.
const internet = "the internet"

// services adds what the endpoints of the VPCs lead to, beside them, and the internet beside
// the first internet gateway.
func (b *builder) services() {
	for _, v := range b.model.VPCs {
		for _, g := range b.gateways {
			if g.VPC == v.ID {
				b.addOutside(picture.Thing{ID: internet, Kind: picture.Internet, Name: "The internet", Text: "everybody", Beside: []string{g.ID}})
			}
		}
		for _, e := range b.endpoints {
			if e.VPC != v.ID {
				continue
			}
			if s, ok := b.offeredAs(e.Service); ok {
				b.addOutside(picture.Thing{ID: s, Kind: picture.EndpointService, Name: last(b.named(s, "")), Text: "endpoint service", URL: b.link(s), Beside: []string{e.ID}})
			} else if name, host, ok := b.serviceHost(e.Service); ok {
				b.addService(name, host, e.ID)
			} else {
				b.addOutside(picture.Thing{ID: e.Service, Kind: picture.EndpointService, Name: e.Service, Text: "endpoint service of others", Beside: []string{e.ID}})
			}
		}
		for _, p := range b.peerings {
			for _, other := range []string{p.Requester, p.Accepter} {
				if (p.Requester == v.ID || p.Accepter == v.ID) && other != v.ID && !b.concerns(other) {
					b.addOutside(picture.Thing{ID: other, Kind: picture.Stranger, Name: b.named(other, ""), Text: "another VPC", Beside: []string{endOf(p, v.ID)}})
				}
			}
		}
	}
	// Who else is connected with the endpoint services of the stack.
	for _, s := range b.offered {
		if !b.isOutside(s.ID) && b.knows(s.ID) {
			b.addOutside(picture.Thing{ID: s.ID, Kind: picture.EndpointService, Name: last(b.named(s.ID, "")), Text: "endpoint service", URL: b.link(s.ID)})
		}
	}
}

func (b *builder) addService(name, host string, beside ...string) {
	b.addOutside(picture.Thing{ID: host, Kind: picture.Service, Name: name, Text: host, Beside: beside})
}

// offeredAs is the id of the endpoint service of the Region that has a name.
func (b *builder) offeredAs(name string) (string, bool) {
	for _, s := range b.offered {
		if s.Name == name {
			return s.ID, true
		}
	}
	return "", false
}

// serviceHost is the short name of one of AWS's services and its default DNS name:
// com.amazonaws.REGION.s3 is at s3.REGION.amazonaws.com
// (docs.aws.amazon.com/general/latest/gr/rande.html).
func (b *builder) serviceHost(service string) (name, host string, ok bool) {
	name, ok = b.shortService(service)
	if !ok {
		return "", "", false
	}
	labels := strings.Split(name, ".")
	slices.Reverse(labels) // ecr.dkr is dkr.ecr
	return name, strings.Join(labels, ".") + "." + b.region.Network.Region() + ".amazonaws.com", true
}

// somewhere is the thing outside that a DNS name is: one of AWS's services by the end of its
// name, or a host on the internet.
func (b *builder) somewhere(host string) string {
	host = strings.TrimSuffix(host, ".")
	for _, t := range b.model.Outside {
		if t.Kind == picture.Service && (host == t.ID || strings.HasSuffix(host, "."+t.ID)) {
			return t.ID
		}
	}
	end := "." + b.region.Network.Region() + ".amazonaws.com"
	if rest, ok := strings.CutSuffix(host, end); ok {
		name := last(strings.ReplaceAll(rest, ".", "/"))
		b.addService(name, name+end)
		return name + end
	}
	b.addOutside(picture.Thing{ID: host, Kind: picture.Internet, Name: host, Text: "on the internet"})
	return host
}

// functions adds the functions of the stack that are in no VPC.
func (b *builder) functions() {
	for _, name := range b.region.Functions.Names() {
		c, err := b.region.Functions.Config(name)
		if err != nil || c.VPC != "" || !b.knows(name) {
			continue
		}
		b.addFunction(name)
	}
}

// addFunction adds a function outside of all VPCs, and returns its id.
func (b *builder) addFunction(name string) string {
	t := picture.Thing{ID: name, Kind: picture.Function, Name: last(b.named(name, "")), Text: "function outside of the VPCs", URL: b.link(name)}
	if vantage, ok := b.vantage(name); ok {
		t.Kind, t.Name, t.Text = picture.Prober, "Prober "+vantage, "outside of the VPCs"
	}
	if b.verifiers[name] {
		t.Name = "Verifier"
	}
	b.addOutside(t)
	return name
}

// connectOutside puts what has no neighbour into a good order: services first.
func (b *builder) connectOutside() {
	order := func(t picture.Thing) int {
		return slices.Index([]picture.Kind{picture.Service, picture.Internet, picture.EndpointService, picture.Stranger, picture.Prober, picture.Function}, t.Kind)
	}
	slices.SortStableFunc(b.model.Outside, func(x, y picture.Thing) int { return order(x) - order(y) })
}
