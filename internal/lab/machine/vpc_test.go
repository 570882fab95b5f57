package machine_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/api/s3"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// A host of a VPC is what a machine runs on.
var _ machine.Host = (*vpc.Host)(nil)

// newVPC makes a VPC with a private subnet whose only way out is a gateway
// endpoint to S3, and a function that puts hosts into it.
func newVPC(t *testing.T) (*cloud.Cloud, *vpc.Network, func(id string) *vpc.Host) {
	t.Helper()
	skipping := clock.NewSkipping()
	n := vpc.New(vpc.Options{Clock: skipping})
	t.Cleanup(func() {
		n.Close()
		skipping.Stop()
	})
	link := privatelink.New(privatelink.Options{Network: n, LoadBalancing: elb.New(n)})
	c, err := cloud.New(cloud.Options{Network: n, PrivateLink: link})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	everywhere := netip.MustParsePrefix("0.0.0.0/0")
	for _, err := range []error{
		n.VPCs().Create(vpc.VPC{ID: "vpc-1", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}, DNSSupport: true, DNSHostnames: true}),
		n.Subnets().Create(vpc.Subnet{ID: "subnet-1", VPC: "vpc-1", CIDR: netip.MustParsePrefix("10.0.1.0/24")}),
		n.RouteTables().Create("rtb-private", "vpc-1"),
		n.RouteTables().Associate("rtb-private", "subnet-1"),
		n.SecurityGroups().Create(vpc.SecurityGroup{
			ID: "sg-open", VPC: "vpc-1", Name: "open", Description: "open",
			Ingress: []vpc.Rule{{Protocol: "-1", CIDR: everywhere}}, Egress: []vpc.Rule{{Protocol: "-1", CIDR: everywhere}},
		}),
		second(link.CreateEndpoint(privatelink.Endpoint{ID: "vpce-s3", VPC: "vpc-1", Service: "com.amazonaws.ap-northeast-2.s3", Type: privatelink.GatewayType, RouteTables: []string{"rtb-private"}})),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return c, n, func(id string) *vpc.Host {
		if _, err := n.Interfaces().Create(vpc.Interface{ID: id, Subnet: "subnet-1", Groups: []string{"sg-open"}}); err != nil {
			t.Fatal(err)
		}
		host, err := n.Host(id)
		if err != nil {
			t.Fatal(err)
		}
		return host
	}
}

func second(_ privatelink.Endpoint, err error) error { return err }

// TestInstanceReports pings S3 and reports through a wait condition's URL: both
// go through the gateway endpoint, and nothing else gets out.
func TestInstanceReports(t *testing.T) {
	t.Parallel()
	c, n, host := newVPC(t)
	buckets := s3.New(s3.Options{Scope: c.Scope(), Clock: n.Clock()})
	c.Handle(buckets.Service())
	url, signals, cancel, err := buckets.PresignWait("arn:aws:cloudformation:ap-northeast-2:123456789012:stack/Demo/1", "Handle")
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	m := machine.Run(ctx, host("eni-1"), machine.Config{Clock: n.Clock(), Roots: c.Roots(), UserData: `#!/bin/bash
dig +short s3.ap-northeast-2.amazonaws.com | sort
curl -sS --max-time 5 https://sts.ap-northeast-2.amazonaws.com/; echo "sts $?"
seen=$(ping -c 4 -W 2 's3.ap-northeast-2.amazonaws.com' 2>&1 | tail -n 2)
seen="${seen//$'\n'/ | }"
cat > /run/report.json <<END
{"Data": "$seen"}
END
curl --silent --show-error --fail --max-time 15 --retry 30 --retry-delay 5 --retry-all-errors --upload-file /run/report.json '` + url + `'
`})
	defer m.Stop()
	if err := m.Wait(ctx); err != nil {
		t.Fatalf("%v\n%s", err, m.Console())
	}
	for _, want := range []string{"52.219.60.1\n52.219.60.33\n", "curl: (28) Operation timed out after 50", "sts 28\n"} {
		if !strings.Contains(m.Console(), want) {
			t.Errorf("console:\n%s\nlacks %q", m.Console(), want)
		}
	}
	if report := string(<-signals); !strings.Contains(report, "4 packets transmitted, 4 received, 0% packet loss") {
		t.Errorf("report %s", report)
	}
	if calls := c.Calls(); len(calls) != 1 || calls[0].Endpoint != "vpce-s3" || calls[0].Action != "s3:PutObject" {
		t.Errorf("calls: %+v", calls)
	}
}

// TestWebHost serves over the network until it is stopped.
func TestWebHost(t *testing.T) {
	t.Parallel()
	_, n, host := newVPC(t)
	web, client := host("eni-web"), host("eni-client")
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	m := machine.Run(ctx, web, machine.Config{Clock: n.Clock(), UserData: `#!/bin/bash
mkdir -p /srv/www
echo WEB1 > /srv/www/index.html
cat > /etc/systemd/system/web.service <<'END'
[Service]
ExecStart=/usr/bin/python3 -m http.server 80 --directory /srv/www
END
systemctl enable --now web.service
until curl -sf --max-time 1 http://localhost/; do sleep 1; done
`})
	defer m.Stop()
	if err := m.Wait(ctx); err != nil || m.Console() != "WEB1\n" {
		t.Fatalf("%v\n%s", err, m.Console())
	}
	get := func() (string, error) {
		transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			ctx, cancel := n.Clock().WithTimeout(ctx, 3*time.Second)
			defer cancel()
			return client.Dial(ctx, network, web.Addr().String()+":80")
		}}
		response, err := (&http.Client{Transport: transport}).Get("http://web/")
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return string(body), err
	}
	if body, err := get(); body != "WEB1\n" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
	m.Stop()
	if body, err := get(); err == nil {
		t.Errorf("after Stop: got %q", body)
	}
}
