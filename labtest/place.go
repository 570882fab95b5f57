package labtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/trace"
)

// Place is where packets start. It may be used by several goroutines.
type Place struct {
	lab  *Lab
	text string
	role string // overrides the place's own
}

// Subnet is a host in a subnet, which stands for anybody there. Its security group
// admits everything; it has a public address if the subnet gives one to instances.
func (l *Lab) Subnet(name string) *Place { l.t.Helper(); return l.place(reach.KindSubnet, name) }

// Instance is an instance: its interface, with its security groups and addresses.
func (l *Lab) Instance(name string) *Place { l.t.Helper(); return l.place(reach.KindInstance, name) }

// Function is the interface of a Lambda function in its first subnet; outside of every
// VPC it is on the internet.
func (l *Lab) Function(name string) *Place { l.t.Helper(); return l.place(reach.KindFunction, name) }

// Internet is a host on the internet.
func (l *Lab) Internet() *Place { return &Place{lab: l, text: reach.Internet} }

// Stranger is a host with a public address in a VPC that no stack knows, whose one subnet
// has a way to the internet.
func (l *Lab) Stranger() *Place { return &Place{lab: l, text: reach.Stranger} }

func (l *Lab) place(kind, name string) *Place {
	l.t.Helper()
	p := &Place{lab: l, text: kind + ":" + name}
	if _, _, err := p.find(); err != nil {
		l.fatal(err)
	}
	return p
}

// find looks the place up. It must not be kept over an update.
func (p *Place) find() (*reach.Survey, reach.Place, error) {
	p.lab.looking.Lock()
	defer p.lab.looking.Unlock()
	return p.lab.lab.Survey().Place(p.text)
}

// Reaches asserts that each target, NAME:PORT or NAME:ping, is open from the place: at
// all of its addresses.
func (p *Place) Reaches(targets ...string) {
	p.lab.t.Helper()
	p.expect(reach.Open, targets)
}

// DoesNotReach asserts that no packets get from the place to any target, NAME:PORT or
// NAME:ping, and back.
func (p *Place) DoesNotReach(targets ...string) {
	p.lab.t.Helper()
	p.expect(reach.Filtered, targets)
}

func (p *Place) expect(want reach.State, targets []string) {
	p.lab.t.Helper()
	for _, target := range targets {
		probed, err := p.probe(p.lab.t.Context(), target)
		switch {
		case err != nil:
			p.lab.fatal(err)
		case probed.State() != want:
			p.lab.t.Errorf("%s; want %s%s", probed, want, ways(probed.Ways(want)))
		}
	}
}

// ways are the ways of packets, indented.
func ways(all []trace.Exchange) string {
	var out strings.Builder
	for _, e := range all {
		out.WriteString(indented(e.Lines()))
	}
	return out.String()
}

// indented are lines that follow another one, indented.
func indented(lines []string) string {
	var out strings.Builder
	for _, line := range lines {
		out.WriteString("\n    " + line)
	}
	return out.String()
}

// Probe tries to reach NAME:PORT or NAME:ping. It returns open, closed or filtered, and
// why in words.
func (p *Place) Probe(target string) (state, why string) {
	p.lab.t.Helper()
	probed, err := p.probe(p.lab.t.Context(), target)
	if err != nil {
		p.lab.fatal(err)
	}
	return string(probed.State()), probed.String()
}

func (p *Place) probe(ctx context.Context, target string) (reach.Probed, error) {
	defer p.lab.run()()
	p.lab.looking.Lock()
	survey := p.lab.lab.Survey()
	p.lab.looking.Unlock()
	return survey.Probe(ctx, p.text, target)
}

// Resolve returns the IPv4 addresses of a DNS name, by the resolvers that the place has.
func (p *Place) Resolve(name string) ([]netip.Addr, error) {
	s, place, err := p.find()
	if err != nil {
		p.lab.fatal(err)
	}
	defer p.lab.run()()
	return s.Lookup(p.lab.t.Context(), place, name)
}

// Dial opens a connection to NAME:PORT, where NAME is a thing of the stacks, a DNS name,
// or an address; network is tcp or udp. The connection must not be used after an update.
// The error says which way the packets took, hop by hop, and where they ended.
func (p *Place) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	pair, err := p.pair(address)
	if err != nil {
		return nil, err
	}
	defer p.lab.run()()
	addrs, err := pair.Addresses(ctx, pair.From, pair.To)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	var errs []error
	for _, addr := range slices.Compact(addrs) {
		conn, way, err := pair.Dial(ctx, network, addr)
		if err == nil {
			return &runningConn{conn, p.lab.state}, nil
		}
		errs = append(errs, fmt.Errorf("%w%s", err, indented(way)))
	}
	return nil, errors.Join(errs...)
}

// pair finds what to dial.
func (p *Place) pair(address string) (reach.Pair, error) {
	p.lab.looking.Lock()
	defer p.lab.looking.Unlock()
	return p.lab.lab.Survey().Pair(p.text, address)
}

// runningConn lets the lab's clock run while it is read from or written to.
type runningConn struct {
	net.Conn
	state *state
}

// Read implements [net.Conn].
func (c *runningConn) Read(p []byte) (int, error) {
	defer c.state.run()()
	return c.Conn.Read(p)
}

// Write implements [net.Conn].
func (c *runningConn) Write(p []byte) (int, error) {
	defer c.state.run()()
	return c.Conn.Write(p)
}
