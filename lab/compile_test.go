package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// module writes a small module, whose command prints a text.
func module(t *testing.T, text string) synthesizer {
	t.Helper()
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	s := synthesizer{Module: t.TempDir(), Work: t.TempDir()}
	write(t, filepath.Join(s.Module, "go.mod"), "module example.test/app\n\ngo 1.26\n")
	write(t, filepath.Join(s.Module, "main.go"), "package main\n\nfunc main() { println("+text+") }\n")
	return s
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The binary is kept, and is not linked again as long as nothing has changed.
func TestBinaryIsKept(t *testing.T) {
	s := module(t, `"one"`)
	packages := 0
	compile := func() os.FileInfo {
		t.Helper()
		packages = 0
		if err := s.build(t.Context(), s.keptBinary(), func(n int) { packages = n }); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(s.keptBinary())
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	first := compile()
	if packages == 0 {
		t.Error("no package was compiled")
	}
	if again := compile(); !os.SameFile(first, again) || packages > 0 {
		t.Errorf("compiled again though nothing had changed: %d packages", packages)
	}
	own := filepath.Join(s.Work, "app")
	if err := link(s.keptBinary(), own); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(s.Module, "main.go"), "package main\n\nfunc main() { println(\"another\") }\n")
	compile()
	if packages != 1 {
		t.Errorf("%d packages were compiled, want the one that has changed", packages)
	}
	after, err := os.ReadFile(own)
	if err != nil || string(before) != string(after) {
		t.Errorf("the binary that is in use has changed: %v", err)
	}
}

// What the compiler says is the error, without the packages that were compiled.
func TestBuildFails(t *testing.T) {
	s := module(t, `undefined`)
	err := s.build(t.Context(), s.keptBinary(), func(int) {})
	if err == nil || !strings.Contains(err.Error(), "undefined: undefined") || strings.Contains(err.Error(), "internal/cpu\n") {
		t.Errorf("error %v", err)
	}
}

func TestOldBinariesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"a", "b", "c", "d", "e", "f"} {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		used := time.Unix(int64(i), 0)
		if err := os.Chtimes(path, used, used); err != nil {
			t.Fatal(err)
		}
	}
	removeOld(dir)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != keptBinaries || filepath.Base(left[0]) != "c" {
		t.Errorf("left %v, %v", left, err)
	}
}
