package proof

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWithFormer(t *testing.T) {
	t.Parallel()
	former := []Claim{
		{ID: "A", Kind: Available, Endpoint: "vpce-1"}, {ID: "B", Kind: Guarded, Endpoint: "vpce-1"},
		{ID: "Sole", Kind: Sole, Endpoint: "vpce-2", Endpoints: []string{"vpce-9"}},
		{ID: "ElsewhereAccounted", Kind: Accounted}, {ID: "EmptiedAccounted", Kind: Accounted, Endpoints: []string{"vpce-7"}},
	}
	shared := make([]string, 1, 9)
	shared[0] = "vpce-2"
	claims := []Claim{
		{ID: "Sole", Kind: Sole, Endpoint: "vpce-2"},
		{ID: "Accounted", Kind: Accounted, Endpoints: shared},
		{ID: "Enclosed", Kind: Enclosed, Ways: []string{"vpce-2"}},
		{ID: "Connected", Kind: Connected, Service: "vpce-svc-1", Endpoints: []string{"vpce-2"}},
		{ID: "ElsewhereAccounted", Kind: Accounted}, // of a VPC that never had an endpoint
		{ID: "EmptiedAccounted", Kind: Accounted},
	}
	want := []Claim{
		{ID: "Sole", Kind: Sole, Endpoint: "vpce-2", Endpoints: []string{"vpce-1"}},
		{ID: "Accounted", Kind: Accounted, Endpoints: []string{"vpce-2", "vpce-1"}},
		{ID: "Enclosed", Kind: Enclosed, Ways: []string{"vpce-2"}},
		{ID: "Connected", Kind: Connected, Service: "vpce-svc-1", Endpoints: []string{"vpce-2", "vpce-1"}},
		{ID: "ElsewhereAccounted", Kind: Accounted},
		{ID: "EmptiedAccounted", Kind: Accounted, Endpoints: []string{"vpce-7"}},
	}
	if diff := cmp.Diff(want, WithFormer(claims, former)); diff != "" {
		t.Error(diff)
	}
	if len(claims[0].Endpoints) != 0 || shared[:2][1] != "" {
		t.Error("it changed the claims that it was given")
	}
	if diff := cmp.Diff(claims, WithFormer(claims, nil)); diff != "" {
		t.Error(diff)
	}
}

// TestWithFormerService: what an update removes from before a service is deleted
// behind the proof. What the template still has is judged as it is now.
func TestWithFormerService(t *testing.T) {
	t.Parallel()
	former := []Claim{
		{Kind: Balanced, Balancer: "arn:lb", Listeners: []string{"TCP 80 arn:old", "TCP 443 arn:old"}},
		{Kind: Balanced, Balancer: "arn:other", Listeners: []string{"TCP 8080"}},
		{Kind: Connected, Service: "vpce-svc-old", Balancer: "arn:lb"},
		{Kind: Shielded, TargetGroup: "arn:old", TargetGroups: []string{"arn:beside"}, Balancer: "arn:lb"},
	}
	claims := []Claim{
		{Kind: Balanced, Balancer: "arn:lb", Listeners: []string{"TCP 80 arn:new"}},
		{Kind: Connected, Service: "vpce-svc-new", Balancer: "arn:lb"},
		{Kind: Shielded, TargetGroup: "arn:new", Balancer: "arn:lb"},
	}
	want := []Claim{
		{Kind: Balanced, Balancer: "arn:lb", Listeners: []string{"TCP 80 arn:new", "TCP 443 arn:old"}},
		{Kind: Connected, Service: "vpce-svc-new", Balancer: "arn:lb", Services: []string{"vpce-svc-old"}},
		{Kind: Shielded, TargetGroup: "arn:new", Balancer: "arn:lb", TargetGroups: []string{"arn:beside", "arn:old"}},
	}
	if diff := cmp.Diff(want, WithFormer(claims, former)); diff != "" {
		t.Error(diff)
	}
	if claims[1].Services != nil || len(claims[0].Listeners) != 1 {
		t.Errorf("the caller's claims were changed: %+v", claims)
	}
	if diff := cmp.Diff(claims, WithFormer(claims, claims)); diff != "" {
		t.Errorf("the same claims again: %s", diff)
	}
}
