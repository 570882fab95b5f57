package verifier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// onLoopback serves the AWS APIs on a real socket and returns the look-ups there.
func onLoopback(t *testing.T, fake *lambdatest.AWS) proof.Lookups {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	h := New(Options{Config: testConfig(nil, server.URL)})
	return newLookups(h.config, h.clock, map[string]string{"private": proberARN}, slog.New(slog.DiscardHandler))
}

var comparable = cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})

func TestLookups(t *testing.T) {
	t.Parallel()
	fake := &lambdatest.AWS{Subnets: []string{"subnet-a"}}
	l := onLoopback(t, fake)
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	tables := []proof.RouteTable{
		{ID: "rtb-00000000000000001", VPC: lambdatest.VPC, Routes: []proof.Route{{Destination: "10.0.0.0/16", Target: "local", Active: true}, {Destination: "0.0.0.0/0", Target: "nat-1"}}, Subnets: []string{"subnet-a"}},
		{ID: lambdatest.RouteTable, VPC: lambdatest.VPC, Routes: []proof.Route{{Destination: "pl-78a54011", Target: lambdatest.Endpoint, Active: true}}, Subnets: []string{"subnet-a"}},
	}
	targets := []proof.Target{{ID: "i-1", Port: 80, State: "healthy"}, {ID: "i-2", Port: 80, State: "unhealthy", Reason: "Request timed out"}}
	tests := []struct {
		name  string
		ask   func(context.Context) (any, error)
		want  any
		calls map[string]int // action → calls that it takes
	}{
		{"endpoint", func(ctx context.Context) (any, error) { return proof.EndpointLookup.Ask(ctx, l, lambdatest.Endpoint) }, proof.Endpoint{
			ID: lambdatest.Endpoint, VPC: lambdatest.VPC, Service: "com.amazonaws.ap-northeast-2.cloudformation", State: "available", Type: "Interface",
			Names: []string{
				lambdatest.Endpoint + "-abcdefgh.cloudformation.ap-northeast-2.vpce.amazonaws.com",
				lambdatest.Endpoint + "-abcdefgh-ap-northeast-2a.cloudformation.ap-northeast-2.vpce.amazonaws.com",
			},
			Interfaces: []string{"eni-a", "eni-b"}, Groups: []string{lambdatest.Group}, Policy: lambdatest.Policy,
		}, map[string]int{"DescribeVpcEndpoints": 1, "DescribeNetworkInterfaces": 0}},
		{"interfaces", func(ctx context.Context) (any, error) {
			return proof.InterfacesLookup.Ask(ctx, l, []string{"eni-a", "eni-b"})
		}, []proof.Interface{
			{ID: "eni-a", Subnet: "subnet-a", Zone: "ap-northeast-2a", Address: addr("10.0.0.115")},
			{ID: "eni-b", Subnet: "subnet-b", Zone: "ap-northeast-2b", Address: addr("10.0.1.142")},
		}, map[string]int{"DescribeNetworkInterfaces": 2}},
		{"vpc", func(ctx context.Context) (any, error) { return proof.VPCLookup.Ask(ctx, l, lambdatest.VPC) },
			[]netip.Prefix{prefix("10.0.0.0/16")}, map[string]int{"DescribeVpcs": 1}},
		{"prefix list", func(ctx context.Context) (any, error) {
			return proof.PrefixListLookup.Ask(ctx, l, lambdatest.PrefixList)
		},
			proof.PrefixList{ID: "pl-78a54011", Entries: []netip.Prefix{prefix("52.219.60.0/23"), prefix("3.5.140.0/22")}}, map[string]int{"DescribePrefixLists": 1}},
		{"route tables of a vpc", func(ctx context.Context) (any, error) { return proof.VPCRouteTablesLookup.Ask(ctx, l, lambdatest.VPC) },
			tables, map[string]int{"DescribeRouteTables": 2}},
		{"subnets", func(ctx context.Context) (any, error) {
			return proof.SubnetsLookup.Ask(ctx, l, []string{"subnet-a", "subnet-a"})
		},
			[]proof.Subnet{{ID: "subnet-a", VPC: lambdatest.VPC, Zone: "ap-northeast-2a", Blocks: []netip.Prefix{prefix("10.0.0.0/24"), prefix("2600:1f18::/64")}}},
			map[string]int{"DescribeSubnets": 1}},
		{"endpoints of a vpc", func(ctx context.Context) (any, error) {
			endpoints, err := proof.VPCEndpointsLookup.Ask(ctx, l, lambdatest.VPC)
			if err != nil || len(endpoints) != 1 {
				return endpoints, err
			}
			return endpoints[0].ID + " " + endpoints[0].VPC, nil
		}, lambdatest.Endpoint + " " + lambdatest.VPC, map[string]int{"DescribeVpcEndpoints": 1}},
		{"network interfaces of a vpc", func(ctx context.Context) (any, error) {
			return proof.NetworkInterfacesLookup.Ask(ctx, l, lambdatest.VPC)
		}, []proof.NetworkInterface{
			{ID: "eni-a", VPC: lambdatest.VPC, Subnet: "subnet-a", Addresses: []netip.Addr{addr("10.0.0.115")}},
			{ID: "eni-b", VPC: lambdatest.VPC, Subnet: "subnet-b", Addresses: []netip.Addr{addr("10.0.1.142")}},
		}, map[string]int{"DescribeNetworkInterfaces": 2}},
		{"network interfaces of instances", func(ctx context.Context) (any, error) {
			return proof.InstanceInterfacesLookup.Ask(ctx, l, []string{"i-1", "i-2"})
		}, []proof.NetworkInterface{
			{ID: "eni-a", VPC: lambdatest.VPC, Subnet: "subnet-a", Addresses: []netip.Addr{addr("10.0.0.115")}},
			{ID: "eni-b", VPC: lambdatest.VPC, Subnet: "subnet-b", Addresses: []netip.Addr{addr("10.0.1.142")}},
		}, map[string]int{"DescribeNetworkInterfaces": 2}},
		{"target groups", func(ctx context.Context) (any, error) { return proof.TargetGroupsLookup.Ask(ctx, l, lambdatest.VPC) },
			[]proof.TargetGroup{{ARN: "instance", Balancers: []string{lambdatest.Balancer}, Targets: targets}, {ARN: "ip", Balancers: []string{lambdatest.Balancer}, Targets: targets}},
			map[string]int{"DescribeTargetGroups": 2, "DescribeTargetHealth": 2}},
		{"DHCP options", func(ctx context.Context) (any, error) { return proof.DHCPOptionsLookup.Ask(ctx, l, lambdatest.VPC) },
			[]string{"AmazonProvidedDNS"}, map[string]int{"DescribeVpcs": 1, "DescribeDhcpOptions": 1}},
		{"hosted zones", func(ctx context.Context) (any, error) { return proof.HostedZonesLookup.Ask(ctx, l, lambdatest.VPC) },
			[]proof.HostedZone{{ID: "Z1", Name: "corp.example."}, {ID: "Z2", Name: "sts.ap-northeast-2.amazonaws.com.", Service: "vpce.amazonaws.com"}}, map[string]int{"ListHostedZonesByVPC": 1}},
		{"resolver rules", func(ctx context.Context) (any, error) { return proof.ResolverRulesLookup.Ask(ctx, l, lambdatest.VPC) },
			[]proof.DNSAssociation{{ID: "rslvr-autodefined-rr-internet-resolver", Name: "System Rule Association"}}, map[string]int{"ListResolverRuleAssociations": 1}},
		{"DNS firewalls", func(ctx context.Context) (any, error) { return proof.DNSFirewallsLookup.Ask(ctx, l, lambdatest.VPC) },
			[]proof.DNSAssociation(nil), map[string]int{"ListFirewallRuleGroupAssociations": 1}},
		{"Route 53 profiles", func(ctx context.Context) (any, error) { return proof.DNSProfilesLookup.Ask(ctx, l, lambdatest.VPC) },
			[]proof.DNSAssociation{{ID: "rp-1", Name: "all"}}, map[string]int{"ListProfileAssociations": 1}},
		{"security groups", func(ctx context.Context) (any, error) {
			return proof.SecurityGroupsLookup.Ask(ctx, l, []string{lambdatest.Group})
		},
			[]proof.SecurityGroup{{ID: lambdatest.Group, VPC: lambdatest.VPC, Ingress: []proof.SecurityGroupRule{{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDR: prefix("10.0.0.0/16")}}, Egress: []proof.SecurityGroupRule{{Protocol: "-1", ToPort: 65535, CIDR: prefix("0.0.0.0/0")}}}},
			map[string]int{"DescribeSecurityGroups": 1}},
		{"no security groups", func(ctx context.Context) (any, error) { return proof.SecurityGroupsLookup.Ask(ctx, l, nil) }, []proof.SecurityGroup(nil), nil},
		{"network acls", func(ctx context.Context) (any, error) { return proof.NetworkACLsLookup.Ask(ctx, l, lambdatest.VPC) },
			[]proof.NetworkACL{
				{ID: "acl-1", Subnets: []string{"subnet-a"}, Entries: []proof.NetworkACLEntry{
					{Number: 100, Egress: true, Allow: true, Protocol: "-1", ToPort: 65535, CIDR: prefix("0.0.0.0/0")},
					{Number: 99, Egress: true, Protocol: "6", FromPort: 443, ToPort: 444, CIDR: prefix("10.0.0.0/16")},
				}},
				{ID: "acl-2", Entries: []proof.NetworkACLEntry{{Number: 1, Protocol: "58", FromPort: 8, ToPort: -1, CIDR: prefix("::/0")}}},
			}, map[string]int{"DescribeNetworkAcls": 2}},
		{"role", func(ctx context.Context) (any, error) { return proof.RoleLookup.Ask(ctx, l, lambdatest.Role) },
			proof.Role{ARN: lambdatest.Role, Trust: lambdatest.Trust, Managed: []string{lambdatest.ManagedPolicy}, Policies: []proof.RolePolicy{
				{Name: "Grant", Document: lambdatest.RolePolicies()["Grant"]}, {Name: "Logs", Document: lambdatest.RolePolicies()["Logs"]},
			}}, map[string]int{"GetRole": 1, "ListRolePolicies": 2, "GetRolePolicy": 2, "ListAttachedRolePolicies": 2}},
		{"connection", func(ctx context.Context) (any, error) {
			return proof.ConnectionLookup.Ask(ctx, l, proof.ServiceConnection{Service: lambdatest.Service, Endpoint: lambdatest.Endpoint})
		}, "available", map[string]int{"DescribeVpcEndpointConnections": 1}},
		{"connections", func(ctx context.Context) (any, error) {
			return proof.ConnectionsLookup.Ask(ctx, l, lambdatest.Service)
		}, []proof.Connection{{Endpoint: lambdatest.Endpoint, Owner: "111122223333", State: "available"}}, map[string]int{"DescribeVpcEndpointConnections": 1}},
		{"services of a balancer", func(ctx context.Context) (any, error) {
			return proof.ServicesLookup.Ask(ctx, l, proof.ServiceOnBalancer{Service: lambdatest.Service, Balancer: lambdatest.Balancer})
		}, []proof.EndpointService{
			{ID: lambdatest.Service, Balancers: []string{lambdatest.Balancer}, AcceptanceRequired: true},
			{ID: "vpce-svc-2", Balancers: []string{lambdatest.Balancer}, AcceptanceRequired: true},
		}, map[string]int{"DescribeVpcEndpointServiceConfigurations": 2}},
		{"services of the account", func(ctx context.Context) (any, error) {
			return proof.AccountServicesLookup.Ask(ctx, l, lambdatest.VPC)
		}, []proof.EndpointService{
			{ID: lambdatest.Service, Balancers: []string{lambdatest.Balancer}, AcceptanceRequired: true},
			{ID: "vpce-svc-1", Balancers: []string{"arn:other"}, AcceptanceRequired: true},
			{ID: "vpce-svc-2", Balancers: []string{lambdatest.Balancer}, AcceptanceRequired: true},
		}, map[string]int{"DescribeVpcEndpointServiceConfigurations": 2}},
		{"balancer", func(ctx context.Context) (any, error) { return proof.BalancerLookup.Ask(ctx, l, lambdatest.Balancer) }, proof.Balancer{
			ARN: lambdatest.Balancer, VPC: lambdatest.VPC, Type: "network", Scheme: "internal", Groups: []string{lambdatest.Group}, Enforced: true,
			Listeners: []proof.Listener{
				{ID: "listener-80", Protocol: "TCP", Port: 80, TargetGroups: []string{lambdatest.TargetGroup}},
				{ID: "listener-443", Protocol: "TLS", Port: 443, TargetGroups: []string{lambdatest.TargetGroup}},
			},
		}, map[string]int{"DescribeLoadBalancers": 1, "DescribeLoadBalancerAttributes": 1, "DescribeListeners": 2}},
		{"principals", func(ctx context.Context) (any, error) { return proof.PrincipalsLookup.Ask(ctx, l, lambdatest.Service) },
			[]string{"arn:aws:iam::123456789012:root", lambdatest.Role}, map[string]int{"DescribeVpcEndpointServicePermissions": 2}},
		{"targets", func(ctx context.Context) (any, error) { return proof.TargetsLookup.Ask(ctx, l, lambdatest.TargetGroup) },
			targets, map[string]int{"DescribeTargetHealth": 1}},
		{"function", func(ctx context.Context) (any, error) { return proof.FunctionLookup.Ask(ctx, l, "private") },
			proof.Function{Name: "prober", Role: lambdatest.Role, Subnets: []string{"subnet-a"}, Groups: []string{lambdatest.Group}, Code: "c2hhMjU2", Layers: []string{"arn:layer:1"}, Variables: []string{"A", "B"}}, map[string]int{"GetFunctionConfiguration": 1}},
	}
	for _, test := range tests {
		before := map[string]int{}
		for action := range test.calls {
			before[action] = fake.Calls(action)
		}
		got, err := test.ask(t.Context())
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if diff := cmp.Diff(test.want, got, comparable); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		for action, calls := range test.calls {
			if got := fake.Calls(action) - before[action]; got != calls {
				t.Errorf("%s: %d calls of %s, want %d", test.name, got, action, calls)
			}
		}
	}
	form := fake.Forms("DescribeVpcEndpointConnections")[0]
	if form.Get("Filter.1.Name") != "service-id" || form.Get("Filter.1.Value.1") != lambdatest.Service ||
		form.Get("Filter.2.Name") != "vpc-endpoint-id" || form.Get("Filter.2.Value.1") != lambdatest.Endpoint {
		t.Errorf("the connection was not asked for by service and endpoint: %v", form)
	}
	if form := fake.Forms("DescribeVpcEndpointConnections")[1]; form.Get("Filter.1.Value.1") != lambdatest.Service || form.Has("Filter.2.Name") {
		t.Errorf("the connections were not asked for by service alone: %v", form)
	}
	for _, form := range fake.Forms("DescribeNetworkInterfaces") {
		if name := form.Get("Filter.1.Name"); name != "" && name != "vpc-id" && (name != "attachment.instance-id" || form.Get("Filter.1.Value.2") != "i-2") {
			t.Errorf("the interfaces were not asked for by instance: %v", form)
		}
	}
	if form := fake.Forms("DescribeListeners")[0]; form.Get("LoadBalancerArn") != lambdatest.Balancer {
		t.Errorf("the listeners were not asked for by load balancer: %v", form)
	}
	if form := fake.Forms("DescribeVpcEndpointServicePermissions")[0]; form.Get("ServiceId") != lambdatest.Service {
		t.Errorf("the principals were not asked for by service: %v", form)
	}
	if form := fake.Forms("DescribeRouteTables")[0]; form.Get("Filter.1.Name") != "vpc-id" || form.Get("Filter.1.Value.1") != lambdatest.VPC {
		t.Errorf("the route tables were not asked for by VPC: %v", form)
	}
}

