package reach

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"provenendpoints/internal/lab/vpc"
)

// candidate is a thing that a person can name.
type candidate struct{ kind, id string }

// find returns the one thing that a text names: by its physical id, its logical id with
// or without CDK's hash, or its construct path or the end of it; "kind:" before
// it says of which kind. The error lists what there is.
func (s *Survey) find(text string, kinds ...string) (candidate, error) {
	kind, name := "", text
	if k, rest, ok := strings.Cut(text, ":"); ok && slices.Contains(kinds, k) {
		kind, name = k, rest
	}
	all := s.candidates()
	all = slices.DeleteFunc(all, func(c candidate) bool {
		return !slices.Contains(kinds, c.kind) || kind != "" && c.kind != kind
	})
	for _, match := range []func(key string) bool{
		func(key string) bool { return key == name },
		func(key string) bool { return strings.HasSuffix(key, "/"+name) },
		func(key string) bool { return strings.Contains(plain(key), plain(name)) },
	} {
		var found []candidate
		for _, c := range all {
			if plain(name) != "" && slices.ContainsFunc(s.names.keys[c.id], match) {
				found = append(found, c)
			}
		}
		switch len(found) {
		case 0:
			continue
		case 1:
			return found[0], nil
		}
		return candidate{}, fmt.Errorf("%q may be any of %s", text, s.list(found))
	}
	return candidate{}, fmt.Errorf("there is no %s %q; there are %s", orList(kinds), text, s.list(all))
}

// plain is a name without what construct paths have and logical ids have not, as CDK
// makes the one of the other: where the template does not have the paths, they are
// found nevertheless.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// candidates are the things of the stacks that packets can start from or be sent to.
func (s *Survey) candidates() []candidate {
	set := map[candidate]bool{}
	for _, sub := range s.Region.Network.Subnets().All() {
		set[candidate{KindSubnet, sub.ID}] = true
	}
	for _, i := range s.Region.Network.Interfaces().All() {
		if o := s.owner(i); o.kind == KindInstance {
			set[candidate(o)] = true
		}
	}
	for _, name := range s.Region.Functions.Names() {
		set[candidate{KindFunction, name}] = true
	}
	for _, b := range s.Region.LoadBalancing.LoadBalancers() {
		set[candidate{KindBalancer, b.ID}] = true
	}
	for _, e := range s.Region.PrivateLink.Endpoints() {
		set[candidate{KindEndpoint, e.ID}] = true
	}
	for _, e := range s.Region.PrivateLink.EndpointServices() {
		set[candidate{KindEndpointService, e.ID}] = true
	}
	out := slices.Collect(maps.Keys(set))
	out = slices.DeleteFunc(out, func(c candidate) bool { return !s.Knows(c.id) })
	slices.SortFunc(out, func(a, b candidate) int {
		return strings.Compare(a.kind+s.Named(a.id), b.kind+s.Named(b.id))
	})
	return out
}

// list names things as they can be written.
func (s *Survey) list(all []candidate) string {
	if len(all) == 0 {
		return "none"
	}
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = c.kind + ":" + s.Named(c.id)
	}
	return strings.Join(texts, ", ")
}

func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// Place returns the place that a text names: a subnet, an instance, a function, internet,
// or stranger. A function in several subnets is in one of them, always the same; one
// outside of every VPC is on the internet.
func (s *Survey) Place(text string) (Place, error) {
	switch text {
	case Internet:
		return s.internet()
	case Stranger:
		return s.stranger()
	}
	c, err := s.find(text, KindSubnet, KindInstance, KindFunction)
	if err != nil {
		return Place{}, err
	}
	if c.kind == KindSubnet {
		return s.Subnet(c.id)
	}
	return s.hostOf(c)
}

// hostOf is the place of an instance or a function.
func (s *Survey) hostOf(c candidate) (Place, error) {
	for _, i := range s.interfaces(c.kind, c.id) {
		if !i.InUse {
			continue
		}
		host, err := s.Region.Network.Host(i.ID)
		return Place{Name: s.Owner(i), Home: s.Named(i.VPC), Host: host, kind: c.kind, id: c.id}, err
	}
	if c.kind == KindFunction {
		p, err := s.internet()
		return Place{Name: c.kind + " " + s.Named(c.id), Host: p.Host, kind: c.kind, id: c.id, out: true}, err
	}
	return Place{}, fmt.Errorf("%s %s is not running", c.kind, s.Named(c.id))
}

// Target returns the target that a text names: a thing of the stacks, a DNS name, or an
// address. A text with a dot that names no thing is a DNS name.
func (s *Survey) Target(text string) (Target, error) {
	if _, err := netip.ParseAddr(text); err == nil {
		return At(text), nil
	}
	if text == Internet {
		return Target{Name: internetName, kind: kindHost, id: someHost}, nil
	}
	c, err := s.find(text, KindSubnet, KindInstance, KindFunction, KindEndpoint, KindBalancer)
	switch {
	case err == nil:
		return Target{Name: c.kind + " " + s.Named(c.id), kind: c.kind, id: c.id}, nil
	case strings.Contains(text, ".") && !strings.ContainsAny(text, "/ "):
		return At(text), nil
	}
	return Target{}, err
}

// SplitPort splits TO:PORT, where PORT may be ping, as the command line and tests have
// it. An IPv6 address stands in brackets.
func SplitPort(text string) (to string, port int, err error) {
	to, last, err := net.SplitHostPort(text)
	if err != nil { // [kind:]NAME has a colon of its own
		i := strings.LastIndexByte(text, ':')
		if i < 0 {
			return "", 0, fmt.Errorf("%q has no port: want NAME:PORT or NAME:ping", text)
		}
		to, last = text[:i], text[i+1:]
	}
	if last == Way(Ping) && to != "" {
		return to, Ping, nil
	}
	port, err = strconv.Atoi(last)
	if err != nil || port < 1 || port > 65535 || to == "" {
		return "", 0, fmt.Errorf("%q has no port: want NAME:PORT, with a port of 1 to 65535, or NAME:ping", text)
	}
	return to, port, nil
}

// interfaces are those of an instance or a function.
func (s *Survey) interfaces(kind, id string) []vpc.Interface {
	return slices.DeleteFunc(s.Region.Network.Interfaces().All(), func(i vpc.Interface) bool { return s.owner(i) != owned{kind, id} })
}
