// Package assembled gives tests the application's assembly, synthesized by the
// application itself in a process of its own: once for each test binary, and
// only if a test asks for it. The tests that use it need no CDK of their own.
package assembled

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
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

// Main runs the tests of a binary and removes the assembly behind them. Call it
// from TestMain and exit with what it returns.
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
	made, _ := scheduled.LoadOrStore(every, sync.OnceValues(func() (cfn.Assembly, error) {
		dir, err := synthesize(fmt.Sprintf(`CDK_CONTEXT_JSON={"schedule":"%s"}`, every))
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

// scheduled are the assemblies by the time between two runs.
var scheduled sync.Map

// synthesize compiles and runs the application, in an environment with more.
func synthesize(environment ...string) (string, error) {
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		return "", errors.New("node is not on the PATH: CDK needs it to synthesize")
	}
	dir, err := os.MkdirTemp("", "assembled-")
	if err != nil {
		return "", err
	}
	work.Lock()
	work.dirs = append(work.dirs, dir)
	work.Unlock()
	out := filepath.Join(dir, "cdk.out")
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = filepath.Dir(strings.TrimSpace(string(mod)))
	cmd.Env = append(append(os.Environ(), "CDK_OUTDIR="+out, "CDK_VALIDATION=false", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20"), environment...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("synthesize the application: %w\n%s", err, output.Bytes())
	}
	return out, nil
}
