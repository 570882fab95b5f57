package resources

import (
	"strings"
	"testing"
)

// VPCs get their blocks from pools of IPAM, and return them.
func TestIPAM(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ipam := w.make("AWS::EC2::IPAM", "Ipam", props{"OperatingRegions": []any{props{"RegionName": w.Scope.Region}}})
	if !strings.HasPrefix(ipam.Attributes["Arn"].(string), "arn:aws:ec2::123456789012:ipam/ipam-") {
		t.Errorf("ARN %s", ipam.Attributes["Arn"])
	}
	of := func(more props) props {
		p := props{"IpamScopeId": ipam.Attributes["PrivateDefaultScopeId"], "AddressFamily": "ipv4"}
		for k, v := range more {
			p[k] = v
		}
		return p
	}
	top := w.make("AWS::EC2::IPAMPool", "Top", of(props{"ProvisionedCidrs": []any{props{"Cidr": "10.0.0.0/8"}}}))
	region := w.make("AWS::EC2::IPAMPool", "Region", of(props{"SourceIpamPoolId": top.id(), "Locale": w.Scope.Region, "AllocationDefaultNetmaskLength": 20}))
	provisioned := w.make("AWS::EC2::IPAMPoolCidr", "Provisioned", props{"IpamPoolId": region.id(), "NetmaskLength": 16})
	kept := w.make("AWS::EC2::IPAMAllocation", "Kept", props{"IpamPoolId": region.id(), "NetmaskLength": 18})
	if !strings.HasSuffix(kept.id(), "|10.0.0.0/18") {
		t.Errorf("allocation %s", kept.id())
	}
	v := w.make("AWS::EC2::VPC", "Vpc", props{"Ipv4IpamPoolId": region.id(), "Ipv4NetmaskLength": 18})
	if got := v.Attributes["CidrBlock"]; got != "10.0.64.0/18" {
		t.Errorf("the VPC has %s", got)
	}
	further := w.make("AWS::EC2::VPCCidrBlock", "Further", props{"VpcId": v.id(), "Ipv4IpamPoolId": region.id()})
	if got, err := w.Network.VPCs().Get(v.id()); err != nil || len(got.CIDRs) != 2 || got.CIDRs[1].String() != "10.0.128.0/20" {
		t.Errorf("%+v, %v", got, err)
	}
	for want, p := range map[string]props{
		"either CidrBlock or Ipv4IpamPoolId is needed": {},
		"does not have a free CIDR of length 16":       {"Ipv4IpamPoolId": region.id(), "Ipv4NetmaskLength": 16},
		"InvalidIpamPoolId.NotFound":                   {"Ipv4IpamPoolId": "ipam-pool-0", "Ipv4NetmaskLength": 16},
	} {
		if _, err := w.try("AWS::EC2::VPC", "Refused", p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, x := range []*thing{further, v, kept, provisioned, region} {
		x.delete()
	}
	top.change(of(props{"ProvisionedCidrs": []any{props{"Cidr": "172.16.0.0/12"}}}))
	again := w.make("AWS::EC2::VPC", "Again", props{"Ipv4IpamPoolId": top.id(), "Ipv4NetmaskLength": 16})
	if got := again.Attributes["CidrBlock"]; got != "172.16.0.0/16" {
		t.Errorf("after the update: %s", got)
	}
	again.delete()
	top.delete()
	ipam.delete()
}
