package resources

import (
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
)

// A VPC link is an interface of API Gateway's in each of its subnets while it is there; one
// that cannot have them all leaves none.
func TestVPCLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id()})
	interfaces := func() (out []string) {
		for _, e := range w.Network.Interfaces().All() {
			if e.Type == "api_gateway_managed" {
				out = append(out, e.Subnet+" "+strings.Join(e.Groups, ","))
			}
		}
		return out
	}
	link := w.make(vpcLinkType, "Link", props{"Name": "link", "SubnetIds": []any{a.id(), b.id()}, "SecurityGroupIds": []any{group.id()}})
	if got := interfaces(); len(got) != 2 || got[0] == got[1] || !strings.HasSuffix(got[0], " "+group.id()) {
		t.Errorf("interfaces %v", got)
	}
	if link.Attributes["VpcLinkId"] != link.id() {
		t.Errorf("attributes %v", link.Attributes)
	}
	typ, _ := w.Type(vpcLinkType)
	if why := typ.(cfn.Inert).Inert(props{"Name": "link"}, nil); !strings.Contains(why, "nobody comes by it") {
		t.Errorf("inert: %q", why)
	}
	link.delete()
	if got := interfaces(); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
	if _, err := w.try(vpcLinkType, "Broken", props{"Name": "link", "SubnetIds": []any{"subnet-none"}}); err == nil || !strings.Contains(err.Error(), "subnet-none") {
		t.Errorf("no such subnet: %v", err)
	}
}
