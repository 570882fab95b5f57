// Package assembled gives tests the application's assembly, synthesized by the
// application itself in a process of its own, if a test asks for it: once for all test
// binaries, until the sources change. The tests that use it need no CDK of their own.
package assembled

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/build"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
)

// The stacks of the application, by the names that people type.
const (
	GatewayEndpoint             = "GatewayEndpoint"
	InterfaceEndpoint           = "InterfaceEndpoint"
	InterfaceEndpointPrivateDNS = "InterfaceEndpointPrivateDns"
	EndpointService             = "EndpointService"
)

// Scenarios are all stacks of the application.
var Scenarios = []string{GatewayEndpoint, InterfaceEndpoint, InterfaceEndpointPrivateDNS, EndpointService}

// Given is the environment variable that names an assembly which is synthesized
// already, to save the seconds that it takes.
const Given = "LAB_TEST_ASSEMBLY"

var work struct {
	sync.Mutex
	dirs []string
}

// Main runs the tests of a binary and removes assemblies behind them that could not be
// kept. Call it from TestMain and exit with what it returns.
func Main(m *testing.M) int {
	code := m.Run()
	work.Lock()
	defer work.Unlock()
	for _, dir := range work.dirs {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	return code
}

// Assembly returns the application's assembly.
func Assembly(t testing.TB) cfn.Assembly {
	t.Helper()
	a, err := assembly()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Stack returns a stack of the application.
func Stack(t testing.TB, id string) cfn.Stack {
	t.Helper()
	s, ok := Assembly(t).Stack(id)
	if !ok {
		t.Fatalf("the application has no stack %s", id)
	}
	return s
}

var assembly = sync.OnceValues(func() (cfn.Assembly, error) {
	dir, err := directory()
	if err != nil {
		return cfn.Assembly{}, err
	}
	return cfn.ReadAssembly(dir)
})

// directory is where the assembly is.
var directory = sync.OnceValues(func() (string, error) {
	if dir := os.Getenv(Given); dir != "" {
		return dir, nil
	}
	return synthesize()
})

// Dir returns the directory of the application's assembly, for another process
// that is to be given it.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := directory()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Scheduled returns a stack of the application whose proof goes on after the deployment, with
// so much time between two runs, and on changes.
func Scheduled(t testing.TB, id string, every time.Duration) cfn.Stack {
	t.Helper()
	return With(t, id, map[string]string{"schedule": every.String()})
}

// With returns a stack of the application as it is with more context, as if by `cdk -c`.
func With(t testing.TB, id string, context map[string]string) cfn.Stack {
	t.Helper()
	given, err := json.Marshal(context)
	if err != nil {
		t.Fatal(err)
	}
	made, _ := withContext.LoadOrStore(string(given), sync.OnceValues(func() (cfn.Assembly, error) {
		dir, err := synthesize("CDK_CONTEXT_JSON=" + string(given))
		if err != nil {
			return cfn.Assembly{}, err
		}
		return cfn.ReadAssembly(dir)
	}))
	a, err := made.(func() (cfn.Assembly, error))()
	if err != nil {
		t.Fatal(err)
	}
	s, ok := a.Stack(id)
	if !ok {
		t.Fatalf("the application has no stack %s", id)
	}
	return s
}

// withContext are the assemblies by their context.
var withContext sync.Map

// synthesize compiles and runs the application, in an environment with more. What another
// test binary has synthesized of the same sources, in the same environment, is taken from
// the user's cache.
// This process idles meanwhile: without a hold, the clock of a lab that is there already
// would skip centuries.
func synthesize(environment ...string) (string, error) {
	defer clock.Hold()()
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		return "", errors.New("node is not on the PATH: CDK needs it to synthesize")
	}
	root := filepath.Dir(strings.TrimSpace(string(mod)))
	cache, err := cacheDir(root)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(cache, "app")
	if err := run(root, nil, "go", "build", "-o", binary, "."); err != nil {
		return "", fmt.Errorf("compile the application: %w", err)
	}
	key, err := keyOf(root, binary, environment)
	if err != nil {
		return "", err
	}
	kept := filepath.Join(cache, key)
	if _, err := os.Stat(filepath.Join(kept, "manifest.json")); err == nil {
		now := time.Now()
		_ = os.Chtimes(kept, now, now) // it was used
		return kept, nil
	}
	made, err := os.MkdirTemp(cache, "making-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(made)
	out := filepath.Join(made, "cdk.out")
	environment = append([]string{"CDK_OUTDIR=" + out, "CDK_VALIDATION=false", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20"}, environment...)
	if err := run(root, environment, binary); err != nil {
		return "", fmt.Errorf("synthesize the application: %w", err)
	}
	if err := os.Rename(out, kept); err != nil {
		if _, other := os.Stat(filepath.Join(kept, "manifest.json")); other != nil { // nobody else has made it meanwhile
			return "", err
		}
	}
	removeOld(cache)
	return kept, nil
}

func run(dir string, environment []string, name string, arguments ...string) error {
	cmd := exec.Command(name, arguments...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), environment...)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, output)
	}
	return nil
}

// cacheDir is where the module's binary and assemblies are kept: in the user's cache, or
// for this test binary alone.
func cacheDir(root string) (string, error) {
	if cache, err := os.UserCacheDir(); err == nil {
		sum := sha256.Sum256([]byte(root)) // another checkout has another binary
		dir := filepath.Join(cache, "proven-endpoints", "assemblies", hex.EncodeToString(sum[:8]))
		if os.MkdirAll(dir, 0o755) == nil {
			return dir, nil
		}
	}
	dir, err := os.MkdirTemp("", "assembled-")
	if err != nil {
		return "", err
	}
	work.Lock()
	defer work.Unlock()
	work.dirs = append(work.dirs, dir)
	return dir, nil
}

// keyOf is a hash of all that the assembly depends on: the application with what is
// compiled into it, the functions, the settings and the environment.
func keyOf(root, binary string, environment []string) (string, error) {
	functions, err := build.Functions(root)
	if err != nil {
		return "", fmt.Errorf("compile the functions: %w", err)
	}
	sum := sha256.New()
	fmt.Fprintln(sum, root, functions, environment, os.Getenv("CDK_CONTEXT_JSON"))
	for _, file := range []string{binary, filepath.Join(root, "cdk.json")} {
		in, err := os.Open(file)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(sum, in)
		_ = in.Close()
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

// keptAssemblies is how many assemblies stay, for branches and settings.
const keptAssemblies = 4

// removeOld removes all but the last used assemblies, and what was left half made long
// ago. What cannot be removed stays.
func removeOld(cache string) {
	entries, _ := os.ReadDir(cache)
	used := map[string]time.Time{}
	var kept []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() || strings.HasPrefix(e.Name(), "making-") && time.Since(info.ModTime()) < time.Hour {
			continue
		}
		kept, used[e.Name()] = append(kept, e.Name()), info.ModTime()
	}
	slices.SortFunc(kept, func(a, b string) int { return used[b].Compare(used[a]) })
	for i := keptAssemblies; i < len(kept); i++ {
		_ = os.RemoveAll(filepath.Join(cache, kept[i]))
	}
}
