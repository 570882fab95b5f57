package elb

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/vpc"
)

// An Application Load Balancer's nodes are hosts: each takes the connections of clients
// itself, and makes one of its own to a target for each request
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html). Its
// cross-zone load balancing is always on.

// Certificates finds the certificate of a listener's for a server name.
type Certificates func(arns []string, serverName string) (*tls.Certificate, error)

// Invoke runs a function that is a target and returns its answer.
type Invoke func(ctx context.Context, function string, event []byte) ([]byte, error)

// startNode starts the host of an Application Load Balancer's node.
func (lb *LoadBalancing) startNode(locked vpc.Locked, b *Balancer, node *vpc.ENI) error {
	h, err := locked.StartHost("elb/"+b.Name+"/"+node.Zone, node)
	if err != nil {
		return err
	}
	b.probers[node] = h
	for _, l := range b.listeners {
		if err := lb.serve(locked, b, l, node); err != nil {
			return err
		}
	}
	return nil
}

// serve has a node take the connections of a listener.
func (lb *LoadBalancing) serve(locked vpc.Locked, b *Balancer, l *boundListener, node *vpc.ENI) error {
	if b.Type == Network {
		return lb.serveTLS(locked, b, l, node)
	}
	listener, err := b.probers[node].Listen(l.Port)
	if err != nil {
		return fmt.Errorf("load balancer %s: %w", b.Name, err)
	}
	if l.Protocol == protocolHTTPS {
		listener = tls.NewListener(listener, lb.tlsConfig(l, "http/1.1"))
	}
	server := &http.Server{
		Handler: applicationNode{lb, b, l.ID, node},
		// Probes abort handshakes on purpose.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	l.servers[node] = server
	locked.Go(func(ctx context.Context) {
		defer context.AfterFunc(ctx, func() { _ = server.Close() })()
		_ = server.Serve(listener) // ends with Close
	})
	return nil
}

// stop ends what serve has begun, and then does what follows. Closing sends packets, for
// which the caller's lock is in the way.
func (l *boundListener) stop(locked vpc.Locked, node *vpc.ENI, then func()) {
	server := l.servers[node]
	delete(l.servers, node)
	locked.Go(func(context.Context) {
		if server != nil {
			_ = server.Close()
		}
		then()
	})
}

// serveAnew has all nodes take the connections of a listener at its new port or by its new
// protocol.
func (lb *LoadBalancing) serveAnew(locked vpc.Locked, b *Balancer, l *boundListener) {
	for _, node := range b.nodes {
		l.stop(locked, node, func() {
			if !l.served(b) {
				return
			}
			locked := lb.network.Lock()
			defer locked.Unlock()
			if b.listeners[l.ID] == l && b.probers[node] != nil && l.servers[node] == nil {
				_ = lb.serve(locked, b, l, node) // its port is free: no two listeners have one
			}
		})
	}
}

// applicationNode answers the requests to a listener at a node.
type applicationNode struct {
	lb       *LoadBalancing
	b        *Balancer
	listener string
	node     *vpc.ENI
}

// choice is what becomes of a request.
type choice struct {
	action   Action
	protocol string // of the listener
	port     int
	group    TargetGroup
	target   netip.AddrPort
	function string
	from     *vpc.Host
}

// errNoTarget: the group has no targets.
var errNoTarget = errors.New("no target")

// ServeHTTP implements [http.Handler].
func (n applicationNode) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	client, _ := netip.ParseAddrPort(r.RemoteAddr)
	c, err := n.choose(r, client.Addr())
	switch {
	case err != nil:
		refuse(w, http.StatusServiceUnavailable)
	case c.action.Login != nil:
		c.action.Login.answer(w, r)
	case c.action.Type == ActionFixed:
		c.action.Fixed.answer(w)
	case c.action.Type == ActionRedirect:
		status, err := strconv.Atoi(strings.TrimPrefix(c.action.Redirect.Status, "HTTP_"))
		if err != nil {
			status = http.StatusFound
		}
		w.Header().Set("Location", c.action.Redirect.location(r, c.protocol, c.port))
		refuse(w, status)
	case c.function != "":
		n.invoke(w, r, c, client.Addr())
	default:
		n.pass(w, r, c)
	}
}