// TestLookupErrors: an answer that is no answer is an error, and a failed call is
// made once and explained in short.
// A look-up that is throttled is made again at once, some times; one that is refused is not.
func TestLookupsAreMadeAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		times, status int
		code          string
		calls         int
		want          string
	}{
		"throttled":        {3, 503, "RequestLimitExceeded", 4, ""},
		"throttled always": {99, 503, "RequestLimitExceeded", 4, "RequestLimitExceeded: no"},
		"refused":          {99, 403, "UnauthorizedOperation", 1, "UnauthorizedOperation: no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				calls := 0
				w.aws.Fault = func(action string, n int, rw http.ResponseWriter, _ *http.Request) bool {
					if action == "DescribeVpcs" {
						calls = n
						if n <= test.times {
							lambdatest.Fail(rw, test.status, test.code, "no")
							return true
						}
					}
					return false
				}
				_, err := proof.VPCLookup.Ask(t.Context(), newLookups(New(w.options()).config, proof.SystemClock(), nil, slog.New(slog.DiscardHandler)), lambdatest.VPC)
				if calls != test.calls || (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
					t.Errorf("%d calls, error %v; want %d, %q", calls, err, test.calls, test.want)
				}
			})
		})
	}
}

func TestLookupErrors(t *testing.T) {
	t.Parallel()
	const empty = `<%[1]sResponse><vpcEndpointSet/><networkInterfaceSet/><vpcSet/><prefixListSet/><routeTableSet/><securityGroupInfo/><networkAclSet/><vpcEndpointConnectionSet/><allowedPrincipals/><serviceConfigurationSet/><subnetSet/></%[1]sResponse>`
	faults := map[string]struct {
		answer func(w http.ResponseWriter, action string)
		want   string
	}{
		"empty answer":   {func(w http.ResponseWriter, action string) { fmt.Fprintf(w, empty, action) }, "got 0"},
		"another answer": {func(w http.ResponseWriter, _ string) { fmt.Fprintf(w, empty, "Another") }, ""},
		"access denied": {func(w http.ResponseWriter, _ string) {
			lambdatest.Fail(w, 403, "UnauthorizedOperation", "You are not authorized.")
		}, "UnauthorizedOperation: You are not authorized."},
		"not found": {func(w http.ResponseWriter, _ string) {
			lambdatest.Fail(w, 400, "InvalidID.NotFound", "It does not exist")
		}, "InvalidID.NotFound: It does not exist"},
		"server error": {func(w http.ResponseWriter, _ string) { w.WriteHeader(500); _, _ = w.Write([]byte("oops")) }, ""},
		"not xml":      {func(w http.ResponseWriter, _ string) { _, _ = w.Write([]byte("{}")) }, ""},
		"cut off":      {func(http.ResponseWriter, string) { panic(http.ErrAbortHandler) }, "EOF"},
	}
	asks := map[string]struct {
		action string
		ask    func(context.Context, proof.Lookups) error
	}{
		"ec2:DescribeVpcEndpoints": {"DescribeVpcEndpoints", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.EndpointLookup.Ask(ctx, l, "vpce-1")
			return err
		}},
		"ec2:DescribeNetworkInterfaces": {"DescribeNetworkInterfaces", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.InterfacesLookup.Ask(ctx, l, []string{"eni-1"})
			return err
		}},
		"ec2:DescribeVpcs": {"DescribeVpcs", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.VPCLookup.Ask(ctx, l, "vpc-1")
			return err
		}},
		"ec2:DescribeVpcEndpointServiceConfigurations": {"DescribeVpcEndpointServiceConfigurations", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.ServicesLookup.Ask(ctx, l, proof.ServiceOnBalancer{Service: "vpce-svc-1", Balancer: "arn"})
			return err
		}},
		"ec2:DescribePrefixLists": {"DescribePrefixLists", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.PrefixListLookup.Ask(ctx, l, "p")
			return err
		}},
		"ec2:DescribeRouteTables": {"DescribeRouteTables", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.VPCRouteTablesLookup.Ask(ctx, l, "vpc-1")
			return err
		}},
		"ec2:DescribeSubnets": {"DescribeSubnets", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.SubnetsLookup.Ask(ctx, l, []string{"subnet-1"})
			return err
		}},
		"ec2:DescribeDhcpOptions, ec2:DescribeVpcs": {"DescribeVpcs", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.DHCPOptionsLookup.Ask(ctx, l, "vpc-1")
			return err
		}},
		"route53:ListHostedZonesByVPC": {"ListHostedZonesByVPC", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.HostedZonesLookup.Ask(ctx, l, "vpc-1")
			return err
		}},
		"ec2:DescribeSecurityGroups": {"DescribeSecurityGroups", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.SecurityGroupsLookup.Ask(ctx, l, []string{"sg-1"})
			return err
		}},
		"ec2:DescribeNetworkAcls": {"DescribeNetworkAcls", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.NetworkACLsLookup.Ask(ctx, l, "vpc-1")
			return err
		}},
		"ec2:DescribeVpcEndpointConnections": {"DescribeVpcEndpointConnections", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.ConnectionLookup.Ask(ctx, l, proof.ServiceConnection{Service: "s", Endpoint: "e"})
			return err
		}},
		"ec2:DescribeVpcEndpointServicePermissions": {"DescribeVpcEndpointServicePermissions", func(ctx context.Context, l proof.Lookups) error {
			_, err := proof.PrincipalsLookup.Ask(ctx, l, "s")
			return err
		}},
	}
	for faultName, fault := range faults {
		for name, ask := range asks {
			t.Run(name+"/"+faultName, func(t *testing.T) {
				t.Parallel()
				fake := &lambdatest.AWS{Fault: func(action string, _ int, w http.ResponseWriter, _ *http.Request) bool {
					fault.answer(w, action)
					return true
				}}
				err := ask.ask(t.Context(), onLoopback(t, fake))
				if err == nil || !strings.HasPrefix(err.Error(), name+": ") || !strings.Contains(err.Error(), fault.want) {
					t.Errorf("error %v\nwant %s: … %s", err, name, fault.want)
				}
				if denied := errors.Is(err, proof.ErrDenied); denied != (faultName == "access denied") {
					t.Errorf("denied %t: %v", denied, err)
				}
				if calls := fake.Calls(ask.action); calls != 1 {
					t.Errorf("%d calls, want 1: the rounds are the retries", calls)
				}
			})
		}
	}
}

