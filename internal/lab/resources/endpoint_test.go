package resources

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	s3Service  = "com.amazonaws.ap-northeast-2.s3"
	cfnService = "com.amazonaws.ap-northeast-2.cloudformation"
)

// statement is a policy of one statement.
func statement(effect string, more props) props {
	s := props{"Effect": effect, "Action": "s3:ListBucket", "Resource": "*"}
	for k, v := range more {
		s[k] = v
	}
	return props{"Version": "2012-10-17", "Statement": []any{s}}
}

func TestGatewayEndpoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, _, _ := w.network()
	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	other := w.make("AWS::EC2::RouteTable", "Other", props{"VpcId": v.id()})
	base := func(tables ...string) props {
		return props{"VpcId": v.id(), "ServiceName": s3Service, "RouteTableIds": tables}
	}
	endpoint := w.make("AWS::EC2::VPCEndpoint", "Endpoint", base(table.id()))
	targets := func(table *thing) string {
		got, err := w.Network.RouteTables().Get(table.id())
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range got.Routes {
			out = append(out, r.Target)
		}
		return strings.Join(out, " ")
	}
	if got := targets(table); got != "local "+endpoint.id() {
		t.Errorf("the table leads to %s", got)
	}
	p := base(other.id())
	p["PolicyDocument"] = statement("Allow", props{"Principal": "*"})
	endpoint.change(p)
	if got := targets(table) + ", " + targets(other); got != "local, local "+endpoint.id() {
		t.Errorf("after the update the tables lead to %s", got)
	}
	if e, _ := w.PrivateLink.Endpoint(endpoint.id()); !strings.Contains(e.Policy, `"s3:ListBucket"`) {
		t.Errorf("policy %s", e.Policy)
	}
	endpoint.delete()
	if got := targets(other); got != "local" {
		t.Errorf("after the deletion the table leads to %s", got)
	}
}

func TestInterfaceEndpoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id()})
	base := func(private bool, subnets ...string) props {
		return props{
			"VpcId": v.id(), "ServiceName": cfnService, "VpcEndpointType": "Interface",
			"SubnetIds": subnets, "SecurityGroupIds": []string{group.id()}, "PrivateDnsEnabled": private,
		}
	}
	endpoint := w.make("AWS::EC2::VPCEndpoint", "Endpoint", base(false, a.id(), b.id()))
	names, _ := endpoint.Attributes["DnsEntries"].([]any)
	if len(names) != 3 || !regexp.MustCompile(`^Z\w+:`+endpoint.id()+`-\w{8}\.cloudformation\.ap-northeast-2\.vpce\.amazonaws\.com$`).MatchString(names[0].(string)) {
		t.Errorf("DnsEntries %v", names)
	}
	if got := endpoint.Attributes["NetworkInterfaceIds"].([]any); len(got) != 2 {
		t.Errorf("NetworkInterfaceIds %v", got)
	}
	endpoint.change(base(true, a.id()))
	if got := endpoint.Attributes["NetworkInterfaceIds"].([]any); len(got) != 1 {
		t.Errorf("after the update NetworkInterfaceIds %v", got)
	}
	if names := endpoint.Attributes["DnsEntries"].([]any); !strings.HasSuffix(names[len(names)-1].(string), ":cloudformation.ap-northeast-2.amazonaws.com") {
		t.Errorf("after the update DnsEntries %v", names)
	}
	endpoint.delete()
	if n := len(w.Network.Interfaces().All()); n != 0 {
		t.Errorf("%d interfaces are left", n)
	}
}

