package proof

import "slices"

// WithFormer returns the claims of an update, in which what the claims before it
// were about may still be there: endpoints, endpoint services, target groups and
// listeners. CloudFormation replaces a resource by making the new one first, and
// deletes the old one, or one that the template has no more, when everything else
// is in place, the proof included
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html).
// The old one was proved. If it stays, the next proof refutes.
func WithFormer(claims, former []Claim) []Claim {
	var endpoints, services, groups []string
	listeners := map[string][]string{} // by load balancer
	accounted := map[string][]string{} // endpoints, by claim
	for _, claim := range former {
		if claim.Kind == Accounted {
			accounted[claim.ID] = claim.Endpoints
		}
		endpoints = union(endpoints, claim.Endpoint)
		services = union(services, claim.Service)
		groups = union(groups, append(slices.Clone(claim.TargetGroups), claim.TargetGroup)...)
		listeners[claim.Balancer] = union(listeners[claim.Balancer], claim.Listeners...)
	}
	result := slices.Clone(claims)
	for i, claim := range claims {
		c := &result[i]
		switch claim.Kind {
		case Connected:
			c.Services = union(c.Services, without(services, claim.Service)...)
			fallthrough
		case Accounted:
			if len(claim.Endpoints) == 0 { // those of the others are in other VPCs
				c.Endpoints = union(c.Endpoints, accounted[claim.ID]...)
				continue
			}
			fallthrough
		case Sole:
			c.Endpoints = union(c.Endpoints, without(endpoints, claim.Endpoint)...)
		case Shielded:
			c.TargetGroups = union(c.TargetGroups, without(groups, claim.TargetGroup)...)
		case Balanced:
			c.Listeners = union(c.Listeners, undeclared(listeners[claim.Balancer], claim.listeners())...)
		}
	}
	return result
}

// union returns the texts with those of more that are not among them yet.
func union(texts []string, more ...string) []string {
	texts = slices.Clip(texts)
	for _, text := range more {
		if text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// without returns the texts but one.
func without(texts []string, text string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return t == text })
}

// undeclared are the listeners on ports for which none is declared.
func undeclared(texts []string, declared []Listener) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool {
		l, err := readListener(text)
		return err != nil || slices.ContainsFunc(declared, func(d Listener) bool { return d.Port == l.Port })
	})
}
