package build

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
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
	root, err := ownSource()
	if err != nil {
		t.Fatal(err)
	}
	var files [2]string
	for i, from := range []string{root, filepath.Join(root, "constructs")} {
		dir := filepath.Join(t.TempDir(), "prober")
		if err := compile(from, module.Package("lambda/prober"), dir); err != nil {
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
	if info.Path != module.Package("lambda/prober") {
		t.Errorf("made from %s, want lambda/prober", info.Path)
	}
	if mode := stat(t, files[0]).Mode().Perm(); mode != 0o755 {
		t.Errorf("mode %o, want one that lets Lambda's user run it", mode)
	}
}

// A second build finds the files of the first and does not change them.
func TestBuildIsCached(t *testing.T) {
	t.Parallel()
	first, err := Functions(".")
	if err != nil {
		t.Fatal(err)
	}
	before := stat(t, filepath.Join(first.Verifier, bootstrapName)).ModTime()
	second, err := Functions(".")
	if err != nil {
		t.Fatal(err)
	}
	if first != second {
		t.Errorf("built in %v, then in %v", first, second)
	}
	if after := stat(t, filepath.Join(second.Verifier, bootstrapName)).ModTime(); !after.Equal(before) {
		t.Error("compiled again though nothing had changed")
	}
	for _, dir := range []string{first.Prober, first.Verifier} {
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("%s holds %d files (%v), want bootstrap alone", dir, len(entries), err)
		}
	}
}

func TestPruneKeepsTheNewest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	names := append([]string{"oldest", "old", "current"}, strings.Split("abcdefgh", "")...)
	for i, name := range names {
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
	if want := append(strings.Split("abc", ""), "current", "d", "e", "f", "g", "h"); !slices.Equal(left, want) {
		t.Errorf("left %q, want %q", left, want)
	}
}

// What was used just now stays, however many there are: another process may be about to read it.
func TestPruneKeepsWhatIsInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range strings.Split("abcdefghijkl", "") {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		long := time.Unix(0, 0)
		if err := os.Chtimes(filepath.Join(dir, name), long, long); err != nil {
			t.Fatal(err)
		}
		used(filepath.Join(dir, name))
	}
	prune(dir, "current")
	if entries, _ := os.ReadDir(dir); len(entries) != 12 {
		t.Errorf("%d of 12 builds in use are left", len(entries))
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

// Outside every module, the sources are those that this very program was compiled
// from.
func TestSourceOutsideEveryModule(t *testing.T) {
	t.Parallel()
	source, err := sourceOf(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(source, "go.mod")); err != nil {
		t.Error(err)
	}
}

// Without a toolchain, the error says what to do instead.
func TestSourceWithoutToolchain(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := sourceOf(".")
	want := "the Go toolchain must be in PATH); without it, give it binaries made by `go run " + module.Package("lambda/build") + " DIR`, with the context functions=DIR"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What was built before serves, and nothing else does.
func TestPrebuilt(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "dist")
	if err := Into(dir, "."); err != nil {
		t.Fatal(err)
	}
	built, err := Prebuilt(dir)
	if want := (Binaries{filepath.Join(dir, "prober"), filepath.Join(dir, "verifier")}); err != nil || built != want {
		t.Fatalf("got %v, %v, want %v", built, err, want)
	}
	if err := Into(dir, "."); err != nil {
		t.Errorf("the second time: %v", err)
	}
	prober, verifier := filepath.Join(dir, "prober", bootstrapName), filepath.Join(dir, "verifier", bootstrapName)
	for name, test := range map[string]struct {
		spoil func() error
		want  string
	}{
		"not executable": {func() error { return os.Chmod(prober, 0o644) }, "must be executable"},
		"the other one":  {func() error { return os.WriteFile(prober, readFile(t, verifier), 0o755) }, "must be made from " + module.Package("lambda/prober") + ", got " + module.Package("lambda/verifier")},
		"no program":     {func() error { return os.WriteFile(prober, []byte("x"), 0o755) }, "no binary of " + module.Package("lambda/prober")},
		"nothing":        {func() error { return os.RemoveAll(filepath.Dir(prober)) }, "no binary of " + module.Package("lambda/prober")},
	} {
		good := readFile(t, prober)
		if err := test.spoil(); err != nil {
			t.Fatal(err)
		}
		if _, err := Prebuilt(dir); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "make it by `go run ") {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(prober), 0o755), os.RemoveAll(prober), os.WriteFile(prober, good, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	// One for the machine of whoever builds it would not start on Lambda.
	command := exec.Command("go", "build", "-o", prober, module.Package("lambda/prober"))
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64", "GOOS=linux")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := Prebuilt(dir); err == nil || !strings.Contains(err.Error(), "GOARCH must be arm64, got amd64") {
		t.Errorf("another architecture: got %v", err)
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
