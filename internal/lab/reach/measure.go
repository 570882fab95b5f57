package reach

import (
	"context"
	"slices"
	"strings"
	"sync"

	"provenendpoints/internal/lab/vpc"
)

// reaches is the verb of a survey's matrix.
const reaches = "reaches"

// refused follows a port that nothing listens on.
const refused = " refused"

// atOnce is how many attempts run at the same time.
const atOnce = 512

// Measure tries to reach every target from every place, on the ports that matter
// and by ping.
//
// A way such as "tcp 80" is in the matrix if packets get there and back. If what is
// there refuses the connection, "refused" follows; not so for subnets, whose hosts
// have no service. A target with several addresses, such as an endpoint in
// several zones, is reached if all of them are; otherwise the way names those that
// are, as in "tcp 443 at 10.0.1.5".
func (s *Survey) Measure(ctx context.Context) (Matrix, error) {
	places, err := s.Places()
	if err != nil {
		return Matrix{}, err
	}
	targets, ports := s.Targets(), s.ports()
	// All hosts are there before the first packet.
	m := Matrix{Homes: map[string]string{}}
	for _, p := range places {
		if p.Home != "" {
			m.Homes[p.Name] = p.Home
		}
	}
	var (
		waiting sync.WaitGroup
		mu      sync.Mutex
		failed  error
		turn    = make(chan struct{}, atOnce)
	)
	for _, from := range places {
		for _, to := range targets {
			if to.kind == from.kind && to.id == from.id || to.id == someHost && from.id == Internet || to.kind == kindService && from.id == Internet {
				continue
			}
			waiting.Go(func() {
				ways, err := s.ways(ctx, from, to, ports, turn)
				mu.Lock()
				defer mu.Unlock()
				if err != nil && failed == nil {
					failed = err
				}
				m.Lines = append(m.Lines, Line{from.Name, reaches, to.Name, ways})
			})
		}
	}
	waiting.Wait()
	m.Sort()
	return m, failed
}

// ways are those in which a place reaches a target.
func (s *Survey) ways(ctx context.Context, from Place, to Target, ports []int, turn chan struct{}) ([]string, error) {
	turn <- struct{}{}
	addrs, err := s.Addresses(ctx, from, to)
	<-turn
	if err != nil {
		return nil, ctx.Err()
	}
	switch to.kind {
	case kindService:
		ports = []int{443}
	case kindHost:
		ports = []int{80, 443}
	}
	tries := append(slices.Clone(ports), Ping)
	states := make([][]State, len(tries))
	var waiting sync.WaitGroup
	for i, port := range tries {
		states[i] = make([]State, len(addrs))
		for j, addr := range addrs {
			waiting.Go(func() {
				turn <- struct{}{}
				defer func() { <-turn }()
				states[i][j] = s.Attempt(ctx, from.Host, addr, port)
			})
		}
	}
	waiting.Wait()
	var out []string
	for i, port := range tries {
		for _, state := range []State{Open, Closed} {
			var at []string
			for j, addr := range addrs {
				if states[i][j] == state {
					at = append(at, addr.String())
				}
			}
			if len(at) == 0 {
				continue
			}
			way := Way(port)
			if state == Closed && to.kind != KindSubnet {
				way += refused
			}
			if len(at) < len(addrs) {
				slices.Sort(at)
				way += " at " + strings.Join(at, " ")
			}
			out = append(out, way)
		}
	}
	return out, ctx.Err()
}

// always are the ports that are always tried: those of shells and of the web.
var always = []int{22, 80, 443}

// maxPorts bounds the ports that are tried.
const maxPorts = 24

// ports are those that matter: those that are always tried, those of listeners
// and target groups, and those that rules of the stacks' security groups name, a
// range by its first.
func (s *Survey) ports() []int {
	out := slices.Clone(always)
	add := func(port int) {
		if port > 0 && len(out) < maxPorts && !slices.Contains(out, port) {
			out = append(out, port)
		}
	}
	for _, b := range s.Region.LoadBalancing.LoadBalancers() {
		listeners, err := s.Region.LoadBalancing.Listeners(b.ID)
		if err != nil {
			continue // it was deleted meanwhile
		}
		for _, l := range listeners {
			add(l.Port)
		}
	}
	for _, g := range s.Region.LoadBalancing.TargetGroups() {
		add(g.Port)
	}
	for _, g := range s.Region.Network.SecurityGroups().All() {
		for _, r := range g.Ingress {
			if isTCP(r) {
				add(r.FromPort)
			}
		}
	}
	slices.Sort(out)
	return out
}

func isTCP(r vpc.Rule) bool { return r.Protocol == "tcp" || r.Protocol == "6" }
