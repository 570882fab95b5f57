package proof

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// TestForbidden: no packet goes to such an address, whether a claim names it or a
// name leads there, and whatever the kind: the claim is unproven for that reason.
func TestForbidden(t *testing.T) {
	t.Parallel()
	for address, what := range map[string]string{
		"127.0.0.1": "loopback", "127.9.9.9": "loopback", "::1": "loopback", "::ffff:127.0.0.1": "loopback", "64:ff9b::7f00:1": "loopback",
		"169.254.169.254": "link-local", "169.254.1.1": "link-local", "fe80::1": "link-local", "::ffff:169.254.169.254": "link-local",
		"64:ff9b::a9fe:a9fe": "link-local", "fd00:ec2::254": "metadata", "fd00:ec2::23": "metadata",
		"0.0.0.0": "unspecified", "::": "unspecified", "0.1.2.3": "unspecified", "::ffff:0.0.0.0": "unspecified",
		"224.0.0.1": "multicast", "239.1.1.1": "multicast", "ff02::1": "multicast", "255.255.255.255": "broadcast",
		"10.0.0.1": "", "20.0.0.1": "", "52.95.192.65": "", "fd00::1": "", "2600::1": "", "169.253.1.1": "", "64:ff9b::3445:1": "",
	} {
		var dialled atomic.Int64
		w := newWorld(t)
		record := "A"
		if strings.Contains(address, ":") {
			record = "AAAA"
		}
		w.name("a.example. 60 IN "+record+" "+address, "a.example. 60 IN A 10.0.0.77")
		network := w.network()
		network.Dial = func(ctx context.Context, family, to string) (net.Conn, error) {
			if to == testResolver {
				return w.dial(ctx, family, to)
			}
			dialled.Add(1)
			return nil, errors.New("somewhere else")
		}
		for _, host := range []string{address, "a.example"} {
			for _, kind := range []Kind{Connects, Unreachable, Secures, Answers, Spreads, Allowed, Denied} {
				dialled.Store(0)
				seen := one(t, network, Probe{Kind: kind, Host: host, Port: 443, Scheme: "https", Requests: 2, Call: testCall})
				refused := strings.HasPrefix(seen.Detail, "the prober refuses to connect to ") && strings.HasSuffix(seen.Detail, what+" address")
				if what != "" && (seen.Outcome != Broken || !refused || dialled.Load() > 0) || what == "" && refused {
					t.Errorf("%s %s: got %s: %s, dialled %d times", kind, host, seen.Outcome, seen.Detail, dialled.Load())
				}
				if verdict := Judge(Claim{Kind: kind, From: "private", Host: host, Call: testCall}, Facts{}, seen); what != "" && verdict.State != Unproven {
					t.Errorf("%s %s: got %s: %s", kind, host, verdict.State, verdict.Seen)
				}
			}
		}
	}
}
