package oracle

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"provenendpoints/internal/lab/vpc"
)

// The ports that are tried: those of shells and of the web, their neighbours, and
// one that nobody uses.
var (
	ports    = []int{22, 23, 80, 81, 443, 444, 8443}
	fewPorts = []int{22, 80, 443}
)

// patience is how long an attempt may take, by the lab's clock: enough for three
// SYNs.
const patience = 8 * time.Second

// outsides are hosts on the internet, by the name and what it is called here.
func (m *measurement) outsides() map[string]string {
	region := m.Network.Region()
	out := map[string]string{"example.com": outside + "example.com"}
	for _, service := range []string{"s3", "dynamodb", "cloudformation", "sts"} {
		out[service+"."+region+".amazonaws.com"] = outside + service
	}
	return out
}

// lookOutside notes the first public address of each host on the internet.
func (m *measurement) lookOutside() {
	m.outside = map[string][]netip.Addr{}
	asker := m.places[slices.IndexFunc(m.places, func(p place) bool { return p.name == internet })]
	for name, called := range m.outsides() {
		addrs, err := m.lookup(asker.host, name)
		if err == nil && len(addrs) > 0 {
			m.outside[called] = addrs
			m.things = append(m.things, thing{name: called, addr: addrs[0], open: true})
		}
	}
}

// reach dials everything from everywhere. A refused connection has reached its
// target as well as one that is accepted.
func (m *measurement) reach() error {
	var waiting sync.WaitGroup
	for _, from := range m.places {
		for _, to := range m.things {
			if to.at == from.host.Name() || from.name == internet && !strings.HasPrefix(to.name, publicOf) ||
				from.outward && !strings.HasPrefix(to.name, outside) || from.name != internet && strings.HasSuffix(to.name, withPublic) {
				continue
			}
			waiting.Go(func() { m.reachOne(from, to) })
		}
	}
	waiting.Wait()
	return nil
}

func (m *measurement) reachOne(from place, to thing) {
	tried := ports
	if to.open {
		tried = fewPorts
	}
	var mu sync.Mutex
	var ways []string
	var accepting []int
	var waiting sync.WaitGroup
	for _, port := range tried {
		waiting.Go(func() {
			reached, accepted := m.dial(from.host, to.addr, port)
			mu.Lock()
			defer mu.Unlock()
			if reached {
				ways = append(ways, "tcp "+strconv.Itoa(port))
			}
			if accepted {
				accepting = append(accepting, port)
			}
		})
	}
	waiting.Go(func() {
		ctx, cancel := m.within(patience)
		defer cancel()
		if _, err := from.host.Ping(ctx, to.addr); err == nil {
			mu.Lock()
			defer mu.Unlock()
			ways = append(ways, "ping")
		}
	})
	waiting.Wait()
	if isLocal(to.name) && !m.trace.has(from.host.Name(), to.at) {
		ways = nil // another VPC has the address too, and the packets went there
	}
	m.add(from.name, "reaches", to.name, ways...)
	slices.Sort(accepting)
	if isForwarder(to.name) {
		for _, port := range accepting {
			m.forwards(from, to, port)
		}
	}
}

// control notes of each function whether its security groups let everything out.
// What a prober does not reach, the network then keeps from it.
func (m *measurement) control() error {
	for _, i := range m.Network.Interfaces().All() {
		name := m.ownerOf(i)
		if !strings.HasPrefix(name, "function ") {
			continue
		}
		var can []string
		for _, id := range i.Groups {
			g, err := m.Network.SecurityGroups().Get(id)
			if err != nil {
				return err
			}
			for _, rule := range g.Egress {
				if rule.Protocol == vpc.AllowAll.Protocol && rule.CIDR == vpc.AllowAll.CIDR {
					can = []string{"yes"}
				}
			}
		}
		m.add(name, "may send", "anything to anywhere", can...)
	}
	return nil
}

// dial reports whether packets get there and back, and whether a connection does.
func (m *measurement) dial(from *vpc.Host, to netip.Addr, port int) (reached, accepted bool) {
	ctx, cancel := m.within(patience)
	defer cancel()
	conn, err := from.Dial(ctx, "tcp", net.JoinHostPort(to.String(), strconv.Itoa(port)))
	if err != nil {
		return errors.Is(err, syscall.ECONNREFUSED), false
	}
	conn.Close()
	return true, true
}

// isForwarder reports whether a thing passes connections on to instances.
func isForwarder(name string) bool {
	name = strings.TrimPrefix(name, publicOf)
	return strings.HasPrefix(name, "balancer ") || strings.HasPrefix(name, "endpoint ")
}

// spreading is how many connections find out who is behind a balancer. One of two
// targets with equal shares is missed once in 2^31 times.
const spreading = 32

// forwards notes on which instances connections through a balancer end. The
// network tells where the packets of each host ended; so the connections come
// from a host of their own, which nothing else uses.
func (m *measurement) forwards(from place, to thing, port int) {
	if !from.own || from.name == internet {
		return
	}
	m.spreads.Lock()
	defer m.spreads.Unlock()
	host, err := m.fresh(from)
	if err != nil {
		return
	}
	m.trace.reset(host.Name())
	for range spreading {
		m.dial(host, to.addr, port)
	}
	var ends []string
	for _, id := range m.trace.endsOf(host.Name()) {
		if i, err := m.Network.Interfaces().Get(id); err == nil {
			ends = append(ends, m.ownerOf(i))
		}
	}
	if len(ends) > 0 {
		m.add(from.name, "is served by", to.name+" tcp "+strconv.Itoa(port), ends...)
	}
}

// fresh makes another host in a place's subnet.
func (m *measurement) fresh(like place) (*vpc.Host, error) {
	i, err := m.Network.Interfaces().Get(like.host.Name())
	if err != nil {
		return nil, err
	}
	m.made++
	made, err := m.Network.Interfaces().Create(vpc.Interface{
		ID: "eni-oracle-fresh-" + strconv.Itoa(m.made), Subnet: i.Subnet, Groups: i.Groups,
	})
	if err != nil {
		return nil, err
	}
	return m.Network.Host(made.ID)
}
