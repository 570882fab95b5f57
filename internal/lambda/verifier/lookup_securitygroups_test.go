package verifier

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

func TestGroupOf(t *testing.T) {
	t.Parallel()
	got, err := groupOf(api.SecurityGroup{GroupId: "sg-1", VpcId: "vpc-1", IpPermissions: []api.IpPermission{
		{IpProtocol: "-1", FromPort: new(-1), ToPort: new(-1), UserIdGroupPairs: []api.UserIdGroupPair{{GroupId: "sg-2"}}},
		{IpProtocol: "tcp", FromPort: new(80), ToPort: new(90), Ipv6Ranges: []api.Ipv6Range{{CidrIpv6: "::/0"}}, PrefixListIds: []api.PrefixListId{{PrefixListId: "pl-1"}}},
	}})
	want := proof.SecurityGroup{ID: "sg-1", VPC: "vpc-1", Ingress: []proof.SecurityGroupRule{
		{Protocol: "-1", FromPort: 0, ToPort: 65535, Group: "sg-2"},
		{Protocol: "tcp", FromPort: 80, ToPort: 90, CIDR: netip.MustParsePrefix("::/0")},
		{Protocol: "tcp", FromPort: 80, ToPort: 90, PrefixList: "pl-1"},
	}}
	if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
	if _, err := groupOf(api.SecurityGroup{IpPermissions: []api.IpPermission{{IpRanges: []api.IpRange{{CidrIp: "anywhere"}}}}}); err == nil {
		t.Error("a source that cannot be read was left out")
	}
}