// TestFunctionErrors: no answer about a function may look as if it were in no VPC.
func TestFunctionErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from   string
		status       int
		kind, answer string
		want         string
	}{
		{"unknown vantage point", "moon", 200, "", `{}`, `there is no vantage point "moon"`},
		{"empty", "private", 200, "", `{}`, "the answer names no function"},
		{"not json", "private", 200, "", `<html>`, "deserialization failed"},
		{"gone", "private", 404, "ResourceNotFoundException", `{"Message":"Function not found"}`, "ResourceNotFoundException: Function not found"},
		{"denied", "private", 403, "AccessDeniedException", `{"Message":"not authorized"}`, "AccessDeniedException: not authorized"},
		{"throttled", "private", 429, "TooManyRequestsException", `{"Message":"Rate exceeded"}`, "TooManyRequestsException: Rate exceeded"},
	}
	for _, test := range tests {
		fake := &lambdatest.AWS{Fault: func(_ string, _ int, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("X-Amzn-ErrorType", test.kind)
			w.WriteHeader(test.status)
			_, _ = w.Write([]byte(test.answer))
			return true
		}}
		place, err := proof.FunctionLookup.Ask(t.Context(), onLoopback(t, fake), test.from)
		if err == nil || !strings.HasPrefix(err.Error(), "lambda:GetFunctionConfiguration: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %+v, error %v\nwant %s", test.name, place, err, test.want)
		}
	}
}

