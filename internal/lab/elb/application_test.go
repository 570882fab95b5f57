package elb_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// application is an Application Load Balancer alb in zones a and b of the custom VPC, with
// two web hosts: target group one has the first, two the second, both has both.
type application struct {
	vpctest.TwoVPCs
	*elb.LoadBalancing
	client *vpc.Host
}

func newApplication(t *testing.T) application {
	t.Helper()
	n := application{TwoVPCs: vpctest.NewTwoVPCs(t, vpc.Options{})}
	n.LoadBalancing = elb.New(n.Network)
	n.AddGroup("sg-alb", "custom", vpctest.TCPFrom(80, "20.0.0.0/16"), vpctest.TCPFrom(443, "20.0.0.0/16"))
	_, err := n.CreateLoadBalancer(elb.LoadBalancer{ID: "alb", Type: elb.Application, Name: "Web", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}, Groups: []string{"sg-alb"}})
	n.Must(err)
	for i, place := range []string{"custom-a", "custom-b"} {
		name := fmt.Sprintf("web%d", i+1)
		n.web(n.AddHost(name, place), name)
	}
	n.client = n.AddHost("client", "custom-a")
	for group, members := range map[string][]string{"one": {"web1"}, "two": {"web2"}, "both": {"web1", "web2"}} {
		n.Must(n.CreateTargetGroup(elb.TargetGroup{ID: group, VPC: "vpc-custom", Protocol: "HTTP", Port: 8080, HealthCheck: elb.HealthCheck{Path: "/health", Interval: 5 * time.Second, Timeout: 2 * time.Second, Healthy: 2}}))
		for _, m := range members {
			n.Must(n.RegisterTargets(group, elb.Target{ID: "i-" + m, Interface: "eni-" + m}))
		}
	}
	return n
}

// web has a host answer with what it sees.
func (n application) web(h *vpc.Host, name string) {
	listener, err := h.Listen(8080)
	n.Must(err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		source, _, _ := net.SplitHostPort(r.RemoteAddr)
		fmt.Fprintf(w, "%s %s %s for=%s proto=%s port=%s from=%s", name, r.Host, r.URL, r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Port"), source)
	})}
	go func() { _ = server.Serve(listener) }()
	n.T.Cleanup(func() { _ = server.Close() })
}

func (n application) get(request string, header ...string) (int, string, http.Header) {
	n.T.Helper()
	b, err := n.LoadBalancer("alb")
	n.Must(err)
	method, url, both := strings.Cut(request, " ")
	if !both {
		method, url = http.MethodGet, request
	}
	r, err := http.NewRequest(method, url, nil)
	n.Must(err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(addr)
			ctx, cancel := n.Clock().WithTimeout(ctx, 10*time.Second)
			defer cancel()
			return n.client.Dial(ctx, "tcp", net.JoinHostPort(b.Nodes[0].PrivateAddr.String(), port))
		}},
	}
	response, err := client.Do(r)
	if err != nil {
		return 0, err.Error(), nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	n.Must(err)
	return response.StatusCode, string(text), response.Header
}

func (n application) awaitHealthy(groups ...string) {
	n.T.Helper()
	for range 600 {
		healthy := true
		for _, g := range groups {
			states, err := n.TargetHealth(g)
			n.Must(err)
			healthy = healthy && !slices.ContainsFunc(states, func(h elb.TargetHealth) bool { return h.State != elb.StateHealthy })
		}
		if healthy {
			return
		}
		n.Must(n.Clock().Sleep(context.Background(), 100*time.Millisecond))
	}
	n.T.Fatal("not healthy after a minute")
}

func forward(groups ...string) elb.Action {
	a := elb.Action{Type: elb.ActionForward}
	for _, g := range groups {
		a.Groups = append(a.Groups, elb.WeightedGroup{Group: g, Weight: 1})
	}
	return a
}

