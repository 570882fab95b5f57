package functions_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"provenendpoints/internal/lab/functions"
)

// build compiles a Go program with the flags of a Lambda asset, into
// dir/bootstrap.
func build(t *testing.T, dir, module, source string) {
	t.Helper()
	src := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module " + module + "\n", "main.go": source} {
		if err := os.WriteFile(filepath.Join(src, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", filepath.Join(dir, "bootstrap"))
	cmd.Dir = src
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// TestFindReadsTheMainPackage runs before the parallel tests: while it waits for
// the compiler, their clocks would skip ahead for years.
func TestFindReadsTheMainPackage(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, "example.test/known", "package main\nfunc main() {}\n")
	programs := functions.Programs{"example.test/known": handler(func() {})}
	if p, err := programs.Find(dir, "arm64"); err != nil || p == nil {
		t.Errorf("program %v, error %v", p != nil, err)
	}
	_, err := programs.Find(dir, "amd64")
	if want := "function code is built for arm64, but the function runs on amd64"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	other := functions.Programs{"example.test/a": nil, "example.test/b": nil}
	_, err = other.Find(dir, "arm64")
	want := "function code is built from example.test/known, which the lab cannot run: it runs example.test/a, example.test/b"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestFindRefusesForeignCode(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"index.js":  "no executable named bootstrap",
		"bootstrap": "not a Go binary",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, file), []byte("#!/bin/sh\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := (functions.Programs{}).Find(dir, "arm64"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
}