// TestRoleErrors: a role of which anything is not told has not been looked up: what is
// missing could allow anything.
func TestRoleErrors(t *testing.T) {
	t.Parallel()
	const prefix = "iam:GetRole, iam:GetRolePolicy, iam:ListAttachedRolePolicies, iam:ListRolePolicies: "
	for _, action := range []string{"GetRole", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies"} {
		for want, answer := range map[string]func(http.ResponseWriter){
			"AccessDenied: not authorized":  func(w http.ResponseWriter) { lambdatest.Fail(w, 403, "AccessDenied", "not authorized") },
			"NoSuchEntity: cannot be found": func(w http.ResponseWriter) { lambdatest.Fail(w, 404, "NoSuchEntity", "cannot be found") },
			"EOF":                           func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		} {
			fake := &lambdatest.AWS{Fault: func(called string, _ int, w http.ResponseWriter, _ *http.Request) bool {
				if called == action {
					answer(w)
				}
				return called == action
			}}
			role, err := proof.RoleLookup.Ask(t.Context(), onLoopback(t, fake), lambdatest.Role)
			if err == nil || !strings.HasPrefix(err.Error(), prefix) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %+v, error %v, want %s", action, role, err, want)
			}
		}
	}
	for _, action := range []string{"GetRole", "GetRolePolicy"} {
		fake := &lambdatest.AWS{Fault: func(called string, _ int, w http.ResponseWriter, _ *http.Request) bool {
			if called == action {
				_, _ = w.Write([]byte("<" + action + "Response><" + action + "Result/></" + action + "Response>"))
			}
			return called == action
		}}
		if role, err := proof.RoleLookup.Ask(t.Context(), onLoopback(t, fake), lambdatest.Role); err == nil {
			t.Errorf("%s: an empty answer was taken for one: %+v", action, role)
		}
	}
	fake := &lambdatest.AWS{}
	if _, err := proof.RoleLookup.Ask(t.Context(), onLoopback(t, fake), ""); err == nil || len(fake.Actions()) != 0 {
		t.Errorf("no role was asked for: error %v", err)
	}
}

