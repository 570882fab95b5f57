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
	}
	shared := make([]string, 1, 9)
	shared[0] = "vpce-2"
	claims := []Claim{
		{ID: "Sole", Kind: Sole, Endpoint: "vpce-2"},
		{ID: "Accounted", Kind: Accounted, Endpoints: shared},
		{ID: "Enclosed", Kind: Enclosed, Ways: []string{"vpce-2"}},
		{ID: "Connected", Kind: Connected, Service: "vpce-svc-1", Endpoints: []string{"vpce-2"}},
	}
	want := []Claim{
		{ID: "Sole", Kind: Sole, Endpoint: "vpce-2", Endpoints: []string{"vpce-1"}},
		{ID: "Accounted", Kind: Accounted, Endpoints: []string{"vpce-2", "vpce-1"}},
		{ID: "Enclosed", Kind: Enclosed, Ways: []string{"vpce-2"}},
		{ID: "Connected", Kind: Connected, Service: "vpce-svc-1", Endpoints: []string{"vpce-2", "vpce-1"}},
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
