package resources

import (
	"strings"
	"testing"

	"provenendpoints/internal/lab/awserr"
)

// TestNames: zones, records, resolver endpoints, rules, firewalls and profiles of a VPC,
// created, changed and deleted.
func TestNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id()})
	inVPC := []any{props{"VPCId": v.id(), "VPCRegion": w.Scope.Region}}
	zone := w.make("AWS::Route53::HostedZone", "Zone", props{"Name": "internal.test", "VPCs": inVPC})
	zone.change(props{"Name": "internal.test", "VPCs": inVPC, "HostedZoneConfig": props{"Comment": "x"}})
	if got := w.Names.Zones(); len(got) != 1 || got[0].ID != zone.id() || got[0].VPCs[0] != v.id() {
		t.Errorf("zones %+v", got)
	}
	record := w.make("AWS::Route53::RecordSet", "Record", props{"HostedZoneId": zone.id(), "Name": "db.internal.test", "Type": "A", "TTL": "60", "ResourceRecords": []string{"10.0.0.9"}})
	record.change(props{"HostedZoneId": zone.id(), "Name": "db.internal.test", "Type": "CNAME", "ResourceRecords": []string{"www.example.com"}})
	alias := w.make("AWS::Route53::RecordSet", "Alias", props{"HostedZoneName": "internal.test.", "Name": "lb.internal.test", "Type": "A", "AliasTarget": props{"DNSName": "x.elb.ap-northeast-2.amazonaws.com", "HostedZoneId": "Z1"}})

	share := func(id string, weight int, address string) props {
		return props{"Name": "app.internal.test", "Type": "A", "SetIdentifier": id, "Weight": weight, "ResourceRecords": []string{address}}
	}
	shares := w.make("AWS::Route53::RecordSetGroup", "Shares", props{"HostedZoneId": zone.id(), "RecordSets": []any{share("a", 1, "10.0.0.1"), share("b", 2, "10.0.0.2")}})
	shares.change(props{"HostedZoneId": zone.id(), "RecordSets": []any{share("b", 1, "10.0.0.3"), share("c", 2, "10.0.0.2")}})
	beside := props{"HostedZoneId": zone.id(), "Name": "app.internal.test", "Type": "A", "SetIdentifier": "d", "Weight": 3, "ResourceRecords": []string{"10.0.0.4"}}
	fourth := w.make("AWS::Route53::RecordSet", "Fourth", beside)
	beside["Weight"] = 4
	fourth.change(beside)
	fourth.delete()
	shares.delete()

	addresses := []any{props{"SubnetId": a.id(), "Ip": "10.0.0.70"}, props{"SubnetId": b.id()}}
	out := w.make("AWS::Route53Resolver::ResolverEndpoint", "Out", props{"Direction": "OUTBOUND", "IpAddresses": addresses, "SecurityGroupIds": []string{group.id()}})
	if out.Attributes["HostVPCId"] != v.id() || !strings.HasPrefix(out.id(), "rslvr-out-") {
		t.Errorf("endpoint %s, attributes %v", out.id(), out.Attributes)
	}
	in := w.make("AWS::Route53Resolver::ResolverEndpoint", "In", props{"Direction": "INBOUND", "IpAddresses": []any{props{"SubnetId": a.id()}, props{"SubnetId": b.id()}}, "SecurityGroupIds": []string{group.id()}})
	forward := props{"RuleType": "FORWARD", "DomainName": "example.com", "ResolverEndpointId": out.id(), "TargetIps": []any{props{"Ip": "10.0.0.99", "Port": "5353"}}}
	rule := w.make("AWS::Route53Resolver::ResolverRule", "Rule", forward)
	forward["DomainName"] = "example.org"
	rule.change(forward)
	if got := w.Names.Rules(); len(got) != 1 || got[0].Domain != "example.org." || got[0].Targets[0].Port() != 5353 {
		t.Errorf("rules %+v", got)
	}
	association := w.make("AWS::Route53Resolver::ResolverRuleAssociation", "Association", props{"ResolverRuleId": rule.id(), "VPCId": v.id()})
	list := w.make("AWS::Route53Resolver::FirewallDomainList", "List", props{"Domains": []string{"example.com"}})
	list.change(props{"Domains": []string{"example.com", "*.example.com"}})
	rules := w.make("AWS::Route53Resolver::FirewallRuleGroup", "Rules", props{"FirewallRules": []any{props{"Priority": 1, "FirewallDomainListId": list.id(), "Action": "BLOCK", "BlockResponse": "NODATA"}}})
	rules.change(props{"FirewallRules": []any{props{"Priority": 1, "FirewallDomainListId": list.id(), "Action": "ALLOW"}}})
	firewall := w.make("AWS::Route53Resolver::FirewallRuleGroupAssociation", "Firewall", props{"FirewallRuleGroupId": rules.id(), "VpcId": v.id(), "Priority": 101})
	firewall.change(props{"FirewallRuleGroupId": rules.id(), "VpcId": v.id(), "Priority": 102})
	profile := w.make("AWS::Route53Profiles::Profile", "Profile", props{"Name": "p"})
	profiled := w.make("AWS::Route53Profiles::ProfileAssociation", "Profiled", props{"Name": "p", "ProfileId": profile.id(), "ResourceId": v.id()})

	for want, test := range map[string]struct {
		typ string
		p   props
	}{
		"exactly one of HostedZoneId and HostedZoneName": {"AWS::Route53::RecordSet", props{"Name": "x", "Type": "A", "ResourceRecords": []string{"1.1.1.1"}}},
		"exactly one of ResourceRecords and AliasTarget": {"AWS::Route53::RecordSet", props{"HostedZoneId": "Z1", "Name": "x", "Type": "A"}},
		"SetIdentifier is needed with a routing policy":  {"AWS::Route53::RecordSet", props{"HostedZoneId": "Z1", "Name": "x", "Type": "A", "ResourceRecords": []string{"1.1.1.1"}, "Weight": 1}},
		"at most one of Weight, Region":                  {"AWS::Route53::RecordSet", props{"HostedZoneId": "Z1", "Name": "x", "Type": "A", "ResourceRecords": []string{"1.1.1.1"}, "Weight": 1, "Region": "eu-west-1", "SetIdentifier": "a"}},
		"neither it nor the group names a hosted zone":   {"AWS::Route53::RecordSetGroup", props{"RecordSets": []any{props{"Name": "x", "Type": "A", "ResourceRecords": []string{"1.1.1.1"}}}}},
		"property VPCs.VPCRegion: us-east-1":             {"AWS::Route53::HostedZone", props{"Name": "x.test", "VPCs": []any{props{"VPCId": v.id(), "VPCRegion": "us-east-1"}}}},
		"ConflictingDomainExists":                        {"AWS::Route53::HostedZone", props{"Name": "internal.test", "VPCs": inVPC}},
		"property TTL":                                   {"AWS::Route53::RecordSet", props{"HostedZoneId": zone.id(), "Name": "x.internal.test", "Type": "A", "TTL": "soon", "ResourceRecords": []string{"1.1.1.1"}}},
		"No hosted zone found with name: none.test":      {"AWS::Route53::RecordSet", props{"HostedZoneName": "none.test", "Name": "x.none.test", "Type": "A", "ResourceRecords": []string{"1.1.1.1"}}},
	} {
		if _, err := w.try(test.typ, "Refused", test.p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", test.typ, err, want)
		}
	}
	// A record set that exists is not the one that could not be made.
	twice, err := w.try("AWS::Route53::RecordSet", "Twice", props{"HostedZoneId": zone.id(), "Name": "lb.internal.test", "Type": "A", "ResourceRecords": []string{"1.1.1.1"}})
	if awserr.Code(err) != "InvalidChangeBatch" || twice != nil {
		t.Errorf("the same name twice: %v", err)
	}

	for _, x := range []*thing{association, rule, out, in, alias, record, zone, firewall, rules, list, profiled, profile} {
		x.delete()
	}
	if left := len(w.Names.Zones()) + len(w.Names.Rules()) + len(w.Names.Endpoints()) + len(w.Names.Firewalls()) + len(w.Names.Profiles()); left > 0 {
		t.Errorf("%d objects are left", left)
	}
	if left := w.Network.Interfaces().All(); len(left) != 0 {
		t.Errorf("interfaces are left: %+v", left)
	}
}