// refuse answers in the load balancer's own words.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Server", "awselb/2.0")
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	fmt.Fprintf(w, "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n</body>\r\n</html>\r\n", title, title)
}

// choose finds the action for a request: that of the first rule that it meets, or the
// listener's own; and a target in turn.
func (n applicationNode) choose(r *http.Request, client netip.Addr) (choice, error) {
	defer n.lb.network.RLock().Unlock()
	l := n.b.listeners[n.listener]
	if l == nil {
		return choice{}, errNoTarget
	}
	c := choice{action: l.Action, protocol: l.Protocol, port: l.Port, from: n.b.probers[n.node]}
	for _, rule := range l.sortedRules() {
		if !slices.ContainsFunc(rule.Conditions, func(x Condition) bool { return !x.meets(r, client) }) {
			c.action = rule.Action
			break
		}
	}
	if c.action.Type != ActionForward || c.action.Login != nil {
		return c, nil
	}
	turn := n.b.turn.Add(1) - 1
	g := n.b.groupInTurn(l, c.action.Groups, turn)
	if g == nil {
		return c, errNoTarget
	}
	c.group = g.TargetGroup
	t := inTurn(g, turn)
	if t == nil {
		return c, errNoTarget
	}
	if g.Type == TargetLambda {
		c.function = t.ID
	}
	c.target = netip.AddrPortFrom(t.addr, uint16(t.Port))
	return c, nil
}

// groupInTurn gives each group as many turns as its weight says.
func (b *Balancer) groupInTurn(l *boundListener, groups []WeightedGroup, turn uint64) *targetGroup {
	total := 0
	for _, g := range groups {
		total += g.Weight
	}
	if total == 0 {
		return l.groups[groups[0].Group]
	}
	place := int(turn % uint64(total))
	for _, g := range groups {
		if place -= g.Weight; place < 0 {
			return l.groups[g.Group]
		}
	}
	return nil
}

// inTurn is a healthy target; any, if none is healthy
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
func inTurn(g *targetGroup, turn uint64) *target {
	var healthy []*target
	for _, t := range g.targets {
		if t.state == StateHealthy {
			healthy = append(healthy, t)
		}
	}
	if len(healthy) == 0 {
		healthy = g.targets
	}
	if len(healthy) == 0 {
		return nil
	}
	return healthy[turn%uint64(len(healthy))]
}

// pass passes a request on to a target. What the load balancer adds is on the page
// docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html; it
// does not verify a target's certificate (…/create-https-listener.html).
func (n applicationNode) pass(w http.ResponseWriter, r *http.Request, c choice) {
	scheme := "http"
	if c.group.Protocol == protocolHTTPS {
		scheme = "https"
	}
	transport := &http.Transport{
		DisableKeepAlives: true, DisableCompression: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return c.from.Dial(ctx, "tcp", c.target.String())
		},
	}
	proxy := httputil.ReverseProxy{
		Transport: transport, ErrorLog: log.New(io.Discard, "", 0), FlushInterval: -1,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: scheme, Host: c.target.String()})
			p.Out.Host = p.In.Host
			p.Out.Header["X-Forwarded-For"] = p.In.Header["X-Forwarded-For"]
			p.SetXForwarded()
			p.Out.Header.Del("X-Forwarded-Host")
			p.Out.Header.Set("X-Forwarded-Proto", strings.ToLower(c.protocol))
			p.Out.Header.Set("X-Forwarded-Port", strconv.Itoa(c.port))
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
				refuse(w, http.StatusGatewayTimeout)
				return
			}
			refuse(w, http.StatusBadGateway)
		},
	}
	ctx, cancel := n.lb.network.Clock().WithTimeout(r.Context(), idleTimeout)
	defer cancel()
	proxy.ServeHTTP(w, r.WithContext(ctx))
}
