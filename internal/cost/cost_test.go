package cost

import (
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"provenendpoints/internal/template"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		resources, text string
		perHour         float64
	}{
		"nothing": {`{}`, "about 0.000 US dollars an hour in us-east-1, by prices of " + Date, 0},
		"a gateway endpoint is free": {
			`{"A": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcEndpointType": "Gateway"}}, "B": {"Type": "AWS::EC2::VPCEndpoint"}}`,
			"about 0.000 US dollars an hour in us-east-1, by prices of " + Date, 0,
		},
		"interfaces in zones": {
			`{"A": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b"]}},
			  "B": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcEndpointType": "GatewayLoadBalancer", "SubnetIds": {"Ref": "P"}}}}`,
			"about 0.030 US dollars an hour in us-east-1 (3 endpoint interfaces), by prices of " + Date, 0.03,
		},
		"load balancers": {
			`{"A": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Type": "network", "Scheme": "internal", "Subnets": ["a"]}},
			  "B": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Subnets": ["a", "b"]}},
			  "C": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Type": "gateway", "Subnets": ["a"]}}}`,
			"about 0.068 US dollars an hour in us-east-1 (1 Application Load Balancers, 1 Gateway Load Balancers, 1 Network Load Balancers, 2 public addresses), by prices of " + Date, 0.0675,
		},
		"instances": {
			`{"A": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "t4g.micro", "BlockDeviceMappings": [{"Ebs": {"VolumeSize": 73}}]}},
			  "B": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "t4g.micro"}}, "C": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "x1.huge"}}}`,
			"about 0.027 US dollars an hour in us-east-1 (89 gigabytes of volumes, 2 t4g.micro), and what is not priced here: instances of the type x1.huge, by prices of " + Date, 2*0.0084 + 89*0.08/730,
		},
		"a group of instances by a launch template": {
			`{"A": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {"MinSize": "2", "LaunchTemplate": {"LaunchTemplateId": {"Ref": "T"}}}},
			  "B": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {"MinSize": "2"}},
			  "T": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"InstanceType": "t3.micro"}}}}`,
			"about 0.023 US dollars an hour in us-east-1 (16 gigabytes of volumes, 2 t3.micro), and what is not priced here: AWS::AutoScaling::AutoScalingGroup, by prices of " + Date, 2*0.0104 + 16*0.08/730,
		},
		"by the month": {
			`{"A": {"Type": "AWS::CloudWatch::Alarm"}, "B": {"Type": "AWS::KMS::Key"}, "C": {"Type": "AWS::Route53::HostedZone"}, "D": {"Type": "AWS::CloudWatch::Dashboard"},
			  "E": {"Type": "AWS::EC2::TransitGatewayAttachment"}, "F": {"Type": "AWS::EC2::VPNConnection"}, "G": {"Type": "Custom::EndpointProof"}}`,
			"about 0.106 US dollars an hour in us-east-1 (1 VPN connections, 1 alarms, 1 attachments of transit gateways, 1 dashboards, 1 hosted zones, 1 keys), by prices of " + Date, 0.1 + 4.6/730,
		},
		"firewalls and tables": {
			`{"A": {"Type": "AWS::NetworkFirewall::Firewall", "Properties": {"SubnetMappings": [{"SubnetId": "a"}, {"SubnetId": "b"}]}},
			  "B": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST"}}, "C": {"Type": "AWS::DynamoDB::Table"}}`,
			"about 0.790 US dollars an hour in us-east-1 (2 firewall endpoints), and what is not priced here: provisioned capacity of DynamoDB, by prices of " + Date, 0.79,
		},
		"others": {
			`{"A": {"Type": "AWS::EC2::NatGateway"}, "B": {"Type": "AWS::EC2::EIP"}, "C": {"Type": "AWS::RDS::DBInstance"},
			  "F": {"Type": "AWS::Made::Up"},
			  "D": {"Type": "AWS::Route53Resolver::ResolverEndpoint", "Properties": {"IpAddresses": [1, 2]}}, "E": {"Type": "AWS::Lambda::Function"}}`,
			"about 0.300 US dollars an hour in us-east-1 (1 NAT gateways, 1 public addresses, 2 resolver interfaces), and what is not priced here: AWS::Made::Up, AWS::RDS::DBInstance, by prices of " + Date, 0.3,
		},
	} {
		parsed, err := template.Parse([]byte(`{"Resources": ` + test.resources + `}`))
		if err != nil {
			t.Fatal(err)
		}
		estimate, err := Of(parsed, "us-east-1")
		if err != nil {
			t.Fatal(err)
		}
		if estimate.Text() != test.text || math.Abs(estimate.PerHour()-test.perHour) > 1e-9 {
			t.Errorf("%s: %v: %s", name, estimate.PerHour(), estimate.Text())
		}
	}
	parsed, _ := template.Parse([]byte(`{}`))
	if _, err := Of(parsed, "moon-1"); err == nil || !strings.HasPrefix(err.Error(), "region: must be one with prices (ap-northeast-1, ap-northeast-2, ") || !strings.HasSuffix(err.Error(), `got "moon-1"`) {
		t.Errorf("got %v", err)
	}
}

// Every type that the lab creates is either counted or costs by use, and every price is
// there in every Region.
func TestComplete(t *testing.T) {
	t.Parallel()
	types, err := os.ReadFile("../../docs/lab-types.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	for line := range strings.Lines(string(types)) {
		kind, found := strings.CutPrefix(strings.TrimSpace(line), "- AWS::")
		if !found {
			continue
		}
		listed++
		if kind = "AWS::" + kind; counters[kind] == nil && !isByUse(kind) {
			t.Errorf("%s is in no list", kind)
		}
	}
	if listed < 50 {
		t.Errorf("%d types are listed", listed)
	}
	for region, prices := range table {
		for i := range reflect.TypeOf(prices).NumField() {
			if field := reflect.ValueOf(prices).Field(i); field.IsZero() {
				t.Errorf("%s has no price for %s", region, reflect.TypeOf(prices).Field(i).Name)
			}
		}
	}
}
