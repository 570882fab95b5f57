package verification

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/module"
)

// The same source gives the same bytes, from whatever folder it is compiled, and
// Lambda's runtime for Graviton can start them.
func TestBootstrapIsReproducible(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	var files [2]string
	for i, from := range []string{root, filepath.Join(root, "constructs")} {
		dir := filepath.Join(t.TempDir(), "prober")
		if err := compile(from, proberPackage, dir); err != nil {
			t.Fatal(err)
		}
		files[i] = filepath.Join(dir, bootstrapName)
	}
	if first, second := readFile(t, files[0]), readFile(t, files[1]); !bytes.Equal(first, second) {
		t.Error("compiled twice, the binaries differ")
	}

	binary, err := elf.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer binary.Close()
	if binary.Machine != elf.EM_AARCH64 {
		t.Errorf("for %s, want Graviton", binary.Machine)
	}
	if libraries, _ := binary.ImportedLibraries(); len(libraries) > 0 || binary.Section(".interp") != nil {
		t.Errorf("links with %q, want a static binary", libraries)
	}
	info, err := buildinfo.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if info.Path != proberPackage {
		t.Errorf("made from %s, want %s", info.Path, proberPackage)
	}
	if mode := stat(t, files[0]).Mode().Perm(); mode != 0o755 {
		t.Errorf("mode %o, want one that lets Lambda's user run it", mode)
	}
}

// A second build finds the files of the first and does not change them.
func TestBuildIsCached(t *testing.T) {
	t.Parallel()
	first, err := build(".")
	if err != nil {
		t.Fatal(err)
	}
	before := stat(t, filepath.Join(first.verifier, bootstrapName)).ModTime()
	second, err := build(".")
	if err != nil {
		t.Fatal(err)
	}
	if first != second {
		t.Errorf("built in %v, then in %v", first, second)
	}
	if after := stat(t, filepath.Join(second.verifier, bootstrapName)).ModTime(); !after.Equal(before) {
		t.Error("compiled again though nothing had changed")
	}
	for _, dir := range []string{first.prober, first.verifier} {
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("%s holds %d files (%v), want bootstrap alone", dir, len(entries), err)
		}
	}
}

func TestPruneKeepsTheNewest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, name := range []string{"oldest", "old", "current", "a", "b", "c"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		made := time.Unix(int64(i), 0)
		if err := os.Chtimes(filepath.Join(dir, name), made, made); err != nil {
			t.Fatal(err)
		}
	}
	prune(dir, "current")
	var left []string
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		left = append(left, entry.Name())
	}
	if want := []string{"a", "b", "c", "current"}; !slices.Equal(left, want) {
		t.Errorf("left %q, want %q", left, want)
	}
}

func TestHashPackage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(content string) {
		if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hash := func(line string) string {
		var sum bytes.Buffer
		if err := hashPackage(&sum, line); err != nil {
			t.Fatal(err)
		}
		return sum.String()
	}
	own := module.Package("x") + "\t\t" + dir + "\ta.go\t\n"
	write("one")
	one := hash(own)
	write("two")
	if two := hash(own); one == two {
		t.Error("a changed file of the module does not change the key")
	}
	if dependency := hash("example.test/x\tv1.2.3\t" + dir + "\tgone.go\t\n"); !strings.Contains(dependency, "v1.2.3") {
		t.Errorf("a dependency gives %q, want its version", dependency)
	}
	if err := hashPackage(&bytes.Buffer{}, module.Package("x")+"\t\t"+dir+"\tgone.go\t\n"); err == nil {
		t.Error("a missing file gives no error")
	}
}

func TestModuleRootNeedsAModule(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := moduleRoot(dir); err == nil || !strings.Contains(err.Error(), "run the app inside its module") {
		t.Errorf("got %v", err)
	}
}

func TestModuleFlags(t *testing.T) {
	t.Parallel()
	if got := moduleFlags("-race -mod=vendor -tags=x -modfile=y.mod"); got != "-mod=vendor -modfile=y.mod" {
		t.Errorf("kept %q", got)
	}
}

func readFile(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func stat(t *testing.T, file string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