// TestPartialAnswer: an endpoint of which one interface is not told has not been
// looked up: its addresses would be taken for all.
func TestPartialAnswer(t *testing.T) {
	t.Parallel()
	fake := &lambdatest.AWS{}
	fake.Fault = func(action string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if action == "DescribeNetworkInterfaces" {
			fake.Describe(w, action, url.Values{"NextToken": {"more"}}) // the last page only
			return true
		}
		return false
	}
	_, err := proof.InterfacesLookup.Ask(t.Context(), onLoopback(t, fake), []string{"eni-a", "eni-b"})
	if err == nil || err.Error() != "ec2:DescribeNetworkInterfaces: asked for 2 interfaces, got 1" {
		t.Errorf("error %v", err)
	}
}

func TestLookupsWithoutSubject(t *testing.T) {
	t.Parallel()
	fake := &lambdatest.AWS{}
	l := onLoopback(t, fake)
	if _, err := proof.VPCRouteTablesLookup.Ask(t.Context(), l, ""); err == nil || fake.Calls("DescribeRouteTables") != 0 {
		t.Errorf("error %v: every route table of the account was asked for", err)
	}
	if _, err := proof.SubnetsLookup.Ask(t.Context(), l, nil); err == nil || fake.Calls("DescribeSubnets") != 0 {
		t.Errorf("error %v: every subnet of the account was asked for", err)
	}
	if _, err := proof.VPCEndpointsLookup.Ask(t.Context(), l, ""); err == nil || fake.Calls("DescribeVpcEndpoints") != 0 {
		t.Errorf("error %v: every endpoint of the account was asked for", err)
	}
	if _, err := proof.NetworkInterfacesLookup.Ask(t.Context(), l, ""); err == nil || fake.Calls("DescribeNetworkInterfaces") != 0 {
		t.Errorf("error %v: every interface of the account was asked for", err)
	}
	if _, err := proof.InstanceInterfacesLookup.Ask(t.Context(), l, nil); err == nil || fake.Calls("DescribeNetworkInterfaces") != 0 {
		t.Errorf("error %v: every interface of the account was asked for", err)
	}
	if _, err := proof.TargetGroupsLookup.Ask(t.Context(), l, ""); err == nil || fake.Calls("DescribeTargetGroups") != 0 {
		t.Errorf("error %v: every target group of the account was asked for", err)
	}
	for name, ask := range map[string]func(context.Context, proof.Lookups, string) error{
		"ListHostedZonesByVPC": func(ctx context.Context, l proof.Lookups, vpc string) error {
			_, err := proof.HostedZonesLookup.Ask(ctx, l, vpc)
			return err
		},
		"ListResolverRuleAssociations": func(ctx context.Context, l proof.Lookups, vpc string) error {
			_, err := proof.ResolverRulesLookup.Ask(ctx, l, vpc)
			return err
		},
		"ListFirewallRuleGroupAssociations": func(ctx context.Context, l proof.Lookups, vpc string) error {
			_, err := proof.DNSFirewallsLookup.Ask(ctx, l, vpc)
			return err
		},
		"ListProfileAssociations": func(ctx context.Context, l proof.Lookups, vpc string) error {
			_, err := proof.DNSProfilesLookup.Ask(ctx, l, vpc)
			return err
		},
	} {
		if err := ask(t.Context(), l, ""); err == nil || fake.Calls(name) != 0 {
			t.Errorf("error %v: %s was asked about every VPC of the account", err, name)
		}
	}
	if _, err := proof.NetworkACLsLookup.Ask(t.Context(), l, ""); err == nil || fake.Calls("DescribeNetworkAcls") != 0 {
		t.Errorf("error %v: every network ACL of the account was asked for", err)
	}
	if _, err := proof.InterfacesLookup.Ask(t.Context(), l, nil); err == nil || fake.Calls("DescribeNetworkInterfaces") != 0 {
		t.Errorf("error %v: every interface of the account was asked for", err)
	}
}