// A request goes on from the node to a healthy target, in turn, and says where it came from.
func TestApplicationForwards(t *testing.T) {
	t.Parallel()
	n := newApplication(t)
	n.Must(n.CreateListener(elb.Listener{ID: "l", LoadBalancer: "alb", Port: 80, Action: forward("both")}))
	n.awaitHealthy("both")
	b, err := n.LoadBalancer("alb")
	n.Must(err)
	if !strings.HasPrefix(b.DNSName, "internal-web-") || !strings.HasSuffix(b.DNSName, ".ap-northeast-2.elb.amazonaws.com") {
		t.Errorf("name %s", b.DNSName)
	}
	seen := map[string]int{}
	for range 8 {
		status, text, _ := n.get("http://shop.example/a?b=c", "X-Forwarded-For", "192.0.2.7")
		name, rest, _ := strings.Cut(text, " ")
		seen[name]++
		want := fmt.Sprintf("shop.example /a?b=c for=192.0.2.7, %s proto=http port=80 from=%s", n.client.Addr(), b.Nodes[0].PrivateAddr)
		if status != http.StatusOK || rest != want {
			t.Errorf("%d %s, want %s", status, rest, want)
		}
	}
	if seen["web1"] != 4 || seen["web2"] != 4 {
		t.Errorf("not in turn: %v", seen)
	}
	// Its groups hold for clients.
	n.Must(n.CreateListener(elb.Listener{ID: "l2", LoadBalancer: "alb", Port: 8081, Action: forward("both")}))
	if status, text, _ := n.get("http://shop.example:8081/"); status != 0 {
		t.Errorf("a port that the group does not admit: %d %s", status, text)
	}
	n.Must(n.DeregisterTargets("both", elb.Target{ID: "i-web1"}, elb.Target{ID: "i-web2"}))
	if status, text, _ := n.get("http://shop.example/"); status != http.StatusServiceUnavailable || !strings.Contains(text, "503 Service Unavailable") {
		t.Errorf("without targets: %d %s", status, text)
	}
	n.Must(n.DeleteListener("l"))
	if status, _, _ := n.get("http://shop.example/"); status != 0 {
		t.Errorf("a deleted listener: %d", status)
	}
	n.Must(n.DeleteLoadBalancer("alb"))
	for _, group := range []string{"one", "two", "both"} {
		n.Must(n.DeleteTargetGroup(group))
	}
}

func TestApplicationRules(t *testing.T) {
	t.Parallel()
	n := newApplication(t)
	n.Must(n.CreateListener(elb.Listener{ID: "l", LoadBalancer: "alb", Port: 80, Action: elb.Action{Type: elb.ActionFixed, Fixed: elb.FixedResponse{Status: "404", ContentType: "text/plain", Body: "nothing"}}}))
	rule := func(priority int, action elb.Action, conditions ...elb.Condition) {
		n.Must(n.PutRule(elb.Rule{ID: fmt.Sprint("r", priority), Listener: "l", Priority: priority, Action: action, Conditions: conditions}))
	}
	rule(30, forward("one"), elb.Condition{Field: "path-pattern", Values: []string{"/one*"}})
	rule(20, forward("two"), elb.Condition{Field: "path-pattern", Values: []string{"/one/two"}}, elb.Condition{Field: "http-request-method", Values: []string{"POST"}})
	rule(40, forward("two"), elb.Condition{Field: "host-header", Values: []string{"*.two.example"}})
	rule(50, forward("one"), elb.Condition{Field: "http-header", Header: "X-Who", Values: []string{"one?"}})
	rule(60, forward("two"), elb.Condition{Field: "query-string", Values: []string{"v=2"}})
	rule(70, elb.Action{Type: elb.ActionRedirect, Redirect: elb.Redirect{Protocol: "HTTPS", Port: "443", Path: "/new/#{path}", Status: "HTTP_301"}}, elb.Condition{Field: "path-pattern", Values: []string{"/old"}})
	rule(80, forward("one"), elb.Condition{Field: "source-ip", Values: []string{"10.0.0.0/8"}})
	n.awaitHealthy("one", "two")
	for request, want := range map[string]string{
		"http://x/one/two":      "web1",
		"POST http://x/one/two": "web2",
		"http://a.two.example/": "web2",
		"http://two.example/":   "nothing",
		"http://x/?v=2":         "web2",
		"http://x/?v=3":         "nothing",
	} {
		if _, text, _ := n.get(request); !strings.HasPrefix(text, want) {
			t.Errorf("%s: %s, want %s", request, text, want)
		}
	}
	if _, text, _ := n.get("http://x/", "X-Who", "one1"); !strings.HasPrefix(text, "web1") {
		t.Errorf("header: %s", text)
	}
	if status, text, header := n.get("http://x/"); status != http.StatusNotFound || text != "nothing" || header.Get("Content-Type") != "text/plain" {
		t.Errorf("fixed response: %d %s %v", status, text, header)
	}
	if status, _, header := n.get("http://x:80/old?q=1"); status != http.StatusMovedPermanently || header.Get("Location") != "https://x/new/old?q=1" {
		t.Errorf("redirect: %d %v", status, header)
	}
	if code := awserr.Code(n.PutRule(elb.Rule{ID: "r", Listener: "l", Priority: 30, Action: forward("one")})); code != "PriorityInUse" {
		t.Errorf("a priority twice: %s", code)
	}
	n.Must(n.DeleteRule("r30"))
	if _, text, _ := n.get("http://x/one"); text != "nothing" {
		t.Errorf("a deleted rule: %s", text)
	}
}

