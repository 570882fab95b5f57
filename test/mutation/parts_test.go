package mutation

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/test/assembled"
)

var (
	part      = flag.String("part", "", "deploy only part K of N of the mutants, given as K/N, and write the outcomes to -outcomes; for the test itself")
	outcomeTo = flag.String("outcomes", "", "the file for the outcomes of -part")
	processes = flag.Int("processes", 4*runtime.GOMAXPROCS(0), "how many processes deploy all mutants")
)

// judgeInParts deploys all mutants of a test in several processes. The clock of a lab skips
// only when everything in its process waits, so labs in one process wait for each
// other.
func judgeInParts(t *testing.T, test, id string, ms []Mutant) []Judged {
	t.Helper()
	dir := t.TempDir()
	parts := make([][]Judged, *processes)
	var running sync.WaitGroup
	for k := range parts {
		file := filepath.Join(dir, fmt.Sprint(k))
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$/^"+id+"$", "-test.timeout=0",
			"-only="+*only, fmt.Sprint("-pairs=", *pairs), fmt.Sprintf("-part=%d/%d", k, len(parts)), "-outcomes="+file)
		child.Env = append(os.Environ(), assembled.Given+"="+assembled.Dir(t), "GOMAXPROCS=1")
		running.Go(func() {
			output, failed := child.CombinedOutput()
			data, err := os.ReadFile(file)
			if err == nil {
				err = json.Unmarshal(data, &parts[k])
			}
			if err := errors.Join(failed, err); err != nil {
				t.Errorf("part %d: %v\n%s", k, err, output)
			}
		})
	}
	running.Wait()
	byName := map[string]Judged{}
	for _, outcomes := range parts {
		for _, o := range outcomes {
			byName[o.Mutant] = o
		}
	}
	var out []Judged
	for _, m := range ms {
		if o, ok := byName[m.Name]; ok {
			out = append(out, o)
		} else if !t.Failed() {
			t.Errorf("no part has %q", m.Name)
		}
	}
	return out
}

// judgePart deploys the mutants of -part, and writes what became of them.
func judgePart(t *testing.T, ms []Mutant) {
	t.Helper()
	var k, n int
	if _, err := fmt.Sscanf(*part, "%d/%d", &k, &n); err != nil || k < 0 || k >= n {
		t.Fatalf("-part %q is not K/N with K from 0 to N-1", *part)
	}
	// Mutants with the same edit stay together.
	var own []Mutant
	edits := map[string]int{}
	for _, m := range ms {
		if _, ok := edits[m.Edit]; !ok {
			edits[m.Edit] = len(edits)
		}
		if edits[m.Edit]%n == k {
			own = append(own, m)
		}
	}
	data, err := json.Marshal(judgeAll(t, own))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(*outcomeTo, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// judgeAll deploys mutants, and each edit once more for the oracle.
func judgeAll(t *testing.T, ms []Mutant) []Judged {
	t.Helper()
	var edits [][]int // indexes of mutants with the same edit
	index := map[string]int{}
	for i, m := range ms {
		n, ok := index[m.Edit]
		if !ok {
			n = len(edits)
			index[m.Edit] = n
			edits = append(edits, nil)
		}
		edits[n] = append(edits[n], i)
	}
	out := make([]Judged, len(ms))
	next := make(chan []int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for group := range next {
				if err := judgeEdit(t.Context(), ms, group, out); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, group := range edits {
		next <- group
	}
	close(next)
	workers.Wait()
	return out
}

// judgeEdit judges the mutants of one edit. The oracle is asked once, and only if
// a mutant's class depends on it.
func judgeEdit(ctx context.Context, ms []Mutant, group []int, out []Judged) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	askEdit := sync.OnceValues(func() (seen, error) { return ask(ctx, ms[group[0]]) })
	for _, i := range group {
		o, err := Deploy(ctx, ms[i])
		if err != nil {
			return err
		}
		if out[i], err = judge(ms[i], o, askEdit); err != nil {
			return err
		}
		class := out[i].Class
		if ms[i].Halves == nil || class != Harmful && class != Strict {
			continue
		}
		pair, err := askEdit()
		if err != nil {
			return err
		}
		out[i].Because, err = because(ms[i], class, pair, func(h Half) (seen, error) {
			return ask(ctx, Mutant{Name: h.Mutant, Stack: h.Stack})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
