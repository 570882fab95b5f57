package cloud

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"provenendpoints/internal/lab/api/cloudformation"
	"provenendpoints/internal/lab/api/ec2"
	"provenendpoints/internal/lab/api/elbv2"
	iamapi "provenendpoints/internal/lab/api/iam"
	"provenendpoints/internal/lab/api/lambda"
	route53api "provenendpoints/internal/lab/api/route53"
	"provenendpoints/internal/lab/api/route53profiles"
	"provenendpoints/internal/lab/api/route53resolver"
	"provenendpoints/internal/lab/api/s3"
	"provenendpoints/internal/lab/api/sts"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/route53"
	"provenendpoints/internal/lab/vpc"
)

// fixture is a cloud with a network to call it from: a VPC with one private subnet,
// a gateway endpoint to S3, an interface endpoint to CloudFormation, a host
// inside and one on the internet.
type fixture struct {
	*Cloud
	t               testing.TB
	net             *vpc.Network
	balancing       *elb.LoadBalancing
	buckets         *s3.Store
	names           *route53.Names
	inside, outside *vpc.Host
	endpoint        privatelink.Endpoint // to CloudFormation
}

const bucketARN = "arn:aws:s3:::bucket"

func newFixture(t testing.TB, faults Faults) *fixture {
	t.Helper()
	skipping := clock.NewSkipping()
	b := &fixture{t: t, net: vpc.New(vpc.Options{Clock: skipping})}
	t.Cleanup(func() {
		b.net.Close()
		skipping.Stop()
	})
	b.balancing = elb.New(b.net)
	link := privatelink.New(privatelink.Options{Network: b.net, LoadBalancing: b.balancing})
	var err error
	b.Cloud, err = New(Options{Network: b.net, PrivateLink: link, Faults: faults})
	b.must(err)
	b.buckets = s3.New(s3.Options{Scope: b.Scope(), Clock: skipping, PolicyDelay: faults.PolicyDelay})
	b.Handle(b.buckets.Service(), ec2.Service(b.net, link, nil, b.Scope(), nil), elbv2.Service(b.balancing, nil), sts.Service(b.Roles, b.Scope(), skipping), iamapi.Service(b.Roles, b.Scope(), nil))
	b.names = route53.New(b.net)
	b.Handle(route53api.Service(b.names, link, b.Scope()), route53resolver.Service(b.names, b.Scope()), route53profiles.Service(b.names, b.Scope()))
	t.Cleanup(func() {
		_ = b.Close()
		b.buckets.Close()
	})
	n := b.net
	b.must(n.VPCs().Create(vpc.VPC{ID: "vpc-1", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}, DNSSupport: true, DNSHostnames: true}))
	b.must(n.Subnets().Create(vpc.Subnet{ID: "subnet-1", VPC: "vpc-1", CIDR: netip.MustParsePrefix("10.0.1.0/24"), Zone: "ap-northeast-2a"}))
	b.must(n.RouteTables().Create("rtb-private", "vpc-1"))
	b.must(n.RouteTables().Associate("rtb-private", "subnet-1"))
	b.must(n.SecurityGroups().Create(vpc.SecurityGroup{
		ID: "sg-open", VPC: "vpc-1", Name: "open", Description: "everything",
		Ingress: []vpc.Rule{{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDR: netip.MustParsePrefix("10.0.0.0/16"), Description: "https"}},
		Egress:  []vpc.Rule{{Protocol: "-1", CIDR: netip.MustParsePrefix("0.0.0.0/0")}},
	}))
	_, err = link.CreateEndpoint(privatelink.Endpoint{ID: "vpce-s3", VPC: "vpc-1", Service: "com.amazonaws.ap-northeast-2.s3", Type: privatelink.GatewayType, RouteTables: []string{"rtb-private"}})
	b.must(err)
	b.endpoint, err = link.CreateEndpoint(privatelink.Endpoint{
		ID: "vpce-cfn", VPC: "vpc-1", Service: "com.amazonaws.ap-northeast-2.cloudformation", Type: privatelink.InterfaceType,
		Subnets: []string{"subnet-1"}, Groups: []string{"sg-open"},
	})
	b.must(err)
	_, err = n.Interfaces().Create(vpc.Interface{ID: "eni-1", Subnet: "subnet-1", Groups: []string{"sg-open"}, PrivateAddr: netip.MustParseAddr("10.0.1.109"), Description: "the host"})
	b.must(err)
	b.inside, err = n.Host("eni-1")
	b.must(err)
	b.outside, err = n.PublicHost("verifier", netip.MustParseAddr("3.35.0.9"))
	b.must(err)
	return b
}

// handleStacks lets CloudFormation have stacks.
func (b *fixture) handleStacks(s cloudformation.Stacks) {
	b.Handle(cloudformation.Service(s, nil, b.Scope()))
}

// handleFunctions lets Lambda have functions.
func (b *fixture) handleFunctions(f lambda.Functions) { b.Handle(lambda.Service(f, b.Scope())) }

func (b *fixture) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// client is an HTTP client on a host: the host's resolver, the lab's CA.
func (b *fixture) client(from *vpc.Host) *http.Client {
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return from.Dial(ctx, network, from.Nameservers()[0].String())
	}}
	return &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				name, port, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				addrs, err := resolver.LookupHost(ctx, name+".")
				if err != nil {
					return nil, err
				}
				return from.Dial(ctx, network, net.JoinHostPort(addrs[0], port))
			},
			TLSClientConfig:   &tls.Config{RootCAs: b.Roots()},
			DisableKeepAlives: true,
		},
	}
}

// config is an SDK configuration for a role on a host.
func (b *fixture) config(from *vpc.Host, role string) aws.Config {
	return aws.Config{
		Region: b.scope.Region, HTTPClient: b.client(from), RetryMaxAttempts: 1,
		Credentials: b.Roles.Credentials(role, roles.SessionOptions{Name: "test"}),
	}
}

// role makes a role that Lambda may assume with the statements of one policy,
// and returns its ARN.
func (b *fixture) role(name, statements string) string {
	b.t.Helper()
	trust := b.policy(`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`)
	r, err := b.Roles.CreateRole(roles.Role{Name: name, Trust: *trust})
	b.must(err)
	if statements != "" {
		b.must(b.Roles.PutRolePolicy(name, "p", *b.policy(statements)))
	}
	return r.ARN
}

func (b *fixture) policy(statements string) *iam.Policy {
	b.t.Helper()
	p, err := iam.Parse(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	b.must(err)
	return &p
}

// setEndpointPolicy gives the gateway endpoint a policy of one statement.
func (b *fixture) setEndpointPolicy(statement string) {
	b.t.Helper()
	b.must(b.privateLink.ModifyGatewayEndpoint("vpce-s3", `{"Version":"2012-10-17","Statement":[`+statement+`]}`, []string{"rtb-private"}))
}

// do sends a request and returns status and body.
func (b *fixture) do(from *vpc.Host, method, url, body string, change func(*http.Request)) (int, string) {
	b.t.Helper()
	request, err := http.NewRequest(method, url, bytes.NewReader([]byte(body)))
	b.must(err)
	if change != nil {
		change(request)
	}
	response, err := b.client(from).Do(request)
	b.must(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	b.must(err)
	return response.StatusCode, string(text)
}

// code is the error code of an SDK's error; empty for none.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
