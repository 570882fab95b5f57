package verifier

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
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
			proof.Function{Name: "prober", Role: lambdatest.Role, Subnets: []string{"subnet-a"}, Groups: []string{lambdatest.Group}, Code: "c2hhMjU2", Layers: []string{"arn:layer:1"}, Variables: []string{"A", "B"}}, map[string]int{"GetFunctionConfiguration": 1, "GetPolicy": 1}},
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
// A call of a look-up that is throttled is made again at once, some times; one that is refused is not.
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
