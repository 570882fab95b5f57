package region_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"provenendpoints/lab/cfn"
)

// given names an assembly that is synthesized already, to save the time; by
// default the tests compile and run the application, which needs Node.
const given = "LAB_TEST_ASSEMBLY"

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lab-region-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	work = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// work is a folder that the test binary removes at its end.
var work string

// assembly is synthesized once, by the first test that asks for it.
var assembly = sync.OnceValues(func() (cfn.Assembly, error) {
	dir := os.Getenv(given)
	if dir == "" {
		dir = filepath.Join(work, "cdk.out")
		cmd := exec.Command("go", "run", ".")
		cmd.Dir = filepath.Join("..", "..")
		cmd.Env = append(os.Environ(), "CDK_OUTDIR="+dir, "CDK_VALIDATION=false", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
		var output bytes.Buffer
		cmd.Stdout, cmd.Stderr = &output, &output
		if err := cmd.Run(); err != nil {
			return cfn.Assembly{}, fmt.Errorf("synthesize the application: %w\n%s", err, output.Bytes())
		}
	}
	return cfn.ReadAssembly(dir)
})

// scenario returns a stack of the application.
func scenario(t *testing.T, id string) cfn.Stack {
	t.Helper()
	a, err := assembly()
	if err != nil {
		t.Fatal(err)
	}
	s, ok := a.Stack(id)
	if !ok {
		t.Fatalf("the application has no stack %s", id)
	}
	return s
}
