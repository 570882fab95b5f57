package reach

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
)

// dropped finds the reasons that the network gives, where they are written in full.
var dropped = regexp.MustCompile(`\.Drop\([^"\n]*, "([^"]+)"\)`)

// balancing are the reasons of load balancers, which are not written at the drop.
var balancing = []string{"no listener", "no target", "no free port", "security group, ingress through PrivateLink"}

// wordless are reasons that stand for themselves: packets that no assembly of
// anybody's can send.
var wordless = []string{"interface is gone", "no such path", "not the sender's address", "network ACL, answer through a load balancer", "not for an endpoint"}

// Every reason for which the network drops a packet has its words.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	r, err := region.New(region.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	s := New(r, "")
	found := 0
	for _, folder := range []string{"vpc", "elb", "privatelink", "firewall", "route53"} {
		files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range dropped.FindAllStringSubmatch(string(text), -1) {
				found++
				got := s.explain(vpc.Transmission{Drop: vpc.Drop{At: "x-1", Reason: m[1]}})
				if raw := strings.HasPrefix(got, "dropped at"); raw != slices.Contains(wordless, m[1]) {
					t.Errorf("%s: %q is %q", file, m[1], got)
				}
			}
		}
	}
	for _, reason := range balancing {
		if got := s.explain(vpc.Transmission{Drop: vpc.Drop{At: "x-1", Reason: reason}}); strings.HasPrefix(got, "dropped at") {
			t.Errorf("%q is %q", reason, got)
		}
	}
	if found < 30 {
		t.Errorf("%d reasons were found: they are written otherwise now", found)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
