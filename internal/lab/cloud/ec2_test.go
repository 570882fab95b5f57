package cloud

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// TestConnections sees an endpoint service's connection before and after its
// acceptance, in EC2's own spelling, which differs from the SDK's constants.
func TestConnections(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	const balancer = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/web/1"
	b.must(b.net.VPCs().Create(vpc.VPC{ID: "vpc-2", CIDRs: []netip.Prefix{netip.MustParsePrefix("20.0.0.0/16")}, DNSSupport: true, DNSHostnames: true}))
	b.must(b.net.Subnets().Create(vpc.Subnet{ID: "subnet-2", VPC: "vpc-2", CIDR: netip.MustParsePrefix("20.0.0.0/24"), Zone: "ap-northeast-2a"}))
	_, err := b.balancing.CreateLoadBalancer(elb.LoadBalancer{ID: balancer, Name: "web", Subnets: []string{"subnet-2"}})
	b.must(err)
	service, err := b.privateLink.CreateEndpointService(privatelink.EndpointService{ID: "vpce-svc-1", LoadBalancers: []string{balancer}, AcceptanceRequired: true, Principals: []string{"*"}})
	b.must(err)
	_, err = b.privateLink.CreateEndpoint(privatelink.Endpoint{ID: "vpce-2", VPC: "vpc-1", Service: service.Name, Type: privatelink.InterfaceType, Subnets: []string{"subnet-1"}, Groups: []string{"sg-open"}})
	b.must(err)
	client := ec2.NewFromConfig(b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":"ec2:DescribeVpcEndpointConnections","Resource":"*"}`)))
	state := func() string {
		t.Helper()
		out, err := client.DescribeVpcEndpointConnections(t.Context(), &ec2.DescribeVpcEndpointConnectionsInput{Filters: []types.Filter{
			{Name: aws.String("service-id"), Values: []string{"vpce-svc-1"}}, {Name: aws.String("vpc-endpoint-id"), Values: []string{"vpce-2"}},
		}})
		b.must(err)
		if len(out.VpcEndpointConnections) != 1 {
			t.Fatalf("connections: %+v", out.VpcEndpointConnections)
		}
		c := out.VpcEndpointConnections[0]
		if *c.ServiceId != "vpce-svc-1" || *c.VpcEndpointOwner != "123456789012" || len(c.NetworkLoadBalancerArns) != 1 || c.NetworkLoadBalancerArns[0] != balancer {
			t.Errorf("connection: %+v", c)
		}
		return string(c.VpcEndpointState)
	}
	if got := state(); got != "pendingAcceptance" {
		t.Errorf("before: %s", got)
	}
	b.must(b.privateLink.AcceptConnections("vpce-svc-1", "vpce-2"))
	if got := state(); got != "available" {
		t.Errorf("after: %s", got)
	}
}

// TestPermissions sees who may connect to an endpoint service, of every type of
// principal, and nobody where nobody may.
func TestPermissions(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	const balancer = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/web/1"
	_, err := b.balancing.CreateLoadBalancer(elb.LoadBalancer{ID: balancer, Name: "web", Subnets: []string{"subnet-1"}})
	b.must(err)
	for id, principals := range map[string][]string{
		"vpce-svc-1": {"*", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:user/b"},
		"vpce-svc-2": nil,
	} {
		_, err := b.privateLink.CreateEndpointService(privatelink.EndpointService{ID: id, LoadBalancers: []string{balancer}, Principals: principals})
		b.must(err)
	}
	client := ec2.NewFromConfig(b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":"ec2:DescribeVpcEndpointServicePermissions","Resource":"*"}`)))
	ask := func(id string, filters ...types.Filter) ([]string, error) {
		out, err := client.DescribeVpcEndpointServicePermissions(t.Context(), &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: &id, Filters: filters})
		if err != nil {
			return nil, err
		}
		var found []string
		for _, p := range out.AllowedPrincipals {
			if *p.ServiceId != id || *p.ServicePermissionId == "" {
				t.Errorf("%s: %+v", id, p)
			}
			found = append(found, string(p.PrincipalType)+" "+*p.Principal)
		}
		return found, nil
	}
	all := []string{"All *", "Account arn:aws:iam::123456789012:root", "Role arn:aws:iam::123456789012:role/a", "User arn:aws:iam::123456789012:user/b"}
	if got, err := ask("vpce-svc-1"); err != nil || !slices.Equal(got, all) {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := ask("vpce-svc-1", types.Filter{Name: aws.String("principal-type"), Values: []string{"Role"}}); err != nil || !slices.Equal(got, all[2:3]) {
		t.Errorf("roles: got %q, %v", got, err)
	}
	if got, err := ask("vpce-svc-2"); err != nil || len(got) != 0 {
		t.Errorf("nobody: got %q, %v", got, err)
	}
	if _, err := ask("vpce-svc-3"); code(err) != "InvalidVpcEndpointServiceId.NotFound" {
		t.Errorf("unknown: %v", err)
	}
	if _, err := ask(""); code(err) != "MissingParameter" {
		t.Errorf("without an id: %v", err)
	}
	denied := ec2.NewFromConfig(b.config(b.outside, b.role("other", `{"Effect":"Allow","Action":"ec2:DescribeVpcEndpointConnections","Resource":"*"}`)))
	_, err = denied.DescribeVpcEndpointServicePermissions(t.Context(), &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: aws.String("vpce-svc-1")})
	if code(err) != "UnauthorizedOperation" {
		t.Errorf("without permission: %v", err)
	}
}

// TestNetworkACLs sees what EC2 tells of them: the entries of both directions, the
// last that denies the rest, and for which subnets they hold.
func TestNetworkACLs(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	acls := b.net.NetworkACLs()
	b.must(acls.Create("acl-2", "vpc-1"))
	b.must(acls.Associate("acl-2", "subnet-1"))
	b.must(acls.CreateEntry("acl-2", vpc.ACLEntry{Number: 7, Egress: true, Allow: true, Protocol: 6, CIDR: netip.MustParsePrefix("10.0.0.0/16"), FromPort: 80, ToPort: 90}))
	b.must(acls.CreateEntry("acl-2", vpc.ACLEntry{Number: 8, Protocol: 1, CIDR: netip.MustParsePrefix("10.0.0.0/16"), Type: 8, Code: -1}))
	client := ec2.NewFromConfig(b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":"ec2:DescribeNetworkAcls","Resource":"*"}`)))
	out, err := client.DescribeNetworkAcls(t.Context(), &ec2.DescribeNetworkAclsInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{"vpc-1"}}}})
	b.must(err)
	if len(out.NetworkAcls) != 2 || !*out.NetworkAcls[0].IsDefault || *out.NetworkAcls[1].IsDefault {
		t.Fatalf("got %+v", out.NetworkAcls)
	}
	got := out.NetworkAcls[1]
	if len(got.Associations) != 1 || *got.Associations[0].SubnetId != "subnet-1" || len(got.Entries) != 4 {
		t.Fatalf("got %+v", got)
	}
	in, egress := got.Entries[0], got.Entries[1]
	if *in.Egress || in.RuleAction != types.RuleActionDeny || *in.IcmpTypeCode.Type != 8 || *in.IcmpTypeCode.Code != -1 {
		t.Errorf("got %+v", in)
	}
	if !*egress.Egress || egress.RuleAction != types.RuleActionAllow || *egress.Protocol != "6" || *egress.PortRange.To != 90 || *egress.CidrBlock != "10.0.0.0/16" {
		t.Errorf("got %+v", egress)
	}
	for _, last := range got.Entries[2:] {
		if *last.RuleNumber != 32767 || last.RuleAction != types.RuleActionDeny || *last.Protocol != "-1" {
			t.Errorf("got %+v", last)
		}
	}
}
