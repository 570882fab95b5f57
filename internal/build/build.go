// Package build makes the binaries of the verification's Lambda functions.
//
// It compiles them from this module's sources with the local Go toolchain, in
// the context of the app: its go.mod, go.work or vendor folder decides which
// versions are linked, and nothing is fetched that the app does not have. Who
// runs an app where there is no toolchain gives it binaries made before, by
// [Into] (the command lambda/build).
//
// What the functions do is not here (lambda/…), nor how they are deployed
// (constructs/verification).
package build

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"provenendpoints/internal/module"
)

// bootstrapName is the file that Lambda's OS-only runtimes start
// (docs.aws.amazon.com/lambda/latest/dg/runtimes-provided.html).
const bootstrapName = "bootstrap"

// functions are the folders of the functions' packages by the folders of their
// binaries.
var functions = map[string]string{"prober": "lambda/prober", "verifier": "lambda/verifier"}

// Binaries are the folders that hold one bootstrap each.
type Binaries struct{ Prober, Verifier string }

func in(dir string) Binaries {
	return Binaries{Prober: filepath.Join(dir, "prober"), Verifier: filepath.Join(dir, "verifier")}
}

// Functions compiles the binaries for an app that runs in dir, unless it finds
// them in the user's cache (see [os.UserCacheDir]), where it puts them.
//
// The sources are those that the module of dir requires. An app that runs outside
// its module uses the sources that it was itself compiled from, if they are still
// there.
func Functions(dir string) (Binaries, error) {
	source, err := sourceOf(dir)
	if err != nil {
		return Binaries{}, err
	}
	key, err := sourceKey(source)
	if err != nil {
		return Binaries{}, err
	}
	cache := cacheDir()
	defer prune(cache, key)
	target := filepath.Join(cache, key)
	err = compileAll(source, target)
	used(target)
	return in(target), err
}

// Into compiles the binaries for an app that runs in dir, into the folders prober
// and verifier of the target, and replaces what is there.
func Into(target, dir string) error {
	source, err := sourceOf(dir)
	if err != nil {
		return err
	}
	for name := range functions {
		if err := os.RemoveAll(filepath.Join(target, name)); err != nil {
			return err
		}
	}
	return compileAll(source, target)
}

// sourceOf finds a folder in whose module the functions' packages can be
// compiled.
func sourceOf(dir string) (string, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	_, inModule := goCommand(at, "list", "-f", "{{.Dir}}", module.Package(functions["verifier"]))
	if inModule == nil {
		return at, nil
	}
	if errors.Is(inModule, exec.ErrNotFound) {
		return "", fmt.Errorf("%w; without it, %s", inModule, instead)
	}
	own, err := ownSource()
	if err == nil {
		_, err = goCommand(own, "list", "-f", "{{.Dir}}", module.Package(functions["verifier"]))
	}
	if err != nil {
		return "", fmt.Errorf("%s is in no module that has the packages of the functions: %w; run the app in its module, or %s", at, inModule, instead)
	}
	return own, nil
}

// instead is what a person can do where nothing can be compiled.
var instead = "give it binaries made by `go run " + module.Package("lambda/build") + " DIR`, with the context functions=DIR"

// ownSource is the folder of this module that the running program was compiled
// from. A program that was compiled with -trimpath does not know it.
func ownSource() (string, error) {
	_, file, _, _ := runtime.Caller(0)
	root := filepath.Dir(filepath.Dir(filepath.Dir(file)))
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return "", err
	}
	return root, nil
}

func compileAll(source, target string) error {
	var group errgroup.Group
	for name, folder := range functions {
		group.Go(func() error { return compile(source, module.Package(folder), filepath.Join(target, name)) })
	}
	return group.Wait()
}

// compile makes the directory with a package's bootstrap in it. It renames the
// finished file, so another process never finds an incomplete one.
func compile(source, pkg, dir string) error {
	file := filepath.Join(dir, bootstrapName)
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	made := fmt.Sprintf("%s.%d", dir, os.Getpid())
	defer os.Remove(made)
	made, err := filepath.Abs(made)
	if err != nil {
		return err
	}
	args := slices.Concat([]string{"build", "-o", made}, buildFlags, []string{pkg})
	if _, err := goCommand(source, args...); err != nil {
		return err
	}
	// A zip records the mode. Lambda's user must be able to read and run the file.
	if err := os.Chmod(made, 0o755); err != nil {
		return err
	}
	return os.Rename(made, file)
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
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, strings.TrimSpace(string(failed.Stderr)))
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
