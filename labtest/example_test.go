package labtest_test

import (
	"fmt"
	"strings"
	"testing"

	"provenendpoints/labtest"
)

// A web server that everybody reaches, and a database that only the web server does.
func ExampleDeploy() {
	test := func(t testing.TB) {
		lab := labtest.Deploy(t, "testdata/web")
		lab.Internet().Reaches("Web:80")
		lab.Internet().DoesNotReach("Web:22", "Db:5432")
		lab.Instance("Web").Reaches("Db:5432")
		lab.Subnet("Private").DoesNotReach("internet:443")

		answer, err := lab.Internet().Get("http://Web/")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(answer.Status, strings.TrimSpace(answer.Body))
	}
	run(test)
	// Output:
	// 200 hello
	// passed
}

// An assertion that fails says where the packets were dropped, and which way they took.
func ExamplePlace_Reaches() {
	run(func(t testing.TB) {
		lab := labtest.Deploy(t, "testdata/web")
		lab.Internet().Reaches("Db:5432")
		lab.Subnet("Public").Reaches("Db:5432")
		lab.Subnet("Private").Reaches("example.com:443")
	})
	// Output:
	// the internet to instance Db on tcp 5432: filtered: instance Db has no public address; want open
	// subnet PublicSubnet to instance Db on tcp 5432: filtered: the rules of the security group DbGroup (sg-…) of instance Db do not admit TCP 5432 from 10.0.0.5; want open
	//     tcp 10.0.0.5:58836 → 10.0.1.4:5432
	//       RECEIVED    at subnet PublicSubnet
	//       ADMITTED    by a group that admits everything (egress: all of 0.0.0.0/0)
	//       ROUTED      by PublicRouteTable (rtb-…) (10.0.0.0/16) to local
	//       ADMITTED    by the default network ACL of Vpc (acl-…) (egress: entry 100: allow all of 0.0.0.0/0)
	//       RECEIVED    at instance Db (eni-…)
	//       ADMITTED    by the default network ACL of Vpc (ingress: entry 100: allow all of 0.0.0.0/0)
	//       DROPPED     by DbGroup (sg-…) (ingress): no rule admits tcp 5432 from 10.0.0.5
	// subnet PrivateSubnet to example.com on tcp 443: filtered: the route table PrivateRouteTable (rtb-…) has no route to 93.184.215.14; want open
	//     tcp 10.0.1.5:21411 → 93.184.215.14:443
	//       RECEIVED    at subnet PrivateSubnet
	//       ADMITTED    by a group that admits everything (egress: all of 0.0.0.0/0)
	//       DROPPED     by PrivateRouteTable (rtb-…): no route
	// failed
}

// The same lab takes a changed assembly as an update of its stacks.
func ExampleLab_Update() {
	run(func(t testing.TB) {
		lab := labtest.Deploy(t, "testdata/web")
		lab.Internet().Reaches("Web:80")
		lab.Update("testdata/closed")
		lab.Internet().DoesNotReach("Web:80")
		fmt.Println(lab.Stack("Web").Status())
		lab.Destroy()
	})
	// Output:
	// UPDATE_COMPLETE
	// passed
}