func TestTargetOfRoute(t *testing.T) {
	t.Parallel()
	id := "target-1"
	for name, route := range map[string]api.Route{
		"gateway": {GatewayId: id}, "nat": {NatGatewayId: id}, "interface": {NetworkInterfaceId: id, InstanceId: "i-1"},
		"instance": {InstanceId: id}, "peering": {VpcPeeringConnectionId: id}, "transit gateway": {TransitGatewayId: id},
		"egress-only": {EgressOnlyInternetGatewayId: id}, "carrier": {CarrierGatewayId: id}, "local gateway": {LocalGatewayId: id},
		"core network": {CoreNetworkArn: id}, "odb": {OdbNetworkArn: id}, "address": {IpAddress: id},
	} {
		if got := targetOf(route); got != "target-1" {
			t.Errorf("%s: target %q", name, got)
		}
	}
	if got := targetOf(api.Route{}); got != "an unknown target" {
		t.Errorf("a target newer than this code is %q: it must be seen", got)
	}
}

func TestGroupOf(t *testing.T) {
	t.Parallel()
	got, err := groupOf(api.SecurityGroup{GroupId: "sg-1", VpcId: "vpc-1", IpPermissions: []api.IpPermission{
		{IpProtocol: "-1", FromPort: new(-1), ToPort: new(-1), UserIdGroupPairs: []api.UserIdGroupPair{{GroupId: "sg-2"}}},
		{IpProtocol: "tcp", FromPort: new(80), ToPort: new(90), Ipv6Ranges: []api.Ipv6Range{{CidrIpv6: "::/0"}}, PrefixListIds: []api.PrefixListId{{PrefixListId: "pl-1"}}},
	}})
	want := proof.SecurityGroup{ID: "sg-1", VPC: "vpc-1", Ingress: []proof.SecurityGroupRule{
		{Protocol: "-1", FromPort: 0, ToPort: 65535, Group: "sg-2"},
		{Protocol: "tcp", FromPort: 80, ToPort: 90, CIDR: netip.MustParsePrefix("::/0")},
		{Protocol: "tcp", FromPort: 80, ToPort: 90, PrefixList: "pl-1"},
	}}
	if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
	if _, err := groupOf(api.SecurityGroup{IpPermissions: []api.IpPermission{{IpRanges: []api.IpRange{{CidrIp: "anywhere"}}}}}); err == nil {
		t.Error("a source that cannot be read was left out")
	}
}