// selfSigned is a certificate for no name.
func selfSigned(t *testing.T) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestApplicationHTTPSAndFunctions(t *testing.T) {
	t.Parallel()
	n := newApplication(t)
	certificate := selfSigned(t)
	var asked []string
	n.Certificates = func(arns []string, name string) (*tls.Certificate, error) {
		asked = append(arns, name)
		return certificate, nil
	}
	n.Invoke = func(_ context.Context, function string, event []byte) ([]byte, error) {
		var e struct{ HTTPMethod, Path, Body string }
		if err := json.Unmarshal(event, &e); err != nil {
			return nil, err
		}
		return json.Marshal(map[string]any{"statusCode": 201, "headers": map[string]string{"X-By": function}, "body": e.HTTPMethod + " " + e.Path})
	}
	n.Must(n.CreateTargetGroup(elb.TargetGroup{ID: "function", Type: elb.TargetLambda}))
	n.Must(n.RegisterTargets("function", elb.Target{ID: "arn:f"}))
	if code := awserr.Code(n.CreateListener(elb.Listener{ID: "l", LoadBalancer: "alb", Port: 443, Protocol: "HTTPS", Action: forward("function")})); code != "ValidationError" {
		t.Errorf("HTTPS without a certificate: %s", code)
	}
	n.Must(n.CreateListener(elb.Listener{ID: "l", LoadBalancer: "alb", Port: 443, Protocol: "HTTPS", Certificates: []string{"arn:c"}, Action: forward("function")}))
	n.Must(n.AddCertificates("l", []string{"arn:d"}, nil))
	status, text, header := n.get("https://shop.example/x")
	if status != 201 || text != "GET /x" || header.Get("X-By") != "arn:f" {
		t.Errorf("%d %s %v", status, text, header)
	}
	if !slices.Equal(asked, []string{"arn:c", "arn:d", "shop.example"}) {
		t.Errorf("asked for %v", asked)
	}
}

func TestApplicationRefused(t *testing.T) {
	t.Parallel()
	n := newApplication(t)
	_, one := n.CreateLoadBalancer(elb.LoadBalancer{ID: "x", Type: elb.Application, Name: "x", Subnets: []string{"subnet-custom-a"}})
	n.Must(n.CreateTargetGroup(elb.TargetGroup{ID: "tcp", VPC: "vpc-custom", Port: 80}))
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"one subnet":       {one, "ValidationError"},
		"TCP":              {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "alb", Port: 80, Protocol: "TCP", Action: forward("one")}), "UnsupportedProtocol"},
		"a group of TCP":   {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "alb", Port: 80, Action: forward("tcp")}), "InvalidLoadBalancerAction"},
		"no such action":   {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "alb", Port: 80, Action: elb.Action{Type: "authenticate-oidc"}}), "ValidationError"},
		"a rule nowhere":   {n.PutRule(elb.Rule{ID: "r", Listener: "x", Priority: 1, Action: forward("one")}), "ListenerNotFound"},
		"TCP health check": {n.CreateTargetGroup(elb.TargetGroup{ID: "x", VPC: "vpc-custom", Protocol: "HTTP", Port: 80, HealthCheck: elb.HealthCheck{Protocol: "TCP"}}), "ValidationError"},
	} {
		if code := awserr.Code(c.err); code != c.want {
			t.Errorf("%s: %v, want %s", name, c.err, c.want)
		}
	}
}

