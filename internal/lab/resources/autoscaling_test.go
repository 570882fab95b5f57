package resources

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// An Auto Scaling group has as many instances as it wants, spread over its subnets, by the
// version of the launch template, as members of its target groups.
func TestAutoScalingGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	open := w.make("AWS::EC2::SecurityGroup", "Open", props{"GroupDescription": "x", "VpcId": v.id(), "SecurityGroupIngress": []any{props{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}}})
	template := w.make("AWS::EC2::LaunchTemplate", "Template", props{"LaunchTemplateName": "web", "LaunchTemplateData": props{
		"ImageId": images["arm64"], "InstanceType": "t4g.micro", "SecurityGroupIds": []string{open.id()},
		"UserData": encode("#!/bin/bash\necho one > /tmp/index.html\ncd /tmp\npython3 -m http.server 80\n"),
	}})
	targets := w.make("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets", props{"VpcId": v.id(), "Protocol": "TCP", "Port": 80})
	size := func(n int, more props) props {
		p := props{
			"MinSize": "0", "MaxSize": "4", "DesiredCapacity": n, "VPCZoneIdentifier": []string{a.id(), b.id()}, "TargetGroupARNs": []string{targets.id()},
			"LaunchTemplate": props{"LaunchTemplateId": template.id(), "Version": template.Attributes["LatestVersionNumber"]},
		}
		for k, v := range more {
			p[k] = v
		}
		return p
	}
	group := w.make("AWS::AutoScaling::AutoScalingGroup", "Group", size(2, nil))
	subnets := func() []string {
		var out []string
		for _, i := range w.Network.Interfaces().All() {
			out = append(out, i.Subnet)
		}
		slices.Sort(out)
		return out
	}
	want := []string{a.id(), b.id()}
	slices.Sort(want)
	if got := subnets(); !slices.Equal(got, want) {
		t.Errorf("instances in %v, want %v", got, want)
	}
	if health, err := w.LoadBalancing.TargetHealth(targets.id()); err != nil || len(health) != 2 {
		t.Errorf("targets %v, %v", health, err)
	}
	// The instances run the template's user data.
	eni, _ := w.InterfaceOf(group.instances()[0])
	at, _ := w.Network.Interfaces().Get(eni)
	client := w.host("Client", a, props{"SecurityGroupIds": []string{open.id()}, "UserData": encode("#!/bin/bash\ncurl -sS --retry 20 --retry-connrefused http://" + at.PrivateAddr.String() + "/index.html\n")})
	machine := w.Resources.instances[client.id()].machine
	if err := machine.Wait(context.Background()); err != nil || !strings.Contains(machine.Console(), "one") {
		t.Errorf("%v: %s", err, machine.Console())
	}
	client.delete()
	// A new version changes nothing that runs; the next instance has it.
	template.change(props{"LaunchTemplateName": "web", "LaunchTemplateData": props{"ImageId": images["arm64"], "InstanceType": "t4g.micro"}})
	if got := template.Attributes; got["LatestVersionNumber"] != "2" || got["DefaultVersionNumber"] != "1" {
		t.Errorf("attributes %v", got)
	}
	group.change(size(3, nil))
	if len(group.instances()) != 3 || len(subnets()) != 3 {
		t.Errorf("%d instances, %d interfaces", len(group.instances()), len(subnets()))
	}
	group.change(size(1, props{"TargetGroupARNs": []string{}}))
	if health, _ := w.LoadBalancing.TargetHealth(targets.id()); len(health) != 0 || len(subnets()) != 1 {
		t.Errorf("targets %v, %d interfaces", health, len(subnets()))
	}
	for want, p := range map[string]props{
		"must be between the specified min size:0 and max size:4": size(5, nil),
		"InvalidLaunchTemplateId.VersionNotFound":                 size(2, props{"LaunchTemplate": props{"LaunchTemplateName": "web", "Version": "9"}}),
		"InvalidLaunchTemplateId.NotFound":                        size(2, props{"LaunchTemplate": props{"LaunchTemplateName": "wob", "Version": "1"}}),
		"No default VPC":                                          size(2, props{"VPCZoneIdentifier": []string{}}),
	} {
		if err := group.update(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	group.delete()
	if len(subnets()) != 0 {
		t.Errorf("interfaces are left in %v", subnets())
	}
	targets.delete()
	template.delete()
	open.delete()
}

// instances are the ids of an Auto Scaling group's instances.
func (x *thing) instances() []string { return x.w.scalingGroup(x.id()).instances }

func TestLaunchConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, a, _ := w.network()
	configuration := w.make("AWS::AutoScaling::LaunchConfiguration", "Configuration", props{"ImageId": images["x86_64"], "InstanceType": "t3.micro", "AssociatePublicIpAddress": false})
	group := w.make("AWS::AutoScaling::AutoScalingGroup", "Group", props{"MinSize": 1, "MaxSize": 1, "VPCZoneIdentifier": []string{a.id()}, "LaunchConfigurationName": configuration.id()})
	if n := len(group.instances()); n != 1 {
		t.Errorf("%d instances", n)
	}
	if _, err := w.try("AWS::AutoScaling::AutoScalingGroup", "None", props{"MinSize": 1, "MaxSize": 1}); err == nil || !strings.Contains(err.Error(), "exactly one of LaunchTemplate, LaunchConfigurationName") {
		t.Error(err)
	}
	group.delete()
	configuration.delete()
	if left := w.Left(); len(left["instance"])+len(left["auto scaling group"])+len(left["launch configuration"]) != 0 {
		t.Errorf("left %v", left)
	}
}
