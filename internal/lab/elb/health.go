package elb

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/vpc"
)

// check is the health check of a target by a load balancer's node
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
// It sends real packets from the node's interface: the outbound rules of the
// load balancer's groups and the inbound rules of the target's hold for them.
type check struct {
	HealthCheck
	from  *vpc.Host
	clock *clock.Clock
	to    netip.AddrPort
}

// repeat checks until ctx is done and reports each result.
func (c check) repeat(ctx context.Context, report func(result)) {
	for ctx.Err() == nil {
		began := c.clock.Now()
		report(c.once(ctx))
		if c.clock.Sleep(ctx, c.Interval-c.clock.Since(began)) != nil {
			return
		}
	}
}

// once checks one time.
func (c check) once(ctx context.Context) result {
	ctx, cancel := c.clock.WithTimeout(ctx, c.Timeout)
	defer cancel()
	conn, err := c.from.Dial(ctx, "tcp", c.to.String())
	if err != nil {
		return c.failure(ctx)
	}
	// A TCP check passes as soon as the connection opens.
	defer conn.Close()
	switch c.Protocol {
	case protocolHTTP:
		return c.overHTTP(ctx, conn)
	case protocolHTTPS:
		// Load balancers do not verify targets' certificates
		// (docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html).
		return c.overHTTP(ctx, tls.Client(conn, &tls.Config{InsecureSkipVerify: true}))
	}
	return result{}
}

// overHTTP requests the path. It does not follow redirects.
func (c check) overHTTP(ctx context.Context, conn net.Conn) result {
	request, err := http.NewRequest(http.MethodGet, "http://"+c.to.String()+c.Path, nil)
	if err != nil {
		return result{"Elb.InternalError", err.Error()}
	}
	request.Host = c.from.Addr().String()
	request.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	request.Close = true
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := request.Write(conn); err != nil {
		return c.failure(ctx)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		return c.failure(ctx)
	}
	_ = response.Body.Close()
	if !slices.ContainsFunc(c.Statuses, func(s StatusRange) bool { return s.Min <= response.StatusCode && response.StatusCode <= s.Max }) {
		return result{"Target.ResponseCodeMismatch", fmt.Sprintf("Health checks failed with these codes: [%d]", response.StatusCode)}
	}
	return result{}
}

// failure returns the result of a check without an answer.
func (c check) failure(ctx context.Context) result {
	if ctx.Err() != nil {
		return result{"Target.Timeout", "Request timed out"}
	}
	return result{"Target.FailedHealthChecks", "Health checks failed"}
}
