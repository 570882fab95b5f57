package topology_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/topology"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
)

var update = flag.Bool("update", false, "write the pictures of the documentation anew")

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// pictures are those of the documentation.
const pictures = "../../../docs/pictures"

// The pictures in the documentation are what the lab draws.
func TestPictures(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			w := deployed.New(t, id, region.Options{})
			if err := w.Deploy(assembled.Stack(t, id)); err != nil {
				t.Fatal(err)
			}
			m := topology.Of(w.Region, id, topology.Options{})
			golden(t, id, m)
			complete(t, m)
		})
	}
}

// Every claim has a path or something that it is about, but those about the stack itself
// and about roles; and what it has is there.
func complete(t *testing.T, m picture.Model) {
	t.Helper()
	things := map[string]bool{}
	for _, v := range m.VPCs {
		things[v.ID] = true
		for _, s := range v.Subnets {
			things[s.ID], things[s.Table.ID] = true, true
			for _, x := range s.Things {
				things[x.ID] = true
			}
		}
		for _, x := range v.Edge {
			things[x.ID] = true
		}
	}
	for _, x := range m.Outside {
		things[x.ID] = true
	}
	for _, c := range m.Claims {
		none := strings.HasSuffix(c.Name, "Granted") || strings.HasSuffix(c.Name, "Trusted") || c.Name == "Last"
		if have := len(c.Paths) + len(c.About); (have == 0) != none {
			t.Errorf("%s: %d paths, about %q", c.Name, len(c.Paths), c.About)
		}
		for _, path := range c.Paths {
			if len(path) < 2 {
				t.Errorf("%s: the path %+v", c.Name, path)
			}
			for _, h := range path {
				if !things[h.ID] {
					t.Errorf("%s: the hop %+v is not in the picture", c.Name, h)
				}
			}
		}
		for _, id := range c.About {
			if !things[id] {
				t.Errorf("%s is about %s, which is not in the picture", c.Name, id)
			}
		}
	}
}

func golden(t *testing.T, name string, m picture.Model) {
	t.Helper()
	got := picture.Draw(m, picture.Options{})
	file := filepath.Join(pictures, name+".svg")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s is not what the lab draws; see the difference with -update", file)
	}
}

// swapped associates the gateway endpoint with the public route table.
func swapped(t templates.Template) {
	for _, r := range t["Resources"].(templates.Object) {
		if r := r.(templates.Object); r["Type"] == "AWS::EC2::VPCEndpoint" {
			r["Properties"].(templates.Object)["RouteTableIds"] = []any{templates.Object{"Ref": "NetworkPublicRouteTableA1610E6C"}}
		}
	}
}

// What failed is drawn as it was before the rollback: the claims that are refuted end at
// what stops their packets.
func TestSnapshotOfAFailure(t *testing.T) {
	t.Parallel()
	const id = assembled.GatewayEndpoint
	var r *region.Region
	snapshots := topology.Snapshots{Options: topology.Options{
		ClaimLink: func(stack, claim string) string { return "/" + stack + "/" + claim },
	}}
	w := deployed.New(t, id, region.Options{OnEvent: func(e cfn.Event) { snapshots.OnEvent(r, e) }})
	r = w.Region
	if err := w.Deploy(assembled.Changed(t, assembled.Stack(t, id), swapped)); err == nil {
		t.Fatal("it deploys")
	}
	info, _ := r.Stack(id)
	m, ok := snapshots.Of(info.ID)
	if !ok {
		t.Fatal("there is no picture of the failure")
	}
	complete(t, m)
	i := slices.IndexFunc(m.Claims, func(c picture.Claim) bool { return c.Name == "PrivateConnects" })
	if i < 0 {
		t.Fatalf("claims %+v", m.Claims)
	}
	c := m.Claims[i]
	if c.State != picture.Refuted || len(c.Paths) != 1 || !strings.HasPrefix(c.Stopped, "no route to 52.219.60.") || c.URL != "/"+info.ID+"/"+c.ID {
		t.Errorf("%+v", c)
	}
	// Which of the name's addresses is tried is chance.
	for i := range m.Claims {
		m.Claims[i].URL, m.Claims[i].Text = "", strings.ReplaceAll(m.Claims[i].Text, "52.219.60.33", "52.219.60.1")
	}
	golden(t, "GatewayEndpoint-broken", m)
	// Of what was rolled back nothing is left, and the next operation forgets the failure.
	if now := topology.Of(r, info.ID, topology.Options{}); len(now.VPCs) != 0 {
		t.Errorf("after the rollback there are %d VPCs", len(now.VPCs))
	}
	if _, err := r.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, ok := snapshots.Of(info.ID); ok {
		t.Error("the picture of the failure is still there")
	}
}
