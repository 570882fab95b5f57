package vpc_test

import (
	"net/netip"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html: routes and rules that
// refer to a customer's list change with its entries.
func TestCustomerPrefixLists(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24")
	web, other := b.AddPublicHost("web", "93.184.216.34"), b.AddPublicHost("other", "93.184.216.35")
	b.Serve(web, "web")
	b.Serve(other, "other")
	blocks := func(texts ...string) (out []netip.Prefix) {
		for _, text := range texts {
			out = append(out, netip.MustParsePrefix(text))
		}
		return out
	}
	lists := b.PrefixLists()
	b.Must(lists.Create(vpc.PrefixList{ID: "pl-1", Name: "partners", Entries: blocks("93.184.216.34/32"), MaxEntries: 2}))
	b.Must(b.RouteTables().CreateRoute("rtb-pub", vpc.Route{Destination: "pl-1", Target: "igw-1"}))
	b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-list", VPC: "vpc-1", Ingress: []vpc.Rule{{Protocol: "tcp", FromPort: 80, ToPort: 80, PrefixList: "pl-1"}}, Egress: []vpc.Rule{vpc.AllowAll}}))
	host := b.AddHost("pub", "host", true, "sg-list")
	b.Serve(host, "host")
	in, err := b.Interfaces().Get("eni-host")
	b.Must(err)
	public := in.PublicAddr.String() + ":80"

	b.Wants(host, "93.184.216.34:80", "web")
	b.Silent(host, "93.184.216.35:80", "rtb-pub", "no route")
	b.Wants(web, public, "host")
	b.Silent(other, public, "eni-host", "security group, ingress")
	b.Must(lists.Modify("pl-1", "partners", blocks("93.184.216.35/32"), 2))
	b.Wants(host, "93.184.216.35:80", "other")
	b.Silent(host, "93.184.216.34:80", "rtb-pub", "no route")
	b.Wants(other, public, "host")

	b.Refuses(lists.Modify("pl-1", "partners", blocks("1.0.0.0/8", "2.0.0.0/8", "3.0.0.0/8"), 2), "PrefixListMaxEntriesExceeded")
	b.Refuses(lists.Modify("pl-1", "partners", blocks("1.2.3.4/8"), 2), "InvalidParameterValue")
	b.Refuses(lists.Modify("pl-1", "partners", blocks("::/0"), 2), "InvalidParameterValue")
	b.Refuses(lists.Modify("pl-1", "partners", blocks("1.0.0.0/8", "1.0.0.0/8"), 2), "InvalidParameterValue")
	b.Must(lists.Create(vpc.PrefixList{ID: "pl-aws", Name: "com.amazonaws.x"}))
	b.Refuses(lists.Modify("pl-aws", "mine", nil, 2), "UnauthorizedOperation")
	b.Refuses(lists.Delete("pl-1"), "DependencyViolation")
	b.Wants(host, "93.184.216.35:80", "other") // what was refused has changed nothing
}
