package reach

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/trail"
	"provenendpoints/internal/trace"
)

// Surveys look into several Regions, between which no packets go.
type Surveys []*Survey

// Probed is what became of a probe: the attempts to reach each address of the target.
type Probed struct {
	// From and To are the names of the place and the target.
	From, To string
	Port     int
	Attempts []Attempted
}

// State is open if every address is, else filtered if none lets packets through, else
// closed.
func (p Probed) State() State {
	open, filtered := 0, 0
	for _, a := range p.Attempts {
		switch a.State {
		case Open:
			open++
		case Filtered:
			filtered++
		}
	}
	switch {
	case open == len(p.Attempts):
		return Open
	case filtered == len(p.Attempts):
		return Filtered
	}
	return Closed
}

// String says in a sentence what became of it, and why.
func (p Probed) String() string {
	s := fmt.Sprintf("%s to %s on %s: %s", p.From, p.To, Way(p.Port), p.State())
	var why []string
	for _, a := range p.Attempts {
		text := a.Why
		if a.State == Open {
			text = "open"
		}
		if len(p.Attempts) > 1 {
			text = fmt.Sprintf("%s: %s", a.Addr, text)
		}
		if a.State != Open || len(p.Attempts) > 1 {
			why = append(why, text)
		}
	}
	if len(why) > 0 && p.State() != Open {
		s += ": " + strings.Join(why, "; ")
	}
	return s
}

// Ways are the ways of the packets to the addresses that are in another state, with the
// names of things.
func (p Probed) Ways(not State) []trace.Exchange {
	var out []trace.Exchange
	for _, a := range p.Attempts {
		if a.State != not && a.Named != nil {
			out = append(out, *a.Named)
		}
	}
	return out
}

// Place finds a place and its survey by a text; see [Survey.Place]. A resource of several
// Regions is named with its Region, as in eu-west-1/Web.
func (ss Surveys) Place(text string) (*Survey, Place, error) {
	var at *Survey
	var found []Place
	var errs []error
	for _, s := range ss {
		p, err := s.Place(text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if found = append(found, p); at == nil {
			at = s
		}
	}
	switch {
	case len(found) == 0:
		return nil, Place{}, shortest(errs)
	case len(found) > 1 && found[0].kind != "":
		return nil, Place{}, several(text, found[0].Name, found[1].Name)
	}
	return at, found[0], nil
}

// several is the error of a text that names things in several Regions.
func several(text, one, other string) error {
	return fmt.Errorf("%q may be %s or %s", text, one, other)
}

// Pair is a place and a target of one Region, with a port.
type Pair struct {
	*Survey
	From Place
	To   Target
	Port int
}

// Pair finds what FROM and TO:PORT, or TO:ping, name; see [Survey.Place] and
// [Survey.Target].
func (ss Surveys) Pair(from, to string) (Pair, error) {
	name, port, err := SplitPort(to)
	if err != nil {
		return Pair{}, err
	}
	var found []Pair
	var errs []error
	for _, s := range ss {
		target, err := s.Target(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		place, err := s.Place(from)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found = append(found, Pair{s, place, target, port})
	}
	switch {
	case len(found) == 0:
		return Pair{}, shortest(errs)
	case len(found) > 1 && found[0].From.kind != "":
		return Pair{}, several(from, found[0].From.Name, found[1].From.Name)
	case len(found) > 1 && found[0].To.kind != kindHost:
		return Pair{}, several(name, found[0].To.Name, found[1].To.Name)
	}
	return found[0], nil
}

// Dial opens a connection to one address of the target. Way is that of its first packet
// and of the answer, line by line.
func (p Pair) Dial(ctx context.Context, network string, addr netip.Addr) (conn net.Conn, way []string, err error) {
	recorder := trail.Record(p.Region.Network)
	defer recorder.Stop()
	to := netip.AddrPortFrom(addr, uint16(p.Port))
	conn, err = p.From.Host.Dial(ctx, network, to.String())
	protocol := packet.TCP
	if strings.HasPrefix(network, "udp") {
		protocol = packet.UDP
	}
	if e, ok := recorder.Exchange(trail.Leg{From: p.From.Host.Name(), Protocol: protocol, To: to}); ok {
		way = e.Named(p.short()).Lines()
	}
	return conn, way, err
}

// Probe tries to reach TO:PORT, or TO:ping, from a place; see [Surveys.Pair].
func (ss Surveys) Probe(ctx context.Context, from, to string) (Probed, error) {
	p, err := ss.Pair(from, to)
	if err != nil {
		return Probed{}, err
	}
	attempts, err := p.Survey.Probe(ctx, p.From, p.To, p.Port)
	return Probed{p.From.Name, p.To.Name, p.Port, attempts}, err
}

// shortest is one of several errors about the same text in several Regions.
func shortest(errs []error) error {
	switch len(errs) {
	case 0:
		return errors.New("no stack is deployed")
	case 1:
		return errs[0]
	}
	texts := map[string]bool{}
	for _, err := range errs {
		texts[err.Error()] = true
	}
	return fmt.Errorf("in no Region: %s", strings.Join(slices.Sorted(maps.Keys(texts)), "; "))
}

// Measure measures all Regions and joins their matrices.
func (ss Surveys) Measure(ctx context.Context) (Matrix, error) {
	out := Matrix{Homes: map[string]string{}}
	for _, s := range ss {
		m, err := s.Measure(ctx)
		if err != nil {
			return out, err
		}
		maps.Copy(out.Homes, m.Homes)
		out.Lines = append(out.Lines, m.Lines...)
	}
	out.Sort()
	return out, nil
}

// Close closes all surveys.
func (ss Surveys) Close() error {
	var errs []error
	for _, s := range ss {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
