package endpoint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/proof"
)

// lists writes what there may be besides, and where.
func lists(c proof.Claim) string {
	var texts []string
	for _, list := range [][]string{c.Endpoints, c.Ways, c.Public, c.Zones} {
		if len(list) > 0 {
			texts = append(texts, strings.Join(list, " "))
		}
	}
	if len(c.Subnets) > 0 {
		texts = append(texts, "in "+strings.Join(c.Subnets, " "))
	}
	return strings.Join(texts, " ")
}

// isolation is that of a subnet, with what is wanted there besides.
func isolation(from ...string) *Isolation {
	return &Isolation{
		Subnets: []string{"subnet-1"}, From: from, Endpoints: []string{"vpce-1", "vpce-2"}, Ways: []string{"vpce-1", "vpce-2", "tgw-1"}, Public: []string{"i-1"}, Zones: []string{"corp.example"},
		OtherHost: "sts.r.aws",
	}
}

// line writes a claim the way the tests below expect it.
func line(c proof.Claim) string {
	target := c.Host
	if c.Endpoint != "" && c.Kind != proof.Resolves {
		target = c.Endpoint
	} else if target == "" {
		target = c.Endpoint
	}
	text := fmt.Sprintf("%s: %s %s %s", c.ID, c.From, c.Kind, target)
	for _, extra := range []string{c.Zone, c.Answer, c.PrefixList, lists(c), strings.Join(c.Hosts, " "), c.Service, strings.Join(c.Principals, " "), c.Policy} {
		if extra != "" {
			text += " " + extra
		}
	}
	if c.Port != 0 {
		text += fmt.Sprintf(" :%d", int(c.Port))
	}
	if c.Call != nil {
		text += " " + c.Call.Action
	}
	return text
}

