package resources

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/elb"
)

// host makes an instance.
func (w *world) host(id string, subnet *thing, more props) *thing {
	w.t.Helper()
	p := props{"ImageId": images["arm64"], "InstanceType": "t4g.nano", "SubnetId": subnet.id()}
	for k, v := range more {
		p[k] = v
	}
	return w.make("AWS::EC2::Instance", id, p)
}

func TestBalancer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id()})
	base := func(more props) props {
		p := props{"Type": "network", "Scheme": "internal", "Subnets": []string{a.id()}, "SecurityGroups": []string{group.id()}}
		for k, e := range more {
			p[k] = e
		}
		return p
	}
	balancer := w.make("AWS::ElasticLoadBalancingV2::LoadBalancer", "Balancer", base(nil))
	for attribute, form := range map[string]string{
		"LoadBalancerArn":      `^arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/Scenario-Balancer-\w{12}/[0-9a-f]{16}$`,
		"LoadBalancerFullName": `^net/Scenario-Balancer-\w{12}/[0-9a-f]{16}$`,
		"LoadBalancerName":     `^Scenario-Balancer-\w{12}$`,
		"DNSName":              `^scenario-balancer-\w{12}-\w+\.elb\.ap-northeast-2\.amazonaws\.com$`,
	} {
		if got := balancer.Attributes[attribute].(string); !regexp.MustCompile(form).MatchString(got) {
			t.Errorf("%s is %s", attribute, got)
		}
	}
	balancer.change(base(props{
		"Subnets": []string{a.id(), b.id()},
		"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
		"LoadBalancerAttributes":                               []any{props{"Key": "load_balancing.cross_zone.enabled", "Value": true}},
	}))
	got, err := w.LoadBalancing.LoadBalancer(balancer.id())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Nodes) != 2 || !got.CrossZone || !got.IgnoreRulesOnPrivateLink || got.InternetFacing {
		t.Errorf("after the update: %+v", got)
	}

	web := w.host("Web", a, nil)
	targets := func(ids ...string) props {
		var list []any
		for _, id := range ids {
			list = append(list, props{"Id": id})
		}
		return props{
			"VpcId": v.id(), "Protocol": "TCP", "Port": 80, "TargetType": "instance", "Targets": list,
			"HealthCheckProtocol": "HTTP", "HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": "5",
			"HealthyThresholdCount": 2, "UnhealthyThresholdCount": 2, "Matcher": props{"HttpCode": "200-299"},
			"TargetGroupAttributes": []any{props{"Key": "preserve_client_ip.enabled", "Value": "false"}, props{"Key": "deregistration_delay.timeout_seconds", "Value": "0"}},
		}
	}
	groupOf := w.make("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets", targets(web.id()))
	tg, err := w.LoadBalancing.TargetGroup(groupOf.id())
	if err != nil {
		t.Fatal(err)
	}
	want := elb.HealthCheck{Protocol: "HTTP", Path: "/", Statuses: []elb.StatusRange{{Min: 200, Max: 299}}, Interval: 10 * time.Second, Timeout: 5 * time.Second, Healthy: 2, Unhealthy: 2}
	if !reflect.DeepEqual(tg.HealthCheck, want) || *tg.PreserveClientIP {
		t.Errorf("target group %+v, want health check %+v", tg, want)
	}
	listener := w.make("AWS::ElasticLoadBalancingV2::Listener", "Listener", props{
		"LoadBalancerArn": balancer.id(), "Protocol": "TCP", "Port": 80,
		"DefaultActions": []any{props{"Type": "forward", "TargetGroupArn": groupOf.id()}},
	})
	second := w.host("Second", b, nil)
	groupOf.change(targets(second.id()))
	healths, err := w.LoadBalancing.TargetHealth(groupOf.id())
	if err != nil || len(healths) != 1 || healths[0].ID != second.id() {
		t.Errorf("after the update the targets are %v (%v)", healths, err)
	}
	for _, x := range []*thing{listener, groupOf, balancer, web, second} {
		x.delete()
	}
	if n := len(w.Network.Interfaces().All()); n != 0 {
		t.Errorf("%d interfaces are left", n)
	}
}

func TestBalancersThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	for name, test := range map[string]struct {
		typ  string
		p    props
		want string
	}{
		"gateway":    {"LoadBalancer", props{"Type": "gateway", "Scheme": "internet-facing", "Subnets": []string{a.id()}}, "has neither a scheme nor security groups"},
		"classic":    {"LoadBalancer", props{"Type": "classic"}, `property Type: "classic" is not supported, only network, application, gateway`},
		"port":       {"TargetGroup", props{"VpcId": v.id(), "Protocol": "GENEVE", "Port": 6080}, "needs port 6081"},
		"one subnet": {"LoadBalancer", props{"Scheme": "internal", "Subnets": []string{a.id()}}, "At least two subnets in two different Availability Zones must be specified"},
		"wrong kind": {"LoadBalancer", props{"LoadBalancerAttributes": []any{props{"Key": "dns_record.client_routing_policy", "Value": "any_availability_zone"}}}, "dns_record.client_routing_policy is not supported"},
		"no port":    {"TargetGroup", props{"VpcId": "v", "Protocol": "TCP"}, "property Port is required"},
		"two rules":  {"ListenerRule", props{"ListenerArn": "x", "Priority": 1, "Conditions": []any{props{}}, "Actions": []any{props{"Type": "forward"}}}, "a condition needs a field and values"},
		"attribute": {"LoadBalancer", props{"Type": "network", "LoadBalancerAttributes": []any{props{"Key": "routing.http2.enabled", "Value": "true"}}},
			"property LoadBalancerAttributes: routing.http2.enabled is not supported"},
		"value": {"LoadBalancer", props{"Type": "network", "LoadBalancerAttributes": []any{props{"Key": "load_balancing.cross_zone.enabled", "Value": "on"}}},
			`load_balancing.cross_zone.enabled: "on" is not supported, only true, false`},
		"proxy protocol": {"TargetGroup", props{"VpcId": "v", "Protocol": "TCP", "Port": 80, "TargetGroupAttributes": []any{props{"Key": "proxy_protocol_v2.enabled", "Value": "true"}}},
			"proxy_protocol_v2.enabled"},
		"TLS":           {"Listener", props{"LoadBalancerArn": "x", "Port": 443, "Protocol": "QUIC", "DefaultActions": []any{}}, `property Protocol: "QUIC" is not supported, only TCP`},
		"two actions":   {"Listener", props{"LoadBalancerArn": "x", "Port": 80, "Protocol": "TCP", "DefaultActions": []any{props{"Type": "forward"}, props{"Type": "forward"}}}, "one action is needed"},
		"no login":      {"Listener", props{"LoadBalancerArn": "x", "Port": 443, "Protocol": "HTTPS", "DefaultActions": []any{props{"Type": "authenticate-oidc", "Order": 1}, props{"Type": "forward", "Order": 2}}}, "needs its configuration"},
		"login alone":   {"Listener", props{"LoadBalancerArn": "x", "Port": 443, "Protocol": "HTTPS", "DefaultActions": []any{props{"Type": "authenticate-cognito"}}}, "one action is needed"},
		"no group":      {"Listener", props{"LoadBalancerArn": "x", "Port": 80, "Protocol": "TCP", "DefaultActions": []any{props{"Type": "forward"}}}, "one target group is needed"},
		"not public":    {"LoadBalancer", props{"Type": "network", "Subnets": []string{a.id()}}, "has no internet gateway"},
		"fast check":    {"TargetGroup", props{"VpcId": v.id(), "Protocol": "TCP", "Port": 80, "HealthCheckIntervalSeconds": 1}, "interval"},
		"no such codes": {"TargetGroup", props{"VpcId": v.id(), "Protocol": "TCP", "Port": 80, "Matcher": props{"HttpCode": "ok"}}, "Matcher.HttpCode"},
		"no instance":   {"TargetGroup", props{"VpcId": v.id(), "Protocol": "TCP", "Port": 80, "Targets": []any{props{"Id": "i-1"}}}, "InvalidInstanceID.NotFound"},
	} {
		if _, err := w.try("AWS::ElasticLoadBalancingV2::"+test.typ, "X", test.p); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}
