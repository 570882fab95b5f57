package verification

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"provenendpoints/internal/module"
)

// bootstrapName is the file that Lambda's OS-only runtimes start
// (docs.aws.amazon.com/lambda/latest/dg/runtimes-provided.html).
const bootstrapName = "bootstrap"

// The packages of the functions' binaries.
var (
	proberPackage   = module.Package("lambda/prober")
	verifierPackage = module.Package("lambda/verifier")
)

// buildFlags make builds reproducible on any machine: no path, no version control,
// no build id, no symbols. lambda.norpc leaves out the
// protocol of the old go1.x runtime.
var buildFlags = []string{
	"-trimpath", "-buildvcs=false", "-tags=lambda.norpc", "-ldflags=-s -w -buildid=",
}

// targetEnv selects what the binaries run on: static, for Graviton.
var targetEnv = []string{"GOOS=linux", "GOARCH=arm64", "GOARM64=v8.0", "CGO_ENABLED=0", "GOEXPERIMENT="}

// binaries are the directories that hold one bootstrap each.
type binaries struct{ prober, verifier string }

// bootstraps compiles the functions' binaries, once per process. It panics if it
// cannot: constructors have no other way to fail.
var bootstraps = sync.OnceValue(func() binaries {
	built, err := build(".")
	if err != nil {
		panic(fmt.Errorf("compiling the verification's functions: %w", err))
	}
	return built
})

// build compiles both binaries with the local Go toolchain, in the module that
// contains dir, unless they exist. They are in the module's .build folder, under a
// name derived from their sources.
func build(dir string) (binaries, error) {
	root, err := moduleRoot(dir)
	if err != nil {
		return binaries{}, err
	}
	key, err := sourceKey(root)
	if err != nil {
		return binaries{}, err
	}
	cache := filepath.Join(root, ".build", key)
	defer prune(filepath.Dir(cache), key)
	built := binaries{prober: filepath.Join(cache, "prober"), verifier: filepath.Join(cache, "verifier")}
	var group errgroup.Group
	group.Go(func() error { return compile(root, proberPackage, built.prober) })
	group.Go(func() error { return compile(root, verifierPackage, built.verifier) })
	return built, group.Wait()
}

// keptBuilds is how many older builds stay, for other processes that read them.
const keptBuilds = 3

// prune removes all but the newest builds. What cannot be removed stays.
func prune(dir, current string) {
	type build struct {
		name string
		made time.Time
	}
	entries, _ := os.ReadDir(dir)
	var old []build
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && entry.IsDir() && entry.Name() != current {
			old = append(old, build{entry.Name(), info.ModTime()})
		}
	}
	slices.SortFunc(old, func(a, b build) int { return b.made.Compare(a.made) })
	for i := keptBuilds; i < len(old); i++ {
		os.RemoveAll(filepath.Join(dir, old[i].name))
	}
}

// moduleRoot finds the module that dir belongs to: the app's own, which
// requires this one or is it.
func moduleRoot(dir string) (string, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for ; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no go.mod in %s or above: run the app inside its module", dir)
		}
	}
}

// compile makes the directory with a package's bootstrap in it. It renames the
// finished file, so another process never finds an incomplete one.
func compile(root, pkg, dir string) error {
	file := filepath.Join(dir, bootstrapName)
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	made := fmt.Sprintf("%s.%d", dir, os.Getpid())
	defer os.Remove(made)
	args := slices.Concat([]string{"build", "-o", made}, buildFlags, []string{pkg})
	if _, err := goCommand(root, args...); err != nil {
		return err
	}
	// A zip records the mode. Lambda's user must be able to read and run the file.
	if err := os.Chmod(made, 0o755); err != nil {
		return err
	}
	return os.Rename(made, file)
}

// sourceKey is a hash of everything that the binaries depend on: toolchain, flags,
// the module's own files, and the versions of modules that the checksum
// database vouches for.
func sourceKey(root string) (string, error) {
	var version, listing string
	var group errgroup.Group
	group.Go(func() (err error) { version, err = goCommand(root, "env", "GOVERSION"); return })
	group.Go(func() (err error) {
		// A module with a version, and not replaced, has immutable content.
		const format = `{{if not .Standard}}{{.ImportPath}}	` +
			`{{with .Module}}{{if and .Version (not .Replace)}}{{.Version}}{{end}}{{end}}	` +
			`{{.Dir}}	{{range .GoFiles}}{{.}}	{{end}}{{range .SFiles}}{{.}}	{{end}}{{range .EmbedFiles}}{{.}}	{{end}}{{end}}`
		listing, err = goCommand(root, "list", "-deps", "-tags=lambda.norpc", "-f", format, proberPackage, verifierPackage)
		return
	})
	if err := group.Wait(); err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, version, buildFlags, targetEnv)
	for line := range strings.Lines(listing) {
		if err := hashPackage(sum, line); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// hashPackage adds a line of sourceKey's listing: path, version, directory, files.
func hashPackage(sum io.Writer, line string) error {
	fields := strings.Split(strings.TrimSpace(line), "\t")
	if len(fields) < 3 {
		return nil
	}
	path, version, dir := fields[0], fields[1], fields[2]
	fmt.Fprintln(sum, path, version)
	if version != "" {
		return nil
	}
	for _, name := range fields[3:] {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		fmt.Fprintln(sum, name, len(content))
		_, _ = sum.Write(content) // a hash never fails
	}
	return nil
}

// goCommand runs the Go tool for the target and returns what it prints.
func goCommand(dir string, args ...string) (string, error) {
	command := exec.Command("go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), targetEnv...)
	command.Env = append(command.Env, "GOFLAGS="+moduleFlags(os.Getenv("GOFLAGS")))
	out, err := command.Output()
	if err == nil {
		return string(out), nil
	}
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, failed.Stderr)
	}
	return "", fmt.Errorf("go %s: %w (the Go toolchain must be in PATH)", args[0], err)
}

// moduleFlags keeps the flags of GOFLAGS that select where modules come from.
// Others, such as -race, would change the binaries.
func moduleFlags(flags string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(flags), func(flag string) bool {
		return !strings.HasPrefix(flag, "-mod")
	}), " ")
}