func compare(t *testing.T, claims []proof.Claim, want []string) {
	t.Helper()
	var got []string
	seen := map[string]bool{}
	for _, claim := range claims {
		if err := claim.Validate(); err != nil {
			t.Error(err)
		}
		if seen[claim.ID] {
			t.Errorf("two claims have the id %s", claim.ID)
		}
		seen[claim.ID] = true
		got = append(got, line(claim))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestGatewayClaims(t *testing.T) {
	t.Parallel()
	subject := GatewaySubject{
		Endpoint: "vpce-1", Host: "s3.r.aws", PrefixList: "com.amazonaws.r.s3",
		Subnets: []string{"subnet-1"}, From: []string{"Private"}, Others: []string{"vpce-2"},
		Call:      &Call{Call: proof.Call{Service: "s3", Action: "s3:ListBucket"}, Host: "b.s3.r.aws", Resource: "arn:b"},
		Policy:    "{}",
		Isolation: isolation("Private"),
	}
	compare(t, subject.Claims(), []string{
		"PrivateResolves: Private resolves s3.r.aws prefix-list com.amazonaws.r.s3",
		"PrivateConnects: Private connects s3.r.aws :443",
		"PrivateAnswers: Private answers s3.r.aws",
		"PrivateCallAllowed: Private allowed b.s3.r.aws s3:ListBucket",
		"Routed:  routed vpce-1 com.amazonaws.r.s3 in subnet-1",
		"Sole:  sole vpce-1 vpce-2",
		"PrivateOtherUnreachable: Private unreachable sts.r.aws :443",
		"Enclosed:  enclosed  vpce-1 vpce-2 tgw-1 in subnet-1",
		"Accounted:  accounted  vpce-1 vpce-2 in subnet-1",
		"Unaddressed:  unaddressed  i-1 in subnet-1",
		"Unredirected:  unredirected  corp.example in subnet-1",
		"Limited:  limited vpce-1 {}",
		"OutsideDenied: Outside denied b.s3.r.aws s3:ListBucket",
	})

	subject.Call, subject.Isolation, subject.Others, subject.Policy = nil, nil, nil, ""
	compare(t, subject.Claims(), []string{
		"PrivateResolves: Private resolves s3.r.aws prefix-list com.amazonaws.r.s3",
		"PrivateConnects: Private connects s3.r.aws :443",
		"PrivateAnswers: Private answers s3.r.aws",
		"Routed:  routed vpce-1 com.amazonaws.r.s3 in subnet-1",
		"Sole:  sole vpce-1",
	})
}

func TestInterfaceClaims(t *testing.T) {
	t.Parallel()
	call := &Call{Call: proof.Call{Service: "cloudformation", Action: "cloudformation:GetStackPolicy", Method: "POST", Body: "x"}, Host: "cfn.r.aws", Resource: "arn:x"}
	subject := InterfaceSubject{
		Endpoint: "vpce-1", DefaultName: "cfn.r.aws", Port: 443, Policy: "{}",
		From: []ZonedPoint{{"Public", "r-a"}, {"Far", ""}}, Call: call, Isolation: isolation("Far"),
	}
	compare(t, subject.Claims(), []string{
		"PublicEndpointResolves: Public resolves vpce-1 interfaces",
		"PublicZonalResolves: Public resolves vpce-1 r-a interfaces",
		"PublicEndpointSecures: Public secures vpce-1 :443",
		"PublicEndpointCallAllowed: Public allowed vpce-1 cloudformation:GetStackPolicy",
		"PublicDefaultResolves: Public resolves cfn.r.aws public",
		"FarEndpointResolves: Far resolves vpce-1 interfaces",
		"FarEndpointSecures: Far secures vpce-1 :443",
		"FarEndpointCallAllowed: Far allowed vpce-1 cloudformation:GetStackPolicy",
		"FarDefaultResolves: Far resolves cfn.r.aws public",
		"FarDefaultUnreachable: Far unreachable cfn.r.aws :443",
		"Unrouted:  unrouted vpce-1",
		"Guarded:  guarded vpce-1 :443",
		"Sole:  sole vpce-1",
		"FarOtherUnreachable: Far unreachable sts.r.aws :443",
		"Enclosed:  enclosed  vpce-1 vpce-2 tgw-1 in subnet-1",
		"Accounted:  accounted  vpce-1 vpce-2 in subnet-1",
		"Unaddressed:  unaddressed  i-1 in subnet-1",
		"Unredirected:  unredirected  corp.example in subnet-1",
		"Limited:  limited vpce-1 {}",
		"OutsideDenied: Outside denied cfn.r.aws cloudformation:GetStackPolicy",
	})

	subject.PrivateDnsEnabled, subject.From = true, subject.From[:1]
	compare(t, subject.Claims(), []string{
		"PublicEndpointResolves: Public resolves vpce-1 interfaces",
		"PublicZonalResolves: Public resolves vpce-1 r-a interfaces",
		"PublicEndpointSecures: Public secures vpce-1 :443",
		"PublicEndpointCallAllowed: Public allowed vpce-1 cloudformation:GetStackPolicy",
		"PublicDefaultResolves: Public resolves cfn.r.aws interfaces",
		"PublicDefaultCallAllowed: Public allowed cfn.r.aws cloudformation:GetStackPolicy",
		"Unrouted:  unrouted vpce-1",
		"Guarded:  guarded vpce-1 :443",
		"Sole:  sole vpce-1",
		"FarOtherUnreachable: Far unreachable sts.r.aws :443",
		"Enclosed:  enclosed  vpce-1 vpce-2 tgw-1 in subnet-1",
		"Accounted:  accounted  vpce-1 vpce-2 in subnet-1",
		"Unaddressed:  unaddressed  i-1 in subnet-1",
		"Unredirected:  unredirected  corp.example in subnet-1",
		"Limited:  limited vpce-1 {}",
		"OutsideDenied: Outside denied cfn.r.aws cloudformation:GetStackPolicy",
	})

	// With private DNS and no name that is known here, AWS says which it is.
	subject.DefaultName, subject.Call, subject.Isolation, subject.Policy = "", nil, nil, ""
	compare(t, subject.Claims()[3:4], []string{"PublicDefaultResolves: Public resolves vpce-1 interfaces"})
	if claim := subject.Claims()[3]; claim.Named != proof.NamedPrivate {
		t.Errorf("%+v is not about the private name", claim)
	}

	// A service that is not AWS's own: no default name, no call, its own port.
	compare(t, InterfaceSubject{Endpoint: "vpce-1", Port: 8080, From: subject.From}.Claims(), []string{
		"PublicEndpointResolves: Public resolves vpce-1 interfaces",
		"PublicZonalResolves: Public resolves vpce-1 r-a interfaces",
		"PublicEndpointConnects: Public connects vpce-1 :8080",
		"Unrouted:  unrouted vpce-1",
		"Guarded:  guarded vpce-1 :8080",
		"Sole:  sole vpce-1",
	})
}

func TestServiceClaims(t *testing.T) {
	t.Parallel()
	subject := ServiceSubject{
		Endpoint: "vpce-1", Service: "vpce-svc-1", Balancers: []Balancer{{Name: "nlb.aws"}}, Port: 80,
		From: []string{"MyVpc"}, Inside: []string{"CustomVpc"},
		Hosts:       []Host{{"WEB-1", "i-1", "20.0.0.1"}, {"WEB-2", "i-2", "20.0.0.2"}},
		TargetGroup: "arn:tg",
		Principals:  []string{"arn:a", "arn:b"},
	}
	compare(t, subject.Claims(), []string{
		"MyVpcResolves: MyVpc resolves vpce-1 interfaces",
		"MyVpcSpreads: MyVpc spreads vpce-1 WEB-1 WEB-2 :80",
		"MyVpcWEB1Unreachable: MyVpc unreachable 20.0.0.1 :80",
		"MyVpcWEB2Unreachable: MyVpc unreachable 20.0.0.2 :80",
		"MyVpcBalancerUnreachable: MyVpc unreachable nlb.aws :80",
		"CustomVpcSpreads: CustomVpc spreads nlb.aws WEB-1 WEB-2 :80",
		"Available:  available vpce-1 vpce-svc-1",
		"Guarded:  guarded vpce-1 :80",
		"Sole:  sole vpce-1",
		"Permitted:  permitted  vpce-svc-1 arn:a arn:b",
		"Healthy:  healthy  i-1 i-2",
	})

	subject.Hosts, subject.Principals, subject.Others, subject.Isolation = nil, nil, []string{"vpce-3"}, isolation("MyVpc")
	compare(t, subject.Claims(), []string{
		"MyVpcResolves: MyVpc resolves vpce-1 interfaces",
		"MyVpcConnects: MyVpc connects vpce-1 :80",
		"MyVpcBalancerUnreachable: MyVpc unreachable nlb.aws :80",
		"CustomVpcConnects: CustomVpc connects nlb.aws :80",
		"Available:  available vpce-1 vpce-svc-1",
		"Guarded:  guarded vpce-1 :80",
		"Sole:  sole vpce-1 vpce-3",
		"MyVpcOtherUnreachable: MyVpc unreachable sts.r.aws :443",
		"Enclosed:  enclosed  vpce-1 vpce-2 tgw-1 in subnet-1",
		"Accounted:  accounted  vpce-1 vpce-2 in subnet-1",
		"Unaddressed:  unaddressed  i-1 in subnet-1",
		"Unredirected:  unredirected  corp.example in subnet-1",
	})

	// The load balancer's VPC can be isolated too: by claims with ids of their own.
	subject.Isolation, subject.InsideIsolation = nil, &Isolation{Of: "Inside", Subnets: []string{"subnet-2"}, From: []string{"CustomVpc"}, Ways: []string{"igw-1"}, OtherHost: "sts.r.aws"}
	compare(t, subject.Claims()[7:], []string{
		"CustomVpcOtherUnreachable: CustomVpc unreachable sts.r.aws :443",
		"InsideEnclosed:  enclosed  igw-1 in subnet-2",
		"InsideAccounted:  accounted  in subnet-2",
		"InsideUnaddressed:  unaddressed  in subnet-2",
		"InsideUnredirected:  unredirected  in subnet-2",
	})
	subject.InsideIsolation = nil

	// Of several load balancers, each is what is claimed of one.
	subject.Isolation, subject.Others, subject.PrivateDNS = nil, nil, true
	subject.Balancers = []Balancer{{"nlb.aws", "arn:1", []string{"subnet-1"}}, {"nlb2.aws", "arn:2", nil}}
	compare(t, subject.Claims(), []string{
		"MyVpcResolves: MyVpc resolves vpce-1 interfaces",
		"MyVpcDefaultResolves: MyVpc resolves vpce-1 interfaces",
		"MyVpcConnects: MyVpc connects vpce-1 :80",
		"MyVpcBalancerUnreachable: MyVpc unreachable nlb.aws :80",
		"MyVpcBalancerUnreachable2: MyVpc unreachable nlb2.aws :80",
		"CustomVpcConnects: CustomVpc connects nlb.aws :80",
		"CustomVpcConnects2: CustomVpc connects nlb2.aws :80",
		"Available:  available vpce-1 vpce-svc-1",
		"Guarded:  guarded vpce-1 :80",
		"Sole:  sole vpce-1",
		"Balanced:  balanced ",
		"Connected:  connected  vpce-1 vpce-svc-1",
		"Apart:  apart  in subnet-1",
		"Balanced2:  balanced ",
		"Connected2:  connected  vpce-1 vpce-svc-1",
	})
}

func TestPointNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Isolated", 6)
	got := pointNames([]string{"app-1", "app1", "app 1", "--", "Outside", long + "1", long + "2", "Taken"}, "Taken")
	want := []string{"app1", "app12", "app13", "Subnet", "Outside2", "IsolatedIsolatedIsolatedIsol.", "IsolatedIsolatedIsolatedIsol.", "Taken2"}
	seen := map[string]bool{}
	for i, name := range got {
		prefix, cut := strings.CutSuffix(want[i], "IsolatedIsol.")
		if len(name) > 32 || pointName(name) != name || seen[name] || !cut && name != want[i] || cut && (!strings.HasPrefix(name, prefix) || len(name) != 32) {
			t.Errorf("%d: got %q, want %q", i, name, want[i])
		}
		seen[name] = true
	}
	if again := pointNames([]string{long + "2"}); again[0] != got[6] {
		t.Errorf("the same id gives %q and %q", got[6], again[0])
	}
}

func TestOmit(t *testing.T) {
	t.Parallel()
	claims := []proof.Claim{{ID: "A"}, {ID: "B"}, {ID: "C"}}
	kept, err := (&VerificationProps{Omit: []string{"B"}}).kept(claims)
	if err != nil || len(kept) != 2 || kept[0].ID != "A" || kept[1].ID != "C" {
		t.Errorf("got %v, %v", kept, err)
	}
	_, err = (&VerificationProps{Omit: []string{"D"}}).kept(claims)
	wantError(t, err, `Verification.Omit: must be ids of the pattern's claims (A, B, C), got "D"`)
}
