package resources

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// An Application Load Balancer passes requests over HTTPS to the instances of an Auto Scaling
// group, and by its rules to a fixed answer and to another address.
func TestApplicationLoadBalancer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	open := w.make("AWS::EC2::SecurityGroup", "Open", props{"GroupDescription": "x", "VpcId": v.id(), "SecurityGroupIngress": []any{props{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}}})
	balancer := w.make("AWS::ElasticLoadBalancingV2::LoadBalancer", "Web", props{"Scheme": "internal", "Subnets": []string{a.id(), b.id()}, "SecurityGroups": []string{open.id()}, "LoadBalancerAttributes": []any{props{"Key": "idle_timeout.timeout_seconds", "Value": "30"}}})
	if name := fmt.Sprint(balancer.Attributes["DNSName"]); !strings.HasPrefix(name, "internal-") || !strings.Contains(balancer.id(), "loadbalancer/app/") {
		t.Errorf("%s %v", balancer.id(), balancer.Attributes)
	}
	targets := w.make("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets", props{"VpcId": v.id(), "Protocol": "HTTP", "Port": 80, "HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2, "HealthyThresholdCount": 2, "Matcher": props{"HttpCode": "200,404"}})
	certificate := w.make(certificateType, "Certificate", props{"DomainName": "shop.example", "SubjectAlternativeNames": []string{"*.shop.example"}})
	listener := w.make("AWS::ElasticLoadBalancingV2::Listener", "Listener", props{
		"LoadBalancerArn": balancer.id(), "Protocol": "HTTPS", "Port": 443, "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
		"Certificates": []any{props{"CertificateArn": certificate.id()}}, "DefaultActions": []any{props{"Type": "forward", "TargetGroupArn": targets.id()}},
	})
	rule := w.make("AWS::ElasticLoadBalancingV2::ListenerRule", "Rule", props{
		"ListenerArn": listener.id(), "Priority": 1, "Conditions": []any{props{"Field": "path-pattern", "PathPatternConfig": props{"Values": []string{"/fixed*"}}}},
		"Actions": []any{props{"Type": "fixed-response", "FixedResponseConfig": props{"StatusCode": "200", "MessageBody": "fixed answer"}}},
	})
	plain := w.make("AWS::ElasticLoadBalancingV2::Listener", "Plain", props{
		"LoadBalancerArn": balancer.id(), "Protocol": "HTTP", "Port": 80,
		"DefaultActions": []any{props{"Type": "redirect", "RedirectConfig": props{"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}},
	})
	template := w.make("AWS::EC2::LaunchTemplate", "Template", props{"LaunchTemplateData": props{
		"ImageId": images["arm64"], "InstanceType": "t4g.micro", "SecurityGroupIds": []string{open.id()}, "UserData": encode("#!/bin/bash\necho from the target > /tmp/index.html\ncd /tmp\npython3 -m http.server 80\n"),
	}})
	group := w.make("AWS::AutoScaling::AutoScalingGroup", "Group", props{
		"MinSize": "2", "MaxSize": "2", "VPCZoneIdentifier": []string{a.id(), b.id()}, "TargetGroupARNs": []string{targets.id()},
		"LaunchTemplate": props{"LaunchTemplateId": template.id(), "Version": "1"},
	})
	w.make("AWS::Route53::HostedZone", "Zone", props{"Name": "shop.example", "VPCs": []any{props{"VPCId": v.id(), "VPCRegion": w.Scope.Region}}})
	zone, err := w.Names.ZoneNamed("shop.example.")
	if err != nil {
		t.Fatal(err)
	}
	w.make("AWS::Route53::RecordSet", "Name", props{"HostedZoneId": zone, "Name": "shop.example", "Type": "A", "AliasTarget": props{"DNSName": balancer.Attributes["DNSName"], "HostedZoneId": balancer.Attributes["CanonicalHostedZoneID"]}})
	client := w.host("Client", a, props{"SecurityGroupIds": []string{open.id()}, "UserData": encode(`#!/bin/bash
curl -sS --retry 40 --retry-delay 2 -f https://shop.example/index.html
curl -sS https://shop.example/fixed/x
curl -sS -i http://shop.example/a
curl -sS https://` + fmt.Sprint(balancer.Attributes["DNSName"]) + `/ 2>&1 | head -c 40
`)})
	machine := w.Resources.instances[client.id()].machine
	_ = machine.Wait(context.Background()) // the last command fails: the certificate is for another name
	for _, want := range []string{"from the target", "fixed answer", "301 Moved Permanently", "Location: https://shop.example/a", "curl: (60)"} {
		if !strings.Contains(machine.Console(), want) {
			t.Errorf("no %q on the console: %s", want, machine.Console())
		}
	}
	for _, x := range []*thing{client, group, template, plain, rule, listener, targets, balancer} {
		x.delete()
	}
}
