package vpc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"

	"provenendpoints/lab/clock"
)

// check is what a load balancer's node does to find out about a target
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
// It sends real packets from the node's interface: the outbound rules of the
// load balancer's groups and the inbound rules of the target's hold for them.
type check struct {
	HealthCheck
	from  *Host
	clock *clock.Clock
	to    netip.AddrPort
}

// repeat checks until ctx is done and reports each result.
func (c check) repeat(ctx context.Context, report func(verdict)) {
	for ctx.Err() == nil {
		began := c.clock.Now()
		report(c.once(ctx))
		if c.clock.Sleep(ctx, c.Interval-c.clock.Since(began)) != nil {
			return
		}
	}
}

// once checks one time.
func (c check) once(ctx context.Context) verdict {
	ctx, cancel := c.clock.WithTimeout(ctx, c.Timeout)
	defer cancel()
	if c.Protocol == protocolHTTP {
		return c.overHTTP(ctx)
	}
	conn, err := c.from.Dial(ctx, "tcp", c.to.String())
	if err != nil {
		return c.failure(ctx, err)
	}
	_ = conn.Close() // it has opened, and that is all that was asked
	return verdict{}
}

func (c check) overHTTP(ctx context.Context) verdict {
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return c.from.Dial(ctx, network, address)
		},
	}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.to.String()+c.Path, nil)
	if err != nil {
		return verdict{"Elb.InternalError", err.Error()}
	}
	request.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	request.Host = c.from.Addr().String()
	// A transport alone follows no redirect, as the load balancer does not.
	response, err := transport.RoundTrip(request)
	if err != nil {
		return c.failure(ctx, err)
	}
	_ = response.Body.Close()
	if response.StatusCode < c.MinStatus || response.StatusCode > c.MaxStatus {
		return verdict{"Target.ResponseCodeMismatch", fmt.Sprintf("Health checks failed with these codes: [%d]", response.StatusCode)}
	}
	return verdict{}
}

// failure names why a check got no answer.
func (c check) failure(ctx context.Context, err error) verdict {
	if ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return verdict{"Target.Timeout", "Request timed out"}
	}
	return verdict{"Target.FailedHealthChecks", "Health checks failed"}
}
