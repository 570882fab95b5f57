package verification

import (
	"context"
	"net/netip"
	"slices"
	"testing"

	"provenendpoints/proof"
)

// actionsOf are the IAM actions that each look-up needs, as its doc comment
// says.
var actionsOf = map[string][]string{
	"Endpoint":       {describeEndpoints, describeInterfaces},
	"Gateway":        {describeEndpoints}, // an endpoint without interfaces
	"VPC":            {describeVpcs},
	"PrefixList":     {describePrefixLists},
	"RouteTables":    {describeRouteTables},
	"SecurityGroups": {describeSecurityGroups},
	"Connection":     {describeConnections},
	"Principals":     {describePermissions},
	"Targets":        {describeTargetHealth},
	"Function":       nil, // granted on the probers alone
}

// gateway is the endpoint that routes lead to.
const gateway = "vpce-2"

// recorder answers every look-up with something, and remembers which were made.
type recorder struct{ made []string }

func (r *recorder) note(name string) { r.made = append(r.made, name) }

func (r *recorder) Endpoint(_ context.Context, id string) (proof.Endpoint, error) {
	if id == gateway {
		r.note("Gateway")
	} else {
		r.note("Endpoint")
	}
	return proof.Endpoint{ID: id, VPC: "vpc-1", Groups: []string{"sg-1"}}, nil
}

func (r *recorder) VPC(context.Context, string) ([]netip.Prefix, error) {
	r.note("VPC")
	return []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}, nil
}

func (r *recorder) PrefixList(context.Context, string) (proof.PrefixList, error) {
	r.note("PrefixList")
	return proof.PrefixList{ID: "pl-1", Entries: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, nil
}

func (r *recorder) RouteTables(_ context.Context, _ string, ids []string) ([]proof.RouteTable, error) {
	r.note("RouteTables")
	tables := []proof.RouteTable{{ID: "rtb-1", Routes: []proof.Route{{Destination: "pl-1", Target: gateway}}}}
	return tables, nil
}

func (r *recorder) SecurityGroups(_ context.Context, ids []string) ([]proof.SecurityGroup, error) {
	r.note("SecurityGroups")
	return make([]proof.SecurityGroup, len(ids)), nil
}

func (r *recorder) Connection(context.Context, string, string) (string, error) {
	r.note("Connection")
	return "available", nil
}

func (r *recorder) Principals(context.Context, string) ([]string, error) {
	r.note("Principals")
	return []string{"*"}, nil
}

func (r *recorder) Targets(context.Context, string) ([]proof.Target, error) {
	r.note("Targets")
	return nil, nil
}

func (r *recorder) Function(context.Context, string) (proof.Function, error) {
	r.note("Function")
	return proof.Function{Name: "prober"}, nil
}

// The verifier may look up what a claim needs, and nothing else: what
// proof.Gather really asks for is compared with what is granted.
func TestLookupActionsAreWhatGatherNeeds(t *testing.T) {
	t.Parallel()
	call := &proof.Call{Service: "s3", Action: "s3:ListBucket"}
	tables := []string{"rtb-1"}
	claims := []proof.Claim{
		{ID: "a", Kind: proof.Resolves, From: "P", Host: "x.test", Answer: proof.AnswerPrefixList, PrefixList: "com.amazonaws.r.s3"},
		{ID: "b", Kind: proof.Resolves, From: "P", Endpoint: "vpce-1", Answer: proof.AnswerInterfaces},
		{ID: "c", Kind: proof.Resolves, From: "P", Host: "x.test", Endpoint: "vpce-1", Answer: proof.AnswerPublic},
		{ID: "d", Kind: proof.Connects, From: "P", Host: "x.test"},
		{ID: "e", Kind: proof.Connects, From: "P", Endpoint: "vpce-1"},
		{ID: "f", Kind: proof.Secures, From: "P", Endpoint: "vpce-1"},
		{ID: "g", Kind: proof.Answers, From: "P", Host: "x.test"},
		{ID: "h", Kind: proof.Spreads, From: "P", Endpoint: "vpce-1", Hosts: []string{"A", "B"}},
		{ID: "i", Kind: proof.Allowed, From: "P", Endpoint: "vpce-1", Call: call},
		{ID: "j", Kind: proof.Denied, From: "P", Host: "x.test", Call: call},
		{ID: "k", Kind: proof.Unreachable, From: "P", Host: "x.test"},
		{ID: "l", Kind: proof.Routed, Endpoint: "vpce-1", PrefixList: "com.amazonaws.r.s3", RouteTables: tables},
		{ID: "m", Kind: proof.Unrouted, Endpoint: "vpce-1"},
		{ID: "n", Kind: proof.Enclosed, RouteTables: tables},
		{ID: "o", Kind: proof.Guarded, Endpoint: "vpce-1"},
		{ID: "p", Kind: proof.Available, Endpoint: "vpce-1"},
		{ID: "q", Kind: proof.Available, Endpoint: "vpce-1", Service: "vpce-svc-1"},
		{ID: "r", Kind: proof.Healthy, TargetGroup: "arn:x", Hosts: []string{"i-1"}},
		{ID: "s", Kind: proof.Limited, Endpoint: "vpce-1", Policy: "{}"},
		{ID: "t", Kind: proof.Placed, From: "P", Subnets: []string{"subnet-1"}},
		{ID: "u", Kind: proof.Permitted, Service: "vpce-svc-1", Principals: []string{"*"}},
	}
	for _, claim := range claims {
		t.Run(claim.ID+" "+string(claim.Kind), func(t *testing.T) {
			t.Parallel()
			if err := claim.Validate(); err != nil {
				t.Fatal(err)
			}
			wantNeeded(t, claim)
		})
	}
}

// A gateway endpoint is known by the claim that routes lead to it; whoever
// verifies one may not look at interfaces.
func TestLookupActionsOfGateway(t *testing.T) {
	t.Parallel()
	wantNeeded(t,
		proof.Claim{ID: "a", Kind: proof.Limited, Endpoint: gateway, Policy: "{}"},
		proof.Claim{ID: "b", Kind: proof.Routed, Endpoint: gateway, PrefixList: "com.amazonaws.r.s3", RouteTables: []string{"rtb-1"}},
		proof.Claim{ID: "c", Kind: proof.Enclosed, RouteTables: []string{"rtb-1"}},
	)
}

// wantNeeded compares what is granted for claims with what gathering their
// facts takes.
func wantNeeded(t *testing.T, claims ...proof.Claim) {
	t.Helper()
	lookups := &recorder{}
	for _, claim := range claims {
		if _, err := proof.Gather(t.Context(), lookups, claim); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	for _, name := range lookups.made {
		want = append(want, actionsOf[name]...)
	}
	slices.Sort(want)
	want = slices.Compact(want)
	if got := lookupActions(claims); !slices.Equal(got, want) {
		t.Errorf("granted %q, needed %q", got, want)
	}
}
