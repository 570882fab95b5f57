package code

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

var (
	all  = flag.Bool("mutants", false, "run the tests of proof with every mutant of it")
	only = flag.String("only", "", "with -mutants: only those whose name contains this")
	dir  = flag.String("package", proof, "with -mutants: the folder of another package, all of whose survivors are told of")
	log  = flag.String("log", "", "with -mutants: a file that each mutant's fate is appended to, and that says which have been run already")
)

const proof = "../../../proof"

// TestSurvivorsAreExplained holds the list of survivors against the source:
// each is still one of its mutants, and each has a reason.
func TestSurvivorsAreExplained(t *testing.T) {
	t.Parallel()
	ms, err := Mutants(proof)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range ms {
		if known[m.Name] {
			t.Errorf("two mutants are called %q", m.Name)
		}
		known[m.Name] = true
	}
	survivors := read(t)
	for name, reason := range survivors {
		if !known[name] {
			t.Errorf("there is no mutant %q any more: take it out of the list, and run its successors with -mutants", name)
		}
		if reason == "" {
			t.Errorf("nothing explains why %q survives", name)
		}
	}
	t.Logf("%d mutants, %d are known to survive", len(ms), len(survivors))
}

// TestMutants runs proof's tests with each mutant. It takes 40 minutes of two
// processors and is therefore asked for:
//
//	go test ./test/mutation/code -mutants -timeout 4h
func TestMutants(t *testing.T) {
	if !*all {
		t.Skip("not asked for with -mutants")
	}
	ms, err := Mutants(*dir)
	if err != nil {
		t.Fatal(err)
	}
	done := fates(t)
	survivors := map[string]string{}
	if *dir == proof {
		survivors = read(t)
	}
	ms = slices.DeleteFunc(ms, func(m Mutant) bool { return !strings.Contains(m.Name, *only) })
	runner, err := NewRunner(t.Context(), *dir, ms, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d mutants, %d of them in one program", len(ms), runner.Switched())
	count := map[Fate]int{}
	var mu sync.Mutex
	judge := func(m Mutant, fate Fate) {
		mu.Lock()
		defer mu.Unlock()
		count[fate]++
		if _, listed := survivors[m.Name]; listed != (fate == Survived) {
			t.Errorf("%s:%d: %s: %s", m.File, m.Line, fate, m.Name)
		}
		if *log == "" || done[m.Name] != "" {
			return
		}
		f, err := os.OpenFile(*log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		fmt.Fprintf(f, "%s\t%s\n", fate, m.Name)
	}
	queue := make(chan Mutant)
	var workers sync.WaitGroup
	for range 2 * runtime.NumCPU() { // some wait
		work := t.TempDir()
		workers.Go(func() {
			for m := range queue {
				fate, err := runner.Run(t.Context(), m, work)
				if err != nil {
					t.Errorf("%s: %v", m.Name, err)
					continue
				}
				judge(m, fate)
			}
		})
	}
	for _, m := range ms {
		switch {
		case done[m.Name] != "":
			judge(m, done[m.Name])
		default:
			queue <- m
		}
	}
	close(queue)
	workers.Wait()
	t.Logf("%d killed, %d survived, %d do not compile", count[Killed], count[Survived], count[Invalid])
}

// fates are those of the log.
func fates(t *testing.T) map[string]Fate {
	t.Helper()
	fates := map[string]Fate{}
	if *log == "" {
		return fates
	}
	text, err := os.ReadFile(*log)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fate, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		fates[name] = Fate(fate)
	}
	return fates
}

// read returns the survivors of proof with their reasons. A line that begins
// with # is the reason for the lines that follow.
func read(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "proof.txt"))
	if err != nil {
		t.Fatal(err)
	}
	reason, survivors := "", map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			reason = ""
		case strings.HasPrefix(line, "#"):
			reason = strings.TrimSpace(reason + " " + strings.TrimSpace(line[1:]))
		default:
			survivors[line] = reason
		}
	}
	return survivors
}
