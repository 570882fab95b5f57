package proof

import (
	"context"
	"net"
	"net/netip"
)

// measureTCP opens a TCP connection to the host and closes it.
func (n Network) measureTCP(ctx context.Context, _ Probe, targets []netip.AddrPort) Observation {
	seen := Observation{Outcome: OK}
	conn, target, failed := n.connect(ctx, targets)
	if failed != nil {
		seen.failed(failed)
		for _, target := range targets {
			seen.Addresses = append(seen.Addresses, target.Addr())
		}
		return seen
	}
	conn.Close()
	seen.Addresses = []netip.Addr{target.Addr()}
	return seen
}

// connect opens a TCP connection to all targets at once and keeps the first
// that opens. It fails only if every target failed. Of several failures it returns
// the most informative, see failureWeight: a refusal says more than a prober that
// could not try, and that says more than silence.
func (n Network) connect(ctx context.Context, targets []netip.AddrPort) (net.Conn, netip.AddrPort, *failure) {
	type attempt struct {
		conn   net.Conn
		target netip.AddrPort
		failed *failure
	}
	attempts := make(chan attempt, len(targets))
	for _, target := range targets {
		go func() {
			conn, err := n.dial(ctx, "tcp", target.String())
			if err != nil {
				attempts <- attempt{failed: classify(ctx, target, err)}
				return
			}
			attempts <- attempt{conn: conn, target: target}
		}()
	}
	var worst *failure
	for tried := range targets {
		a := <-attempts
		if a.failed == nil {
			go func() {
				for range len(targets) - tried - 1 {
					if late := <-attempts; late.conn != nil {
						late.conn.Close()
					}
				}
			}()
			return a.conn, a.target, nil
		}
		if worst == nil || failureWeight[a.failed.outcome] > failureWeight[worst.outcome] {
			worst = a.failed
		}
	}
	return nil, netip.AddrPort{}, worst
}

// failureWeight orders the failures to connect by how informative they are. NoRoute
// is the least.
var failureWeight = map[Outcome]int{TimedOut: 1, Broken: 2, Refused: 3}