func TestInterfacesOf(t *testing.T) {
	t.Parallel()
	both := api.NetworkInterface{NetworkInterfaceId: "eni-1", PrivateIpAddress: "10.0.0.5", Ipv6Addresses: []api.NetworkInterfaceIpv6Address{{Ipv6Address: "2001:db8::5"}}}
	bad := api.NetworkInterface{PrivateIpAddress: "somewhere"}
	got, err := interfacesOf([]api.NetworkInterface{both})
	want := []proof.Interface{{ID: "eni-1", Address: netip.MustParseAddr("10.0.0.5")}, {ID: "eni-1", Address: netip.MustParseAddr("2001:db8::5")}}
	if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
	if _, err := interfacesOf([]api.NetworkInterface{both, bad}); err == nil {
		t.Error("an address that cannot be read was left out")
	}
}

func TestRouteTableOf(t *testing.T) {
	t.Parallel()
	association := func(subnet string, state string) api.RouteTableAssociation {
		return api.RouteTableAssociation{SubnetId: subnet, AssociationState: api.RouteTableAssociationState{State: state}}
	}
	got := routeTableOf(api.RouteTable{
		RouteTableId: "rtb-1", VpcId: "vpc-1",
		Routes:          []api.Route{{DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-1", State: "active"}, {State: "new"}},
		PropagatingVgws: []api.PropagatingVgw{{GatewayId: "vgw-1"}},
		Associations: []api.RouteTableAssociation{
			association("subnet-1", "associated"), association("subnet-2", "associating"),
			association("subnet-3", "disassociating"), association("subnet-4", "disassociated"),
			association("subnet-5", "failed"), {SubnetId: "subnet-6"}, {Main: true},
		},
	})
	want := proof.RouteTable{
		ID: "rtb-1", VPC: "vpc-1", Main: true, Propagating: []string{"vgw-1"}, Subnets: []string{"subnet-1", "subnet-2", "subnet-3", "subnet-6"},
		Routes: []proof.Route{{Destination: "::/0", Target: "eigw-1", Active: true}, {Destination: "an unknown destination", Target: "an unknown target", Active: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNetworkInterfaceOf(t *testing.T) {
	t.Parallel()
	elastic := api.NetworkInterfaceAssociation{PublicIp: "52.1.2.3", AllocationId: "eipalloc-1"}
	eni := api.NetworkInterface{
		NetworkInterfaceId: "eni-1", VpcId: "vpc-1", SubnetId: "subnet-1", Description: "d",
		Attachment: api.NetworkInterfaceAttachment{InstanceId: "i-1"}, Groups: []api.GroupIdentifier{{GroupId: "sg-1"}},
		PrivateIpAddress: "10.0.0.5", Association: elastic,
		PrivateIpAddresses: []api.NetworkInterfacePrivateIpAddress{
			{PrivateIpAddress: "10.0.0.5", Association: elastic},
			{PrivateIpAddress: "10.0.0.6", Association: api.NetworkInterfaceAssociation{CarrierIp: "155.0.0.1", CustomerOwnedIp: "198.51.100.1"}},
		},
		Ipv6Addresses: []api.NetworkInterfaceIpv6Address{{Ipv6Address: "2600:1f18::5"}},
	}
	addr := netip.MustParseAddr
	want := proof.NetworkInterface{
		ID: "eni-1", VPC: "vpc-1", Subnet: "subnet-1", Description: "d", Instance: "i-1", Groups: []string{"sg-1"},
		Addresses: []netip.Addr{addr("10.0.0.5"), addr("10.0.0.6"), addr("2600:1f18::5")},
		Public:    []proof.PublicAddress{{Address: addr("52.1.2.3"), Allocation: "eipalloc-1"}, {Address: addr("155.0.0.1")}, {Address: addr("198.51.100.1")}},
	}
	got, err := networkInterfaceOf(eni)
	if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
	for name, bad := range map[string]api.NetworkInterface{
		"private": {PrivateIpAddress: "somewhere"},
		"public":  {Association: api.NetworkInterfaceAssociation{PublicIp: "somewhere"}},
	} {
		if _, err := networkInterfaceOf(bad); err == nil {
			t.Errorf("a %s address that cannot be read was left out", name)
		}
	}
}

func TestServersOf(t *testing.T) {
	t.Parallel()
	option := func(key string, values ...string) api.DhcpConfiguration {
		result := api.DhcpConfiguration{Key: key}
		for _, value := range values {
			result.Values = append(result.Values, api.AttributeValue{Value: value})
		}
		return result
	}
	got, err := serversOf(api.DhcpOptions{DhcpConfigurations: []api.DhcpConfiguration{option("ntp-servers", "10.0.0.8"), option("domain-name-servers", "10.0.0.9", "AmazonProvidedDNS")}})
	if diff := cmp.Diff([]string{"10.0.0.9", "AmazonProvidedDNS"}, got); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
	if _, err := serversOf(api.DhcpOptions{}); err == nil {
		t.Error("options that could not be read count as none")
	}
}

func TestEndpointOf(t *testing.T) {
	t.Parallel()
	for want, options := range map[string]api.DnsOptions{"": {}, "dualstack": {DnsRecordIpType: "dualstack"}} {
		if got := endpointOf(api.VpcEndpoint{DnsOptions: options}); got.RecordIPType != want {
			t.Errorf("got %q, want %q", got.RecordIPType, want)
		}
	}
}

// TestEveryLookupIsImplemented: each look-up of proof is made in the file of the
// same name here.
func TestEveryLookupIsImplemented(t *testing.T) {
	t.Parallel()
	// vars are the look-ups that the files name behind the prefix, by file.
	vars := func(pattern, expression string) map[string][]string {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		found := map[string][]string{}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range regexp.MustCompile(expression).FindAllStringSubmatch(string(text), -1) {
				found[filepath.Base(file)] = append(found[filepath.Base(file)], match[1])
			}
			slices.Sort(found[filepath.Base(file)])
		}
		return found
	}
	defined := vars("../../../proof/lookup_*.go", `(\w+) += newLookup\[`)
	if diff := cmp.Diff(defined, vars("lookup_*.go", `implement\(proof\.(\w+),`)); diff != "" {
		t.Errorf("look-ups of proof (-) and of the verifier (+):\n%s", diff)
	}
	count := 0
	for _, names := range defined {
		count += len(names)
	}
	if got := len(newLookups(aws.Config{}, nil, nil, nil)); got != count {
		t.Errorf("%d look-ups, want %d", got, count)
	}
}
