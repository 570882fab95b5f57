package privatelink_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
	"provenendpoints/internal/trace"
)

// The endpoint, its service and the load balancer are hops of a packet's way.
func TestTrace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		build func(web) (to netip.AddrPort)
		want  string
	}{
		"an AWS service": {func(n web) netip.AddrPort {
			n.endpoint("vpce-1", "my", formation, nil)
			return netip.AddrPortFrom(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 443)
		}, `ROUTED to local; FORWARDED by vpce-1 to com.amazonaws.ap-northeast-2.cloudformation; DELIVERED`},
		"an endpoint service": {func(n web) netip.AddrPort {
			n.endpoint("vpce-1", "my", n.service(nil).Name, nil)
			return netip.AddrPortFrom(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 80)
		}, `ROUTED to local; FORWARDED by vpce-svc-1 to nlb; TRANSLATED by nlb; ROUTED to local; DELIVERED`},
		"no listener": {func(n web) netip.AddrPort {
			n.endpoint("vpce-1", "my", n.service(nil).Name, nil)
			return netip.AddrPortFrom(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 81)
		}, `ROUTED to local; FORWARDED by vpce-svc-1 to nlb; DROPPED by nlb: no listener`},
		"a connection that waits": {func(n web) netip.AddrPort {
			s := n.service(func(c *privatelink.EndpointService) { c.AcceptanceRequired = true })
			n.endpoint("vpce-1", "my", s.Name, nil)
			return netip.AddrPortFrom(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 80)
		}, `ROUTED to local; DROPPED by vpce-1: connection is pendingAcceptance`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newWeb(t, elbtest.Options{})
			n.Web.AwaitHealthy()
			client := n.AddHost("client", "my-c")
			to := test.build(n)
			var mu sync.Mutex
			var first *trace.Trace
			stop := n.Network.Trace(func(s vpc.Transmission) {
				mu.Lock()
				defer mu.Unlock()
				if first == nil && s.From == client.Name() {
					first = s.Trace
				}
			})
			ctx, cancel := n.Clock().WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			dial(ctx, client, to)
			stop()
			mu.Lock()
			defer mu.Unlock()
			if diff := cmp.Diff(strings.Split(test.want, "; "), deciding(*first)); diff != "" {
				t.Errorf("the way (-want +got):\n%s\nwhole:\n%s", diff, strings.Join(trace.Exchange{There: *first}.Lines(), "\n"))
			}
		})
	}
}

// dial connects and closes. What becomes of it is in the trace.
func dial(ctx context.Context, from *vpc.Host, to netip.AddrPort) {
	if c, err := from.Dial(ctx, "tcp", to.String()); err == nil {
		c.Close()
	}
}

// deciding are the hops but those of filters and of arrivals, in short.
func deciding(t trace.Trace) []string {
	var out []string
	for _, h := range t.Hops {
		if slices.Contains([]trace.Action{trace.Received, trace.Admitted}, h.Action) {
			continue
		}
		text := string(h.Action)
		if len(h.By) > 0 && h.Action != trace.Routed {
			text += " by " + strings.Join(h.By, ", ")
		}
		if h.To != "" && h.Action != trace.Delivered {
			text += " to " + h.To
		}
		if h.Reason != "" {
			text += ": " + h.Reason
		}
		out = append(out, text)
	}
	return out
}