// TestEndpointsThatEC2Refuses: errors of the API that CloudFormation shows.
func TestEndpointsThatEC2Refuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	twin := w.make("AWS::EC2::Subnet", "Twin", props{"VpcId": v.id(), "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "ap-northeast-2a"})
	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	for name, test := range map[string]struct {
		p    props
		want string
	}{
		"two subnets in a zone":             {props{"ServiceName": cfnService, "VpcEndpointType": "Interface", "SubnetIds": []string{a.id(), twin.id()}}, "DuplicateSubnetsInSameZone"},
		"no such service":                   {props{"ServiceName": "com.amazonaws.ap-northeast-2.nothing", "VpcEndpointType": "Interface", "SubnetIds": []string{b.id()}}, "InvalidServiceName"},
		"gateway in a subnet":               {props{"ServiceName": s3Service, "SubnetIds": []string{b.id()}}, "InvalidParameter"},
		"interface in a table":              {props{"ServiceName": cfnService, "VpcEndpointType": "Interface", "RouteTableIds": []string{table.id()}}, "InvalidParameter"},
		"gateway to an interface's service": {props{"ServiceName": cfnService, "RouteTableIds": []string{table.id()}}, "InvalidServiceName"},
	} {
		test.p["VpcId"] = v.id()
		if _, err := w.try("AWS::EC2::VPCEndpoint", "Endpoint", test.p); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

// TestEndpointPoliciesAreReadBeforeAnythingIsMade: what cannot be evaluated is
// named when the template is checked.
func TestEndpointPoliciesAreReadBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct {
		kind   string
		policy any
		want   string
	}{
		"gateway for somebody": {"Gateway", statement("Allow", props{"Principal": props{"AWS": "arn:aws:iam::123456789012:root"}}), `Principal must be "*"`},
		"no principal":         {"Interface", statement("Allow", nil), "Principal is missing"},
		"unknown operator":     {"Interface", statement("Allow", props{"Principal": "*", "Condition": props{"Sometimes": props{"aws:SourceVpc": "x"}}}), "Sometimes"},
		"no policy":            {"Interface", "allow everything", "policy document"},
	} {
		_, err := w.try("AWS::EC2::VPCEndpoint", "Endpoint", props{
			"VpcId": "vpc-1", "ServiceName": s3Service, "VpcEndpointType": test.kind, "PolicyDocument": test.policy,
		})
		if err == nil || !strings.Contains(err.Error(), "property PolicyDocument: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

func TestEndpointService(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, a, b := w.network()
	balancer := w.make("AWS::ElasticLoadBalancingV2::LoadBalancer", "Balancer", props{
		"Type": "network", "Scheme": "internal", "Subnets": []string{a.id(), b.id()},
	})
	service := w.make("AWS::EC2::VPCEndpointService", "Service", props{
		"NetworkLoadBalancerArns": []string{balancer.id()}, "AcceptanceRequired": false,
	})
	consumer := w.make("AWS::EC2::VPC", "Consumer", props{"CidrBlock": "20.0.0.0/16", "EnableDnsHostnames": true})
	subnet := w.make("AWS::EC2::Subnet", "C", props{"VpcId": consumer.id(), "CidrBlock": "20.0.0.0/24", "AvailabilityZone": "ap-northeast-2a"})
	endpoint := props{
		"VpcId": consumer.id(), "VpcEndpointType": "Interface", "SubnetIds": []string{subnet.id()},
		"ServiceName": "com.amazonaws.vpce.ap-northeast-2." + service.id(),
	}
	if _, err := w.try("AWS::EC2::VPCEndpoint", "Endpoint", endpoint); err == nil || !strings.Contains(err.Error(), "InvalidServiceName") {
		t.Errorf("without a permission: %v", err)
	}
	permissions := w.make("AWS::EC2::VPCEndpointServicePermissions", "Permissions", props{
		"ServiceId": service.id(), "AllowedPrincipals": []string{"arn:aws:iam::123456789012:root"},
	})
	made := w.make("AWS::EC2::VPCEndpoint", "Endpoint", endpoint)
	service.change(props{"NetworkLoadBalancerArns": []string{balancer.id()}})
	got, err := w.PrivateLink.EndpointService(service.id())
	if err != nil {
		t.Fatal(err)
	}
	if !got.AcceptanceRequired || len(got.Principals) != 1 {
		t.Errorf("by default connections must be accepted, and the update keeps the permissions: %+v", got)
	}
	made.delete()
	permissions.delete()
	if got, _ := w.PrivateLink.EndpointService(service.id()); len(got.Principals) != 0 {
		t.Errorf("permissions are left: %v", got.Principals)
	}
	service.delete()
	permissions.delete()
	balancer.delete()
}

func TestPolicyTextKeepsEverything(t *testing.T) {
	t.Parallel()
	in := statement("Deny", props{"Condition": props{"Bool": props{"aws:SecureTransport": "false"}}})
	text, err := policyText(resolved(t, in))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Statement":[{"Action":"s3:ListBucket","Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny","Resource":"*"}],"Version":"2012-10-17"}`
	if d := cmp.Diff(want, text); d != "" {
		t.Error(d)
	}
}
