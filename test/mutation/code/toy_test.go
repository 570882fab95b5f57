package code

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/toy.txt anew")

// TestToy runs all mutants of a toy: those that its tests cannot tell apart
// survive, the others do not. Whether a mutant is switched on or compiled by
// itself makes no difference.
func TestToy(t *testing.T) {
	t.Parallel()
	toy := filepath.Join("testdata", "toy")
	ms, err := Mutants(toy)
	if err != nil {
		t.Fatal(err)
	}
	together, err := NewRunner(t.Context(), toy, ms, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if together.Switched() == 0 || together.Switched() == len(ms) {
		t.Errorf("%d of %d are switched, want some and not all", together.Switched(), len(ms))
	}
	alone := *together
	alone.keys = nil
	lines := make([]string, len(ms))
	var all sync.WaitGroup
	free := make(chan struct{}, runtime.NumCPU())
	for i, m := range ms {
		work := t.TempDir()
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			fate, err := together.Run(t.Context(), m, work)
			if err != nil {
				t.Error(err)
			}
			if together.keys[m.Name] != "" {
				again, err := alone.Run(t.Context(), m, work)
				if err != nil || again != fate {
					t.Errorf("%s: switched on %s, compiled by itself %s, %v", m.Name, fate, again, err)
				}
			}
			lines[i] = fmt.Sprintf("%-8s  %s\n", fate, m.Name)
		})
	}
	all.Wait()
	golden := filepath.Join("testdata", "toy.txt")
	got := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNoMutants(t *testing.T) {
	t.Parallel()
	if _, err := Mutants(t.TempDir()); err == nil {
		t.Error("no error for a folder without Go files")
	}
}
