package test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"provenendpoints/internal/test/assembled"
)

// TestLint: cfn-lint finds nothing in the templates. It is a program of its own, of Python
// (github.com/aws-cloudformation/cfn-lint): where it is not installed nothing is tested.
func TestLint(t *testing.T) {
	t.Parallel()
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("NOT TESTED: cfn-lint is not installed (pip install cfn-lint)")
	}
	templates, err := filepath.Glob(filepath.Join(assembled.Dir(t), "*.template.json"))
	if err != nil || len(templates) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), lint, append([]string{"--region", "ap-northeast-2", "--template"}, templates...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
