package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"provenendpoints/internal/module"
	"provenendpoints/internal/test/checkout"
)

// documented is the command as CONTRIBUTING.md gives it.
var documented = regexp.MustCompile(`(?m)^\$ (go run \./internal/rename (\S+))`)

// The documented command, run on a copy of the repository, leaves a module that
// vets under its new path, synthesizes the same templates and runs in the lab.
func TestRename(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the module under another path")
	}
	t.Parallel()
	contributing, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	command := documented.FindStringSubmatch(string(contributing))
	if command == nil {
		t.Fatalf("CONTRIBUTING.md does not say how to rename the module: no line like %s", documented)
	}
	dir := t.TempDir()
	checkout.Copy(t, "../..", dir)
	checkout.Run(t, dir, strings.Fields(command[1])...)

	if got := checkout.Run(t, dir, "go", "list", "-m"); got != command[2] {
		t.Errorf("the module is %s, want %s", got, command[2])
	}
	nothingLeft(t, dir)
	if unformatted := checkout.Run(t, dir, "gofmt", "-l", "."); unformatted != "" {
		t.Errorf("not formatted:\n%s", unformatted)
	}
	checkout.Run(t, dir, "go", "vet", "./...")
	out := checkout.Run(t, dir, "go", "test", "-count=1", "-v", "-run=^(TestSnapshots|TestImports)$", "./test")
	for _, test := range []string{"TestSnapshots", "TestImports"} {
		if !strings.Contains(out, "--- PASS: "+test+" ") {
			t.Errorf("%s did not run:\n%s", test, out)
		}
	}
	checkout.Run(t, dir, "go", "test", "-count=1", "./internal/module")
	if out := checkout.Run(t, dir, "go", "run", "./lab", "GatewayEndpoint"); !strings.Contains(out, "CREATE_COMPLETE") {
		t.Errorf("the lab printed\n%s", out)
	}
}

// nothingLeft fails for each file that still names a package by its old path.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	old := []byte(module.Path() + "/")
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, old) {
			t.Errorf("%s still says %s", strings.TrimPrefix(path, dir), old)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRenameImports(t *testing.T) {
	t.Parallel()
	const source = `// Package x says "old.test/m/a".
package x

import (
	"fmt"

	"a.test/b"
	. "old.test/m" // the root
	named "old.test/m/a"
	"old.test/more"
)

var _ = fmt.Sprint(named.X, b.X, more.X, "old.test/m/a")
`
	const want = `// Package x says "old.test/m/a".
package x

import (
	"fmt"

	. "a.new.test/n" // the root
	named "a.new.test/n/a"
	"a.test/b"
	"old.test/more"
)

var _ = fmt.Sprint(named.X, b.X, more.X, "old.test/m/a")
`
	got, err := renameImports("x.go", []byte(source), "old.test/m", "a.new.test/n")
	if err != nil || string(got) != want {
		t.Errorf("error %v, got\n%s", err, got)
	}
	if _, err := renameImports("x.go", []byte("package"), "old.test/m", "a.new.test/n"); err == nil {
		t.Error("a file that cannot be parsed is no error")
	}
}
