package elb_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// ask connects with TLS and reads a line.
func ask(n vpctest.TwoVPCs, from *vpc.Host, address string) string {
	n.T.Helper()
	ctx, cancel := n.Clock().WithTimeout(context.Background(), vpctest.AnswerTimeout)
	defer cancel()
	c, err := from.Dial(ctx, "tcp", address)
	if err != nil {
		return err.Error()
	}
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	secure := tls.Client(c, &tls.Config{ServerName: "shop.example", InsecureSkipVerify: true})
	defer secure.Close()
	line, err := bufio.NewReader(secure).ReadString('\n')
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(line)
}

// A TLS listener ends TLS with its certificate and passes on what is inside, to a target of
// TCP or of TLS.
func TestNetworkOverTLS(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"TCP", "TLS"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			w := elbtest.New(t, elbtest.Options{})
			var asked []string
			w.Certificates = func(arns []string, name string) (*tls.Certificate, error) {
				asked = append(asked, append(slices.Clone(arns), name)...)
				return selfSigned(t), nil
			}
			server := w.AddHost("secure", "custom-a")
			l, err := server.Listen(9000)
			w.Must(err)
			if protocol == "TLS" {
				l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*selfSigned(t)}})
			}
			go vpctest.Serve(l, func(c net.Conn) string { return "saw " + vpctest.Source(c).String() })
			w.Must(w.CreateTargetGroup(elb.TargetGroup{ID: "inside", VPC: "vpc-custom", Protocol: protocol, Port: 9000, HealthCheck: elb.HealthCheck{Interval: 5 * time.Second, Timeout: 2 * time.Second, Healthy: 2}}))
			w.Must(w.RegisterTargets("inside", elb.Target{ID: "i-secure", Interface: "eni-secure"}))
			if err := w.CreateListener(elb.Listener{ID: "tls", LoadBalancer: "nlb", Port: 443, Protocol: "TLS", TargetGroup: "inside"}); err == nil || !strings.Contains(err.Error(), "A certificate must be specified for TLS listeners") {
				t.Errorf("without a certificate: %v", err)
			}
			w.Must(w.CreateListener(elb.Listener{ID: "tls", LoadBalancer: "nlb", Port: 443, Protocol: "TLS", TargetGroup: "inside", Certificates: []string{"arn:c"}}))
			client := w.AddHost("client", "custom-a")
			b, err := w.LoadBalancer("nlb")
			w.Must(err)
			node := b.Nodes[0].PrivateAddr
			if got := ask(w.TwoVPCs, client, vpctest.At(node, 443)); got != "saw "+node.String() {
				t.Errorf("port 443: %s", got)
			}
			if !slices.Equal(asked, []string{"arn:c", "shop.example"}) {
				t.Errorf("asked for %v", asked)
			}
			w.Must(w.ModifyListener(elb.Listener{ID: "tls", Port: 8443, Protocol: "TLS", TargetGroup: "inside", Certificates: []string{"arn:c"}}))
			w.Must(w.Clock().Sleep(t.Context(), time.Second))
			if got := ask(w.TwoVPCs, client, vpctest.At(node, 8443)); got != "saw "+node.String() {
				t.Errorf("port 8443: %s", got)
			}
			w.Must(w.DeleteListener("tls"))
			w.Must(w.Clock().Sleep(t.Context(), time.Second))
			if got := ask(w.TwoVPCs, client, vpctest.At(node, 8443)); strings.HasPrefix(got, "saw") {
				t.Errorf("deleted: %s", got)
			}
		})
	}
}

// Login sends clients away, or denies them.
func TestApplicationLogin(t *testing.T) {
	t.Parallel()
	n := newApplication(t)
	n.Certificates = func([]string, string) (*tls.Certificate, error) { return selfSigned(t), nil }
	with := func(l elb.Login) elb.Action {
		a := forward("both")
		a.Login = &l
		return a
	}
	if err := n.CreateListener(elb.Listener{ID: "plain", LoadBalancer: "alb", Port: 80, Action: with(elb.Login{})}); err == nil || !strings.Contains(err.Error(), "only on HTTPS listeners") {
		t.Errorf("over HTTP: %v", err)
	}
	n.Must(n.CreateListener(elb.Listener{ID: "l", LoadBalancer: "alb", Port: 443, Protocol: "HTTPS", Certificates: []string{"arn:c"}, Action: with(elb.Login{Endpoint: "https://id.example/authorize?x=1", ClientID: "me"})}))
	n.Must(n.PutRule(elb.Rule{ID: "r", Listener: "l", Priority: 1, Conditions: []elb.Condition{{Field: "path-pattern", Values: []string{"/api/*"}}}, Action: with(elb.Login{Deny: true})}))
	status, _, header := n.get("https://shop.example/x")
	if to := header.Get("Location"); status != 302 || !strings.HasPrefix(to, "https://id.example/authorize?x=1&client_id=me&redirect_uri=https%3A%2F%2Fshop.example%2Foauth2%2Fidpresponse&") {
		t.Errorf("%d to %s", status, to)
	}
	if status, _, _ := n.get("https://shop.example/api/x"); status != 401 {
		t.Errorf("denied: %d", status)
	}
}
