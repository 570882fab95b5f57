package region_test

import (
	"net/netip"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
)

// A VPC that exists before the stacks is what its lookup says: packets leave a private subnet
// by a NAT gateway and an isolated one not at all, a stack builds into it, and neither it nor
// its gateways count as left behind.
func TestAdopt(t *testing.T) {
	t.Parallel()
	lab := clock.NewSkipping()
	t.Cleanup(lab.Stop)
	r, err := region.New(region.Options{Name: "eu-west-1", Clock: lab})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	existing := cfn.ExistingVPC{ID: "vpc-0aaa", CIDR: "10.7.0.0/16", Groups: []string{"sg-0aaa"}, Subnets: []cfn.ExistingSubnet{
		{ID: "subnet-0public", CIDR: "10.7.0.0/24", Zone: "eu-west-1a", RouteTable: "rtb-0public", Public: true},
		{ID: "subnet-0private", CIDR: "10.7.1.0/24", Zone: "eu-west-1a", RouteTable: "rtb-0private", Private: true},
		{ID: "subnet-0isolated", CIDR: "10.8.0.0/24", Zone: "eu-west-1b", RouteTable: "rtb-0isolated"},
	}}
	for range 2 { // a second stack uses it, too
		if err := r.Adopt(existing); err != nil {
			t.Fatal(err)
		}
	}
	outcome, err := r.Deploy(t.Context(), cfn.Stack{Name: "S", Template: []byte(`{"Resources":{
		"Group":{"Type":"AWS::EC2::SecurityGroup","Properties":{"GroupDescription":"x","VpcId":"vpc-0aaa"}},
		"Endpoint":{"Type":"AWS::EC2::VPCEndpoint","Properties":{"VpcId":"vpc-0aaa","ServiceName":"com.amazonaws.eu-west-1.s3","RouteTableIds":["rtb-0isolated"]}}}}`)})
	if err != nil {
		t.Fatalf("%v: %+v", err, outcome)
	}
	for id, want := range map[string]bool{"subnet-0private": true, "subnet-0isolated": false} {
		made, err := r.Network.Interfaces().Create(vpc.Interface{ID: "eni-" + id, Subnet: id, Groups: []string{"sg-0aaa"}})
		if err != nil {
			t.Fatal(err)
		}
		host, err := r.Network.Host(made.ID)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := lab.WithTimeout(t.Context(), 5*time.Second)
		conn, err := host.Dial(ctx, "tcp", netip.AddrPortFrom(netip.MustParseAddr("93.184.215.14"), 443).String())
		cancel()
		if (err == nil) != want {
			t.Errorf("%s to the internet: %v, want %t", id, err, want)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
	if _, err := r.Delete(t.Context(), "S"); err != nil {
		t.Fatal(err)
	}
	if err := r.Left(); err != nil {
		t.Error(err)
	}
	existing.ID, existing.CIDR = "vpc-0bbb", "10.7.0.0"
	if err := r.Adopt(existing); err == nil {
		t.Error("a block that is none is taken")
	}
}
