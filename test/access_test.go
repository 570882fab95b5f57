package test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

// member names what a security group guards, as a person would call it.
func (tpl *template) member(group string) string {
	for _, id := range slices.Sorted(maps.Keys(tpl.Resources)) {
		resource := tpl.Resources[id]
		var groups any
		switch resource.Type {
		case "AWS::EC2::Instance":
			groups = resource.Properties["NetworkInterfaces"]
		case "AWS::EC2::VPCEndpoint", "AWS::EC2::InstanceConnectEndpoint":
			groups = resource.Properties["SecurityGroupIds"]
		case "AWS::ElasticLoadBalancingV2::LoadBalancer":
			groups = resource.Properties["SecurityGroups"]
		case "AWS::Lambda::Function":
			groups = resource.Properties["VpcConfig"]
		}
		if !slices.Contains(tpl.mentions(groups), group) {
			continue
		}
		switch resource.Type {
		case "AWS::EC2::Instance":
			return resource.name()
		case "AWS::EC2::VPCEndpoint":
			return "endpoint"
		case "AWS::EC2::InstanceConnectEndpoint":
			vpc := tpl.Resources[templates.Target(tpl.Resources[templates.Target(resource.Properties["SubnetId"])].Properties["VpcId"])]
			return "instance connect in " + vpc.Properties["CidrBlock"].(string)
		case "AWS::ElasticLoadBalancingV2::LoadBalancer":
			return "balancer"
		case "AWS::Lambda::Function":
			return "prober in " + tpl.Resources[templates.Target(tpl.Resources[group].Properties["VpcId"])].Properties["CidrBlock"].(string)
		}
	}
	return "unused " + group
}

// peer names the other side of a rule.
func (tpl *template) peer(rule map[string]any) string {
	for _, property := range []string{"SourceSecurityGroupId", "DestinationSecurityGroupId"} {
		if id := templates.Target(rule[property]); id != "" {
			return tpl.member(id)
		}
	}
	if vpc := tpl.Resources[templates.Target(rule["CidrIp"])]; vpc != nil {
		return vpc.Properties["CidrBlock"].(string)
	}
	if cidr, ok := rule["CidrIp"].(string); ok {
		return cidr
	}
	return text(rule)
}

func (tpl *template) rule(rule map[string]any) string {
	ports := fmt.Sprint(rule["FromPort"])
	if to := fmt.Sprint(rule["ToPort"]); to != ports {
		ports += "-" + to
	}
	return fmt.Sprintf("%v %s %s", rule["IpProtocol"], ports, tpl.peer(rule))
}

// access lists, for whatever has a security group, the rules of one direction.
func (tpl *template) access(direction string) map[string][]string {
	found := map[string][]string{}
	for _, group := range tpl.all("AWS::EC2::SecurityGroup") {
		member := tpl.member(group.ID)
		rules, _ := group.Properties["SecurityGroup"+direction].([]any)
		found[member] = append(found[member], []string(nil)...)
		for _, rule := range rules {
			found[member] = append(found[member], tpl.rule(rule.(map[string]any)))
		}
	}
	for _, rule := range tpl.all("AWS::EC2::SecurityGroup" + direction) {
		member := tpl.member(templates.Target(rule.Properties["GroupId"]))
		found[member] = append(found[member], tpl.rule(rule.Properties))
	}
	for _, rules := range found {
		slices.Sort(rules)
	}
	return found
}

// Who may talk to whom, on which port: everything that is not listed is closed.
func TestWhoMayComeIn(t *testing.T) {
	t.Parallel()
	scenario2 := map[string][]string{
		"Instance":                        {"tcp 22 instance connect in 10.0.0.0/16"},
		"instance connect in 10.0.0.0/16": nil,
		"endpoint":                        {"tcp 443 10.0.0.0/16"},
		"prober in 10.0.0.0/16":           nil,
	}
	for stack, want := range map[string]map[string][]string{
		assembled.GatewayEndpoint: {
			"Instance":                        {"tcp 22 instance connect in 10.0.0.0/16"},
			"instance connect in 10.0.0.0/16": nil,
			"prober in 10.0.0.0/16":           nil,
		},
		assembled.InterfaceEndpoint:           scenario2,
		assembled.InterfaceEndpointPrivateDNS: scenario2,
		assembled.EndpointService: {
			"Instance":                        {"tcp 22 instance connect in 10.0.0.0/16"},
			"instance connect in 10.0.0.0/16": nil,
			"prober in 10.0.0.0/16":           nil,
			"endpoint":                        {"tcp 80 10.0.0.0/16"},
			"WEB1":                            {"tcp 22 instance connect in 20.0.0.0/16", "tcp 80 balancer"},
			"WEB2":                            {"tcp 22 instance connect in 20.0.0.0/16", "tcp 80 balancer"},
			"balancer":                        {"tcp 80 10.0.0.0/16", "tcp 80 20.0.0.0/16"},
			"instance connect in 20.0.0.0/16": nil,
			"prober in 20.0.0.0/16":           nil,
		},
	} {
		if diff := cmp.Diff(want, load(t, stack).access("Ingress")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
	}
}

// CloudFormation lets everything out of a security group without a rule, so
// every group must have one. The rule for 255.255.255.255 is CDK's for nothing.
func TestWhoMayGoOut(t *testing.T) {
	t.Parallel()
	nothing, everything := []string{"icmp 252-86 255.255.255.255/32"}, []string{"-1 <nil> 0.0.0.0/0"}
	for stack, more := range map[string]map[string][]string{
		assembled.GatewayEndpoint:             {},
		assembled.InterfaceEndpoint:           {"endpoint": nothing},
		assembled.InterfaceEndpointPrivateDNS: {"endpoint": nothing},
		assembled.EndpointService: {
			"endpoint":                        nothing,
			"WEB1":                            nothing,
			"WEB2":                            nothing,
			"balancer":                        {"tcp 80 20.0.0.0/16"},
			"instance connect in 20.0.0.0/16": {"tcp 22 20.0.0.0/16"},
			"prober in 20.0.0.0/16":           everything,
		},
	} {
		want := map[string][]string{
			"Instance":                        everything,
			"instance connect in 10.0.0.0/16": {"tcp 22 10.0.0.0/16"},
			"prober in 10.0.0.0/16":           everything,
		}
		maps.Copy(want, more)
		if diff := cmp.Diff(want, load(t, stack).access("Egress")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
	}
}