// A Network Load Balancer in front of an Application Load Balancer: the way in which
// endpoint services lead to one.
func TestApplicationBehindNetwork(t *testing.T) {
	t.Parallel()
	n := newApplication(t)
	n.Must(n.CreateListener(elb.Listener{ID: "l", LoadBalancer: "alb", Port: 80, Action: forward("both")}))
	_, err := n.CreateLoadBalancer(elb.LoadBalancer{ID: "nlb", Name: "Front", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}})
	n.Must(err)
	n.Must(n.CreateTargetGroup(elb.TargetGroup{ID: "alb-group", VPC: "vpc-custom", Port: 80, Type: elb.TargetALB, HealthCheck: elb.HealthCheck{Interval: 5 * time.Second, Timeout: 2 * time.Second, Healthy: 2}}))
	n.Must(n.RegisterTargets("alb-group", elb.Target{ID: "alb"}))
	n.Must(n.CreateListener(elb.Listener{ID: "nl", LoadBalancer: "nlb", Port: 80, TargetGroup: "alb-group"}))
	n.awaitHealthy("both", "alb-group")
	front, err := n.LoadBalancer("nlb")
	n.Must(err)
	ctx, cancel := n.Clock().WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := n.client.Dial(ctx, "tcp", vpctest.At(front.Nodes[0].PrivateAddr, 80))
	n.Must(err)
	defer conn.Close()
	request, err := http.NewRequest(http.MethodGet, "http://x/", nil)
	n.Must(err)
	request.Close = true
	n.Must(request.Write(conn))
	text, err := io.ReadAll(conn)
	n.Must(err)
	if !strings.Contains(string(text), "for="+n.client.Addr().String()) {
		t.Errorf("got %s", text)
	}
}

// UDP passes with the client's address, and the answer comes back from the node's.
func TestNetworkOverUDP(t *testing.T) {
	t.Parallel()
	n := vpctest.NewTwoVPCs(t, vpc.Options{})
	lb := elb.New(n.Network)
	_, err := lb.CreateLoadBalancer(elb.LoadBalancer{ID: "nlb", Name: "Names", Subnets: []string{"subnet-custom-a"}})
	n.Must(err)
	n.Must(lb.CreateTargetGroup(elb.TargetGroup{ID: "tg", VPC: "vpc-custom", Protocol: "UDP", Port: 53, HealthCheck: elb.HealthCheck{Port: 80, Interval: 5 * time.Second, Timeout: 2 * time.Second, Healthy: 2}}))
	server, client := n.AddHost("server", "custom-a"), n.AddHost("client", "custom-a")
	n.Answer(server, 80, func(net.Conn) string { return "up" })
	n.Must(lb.RegisterTargets("tg", elb.Target{ID: "i-server", Interface: "eni-server"}))
	n.Must(lb.CreateListener(elb.Listener{ID: "l", LoadBalancer: "nlb", Port: 53, Protocol: "UDP", TargetGroup: "tg"}))
	socket, err := server.ListenPacket(53)
	n.Must(err)
	t.Cleanup(func() { _ = socket.Close() })
	go func() {
		buffer := make([]byte, 100)
		for {
			size, from, err := socket.ReadFrom(buffer)
			if err != nil {
				return
			}
			_, _ = socket.WriteTo([]byte(string(buffer[:size])+" "+from.String()), from)
		}
	}()
	b, err := lb.LoadBalancer("nlb")
	n.Must(err)
	ctx, cancel := n.Clock().WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := client.Dial(ctx, "udp", netip.AddrPortFrom(b.Nodes[0].PrivateAddr, 53).String())
	n.Must(err)
	defer conn.Close()
	_, err = conn.Write([]byte("who"))
	n.Must(err)
	answer := make([]byte, 100)
	size, err := conn.Read(answer)
	n.Must(err)
	if got := string(answer[:size]); got != "who "+conn.LocalAddr().String() {
		t.Errorf("got %s", got)
	}
}
