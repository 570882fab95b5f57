package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

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
