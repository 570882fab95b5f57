package test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/test/assembled"
)

// lintProgram is cfn-lint, a program of its own, of Python
// (github.com/aws-cloudformation/cfn-lint): where it is not installed nothing is tested.
func lintProgram(t *testing.T) string {
	t.Helper()
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("NOT TESTED: cfn-lint is not installed (pip install cfn-lint)")
	}
	return lint
}

// TestLint: cfn-lint finds nothing in the templates.
func TestLint(t *testing.T) {
	t.Parallel()
	lint := lintProgram(t)
	templates, err := filepath.Glob(filepath.Join(assembled.Dir(t), "*.template.json"))
	if err != nil || len(templates) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), lint, append([]string{"--region", "ap-northeast-2", "--template"}, templates...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// In a stack of somebody else, which has no exceptions of its own, cfn-lint finds nothing in
// what the constructs make.
func TestLintOfLibrary(t *testing.T) {
	lint := lintProgram(t)
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	fleet(awscdk.NewStack(app, jsii.String("Each"), nil), []string{"kms"}, each)
	fleet(awscdk.NewStack(app, jsii.String("Going"), nil), []string{"kms"}, goingOn)
	everyProperty(awscdk.NewStack(app, jsii.String("Every"), nil))
	app.Synth(nil)
	// What CDK makes is not ours to except: VPCs, and functions of its own.
	others := regexp.MustCompile(`^(Vpc|Custom|AWS)`)
	for _, stack := range []string{"Each", "Going", "Every"} {
		// The exit status says whether there are findings.
		out, err := exec.CommandContext(t.Context(), lint, "--region", "ap-northeast-2", "--format", "json", "--template", filepath.Join(*app.Outdir(), stack+".template.json")).Output()
		var findings []struct {
			Message  string
			Rule     struct{ Id string }
			Location struct{ Path []any }
		}
		if err := errors.Join(exited(err), json.Unmarshal(out, &findings)); err != nil {
			t.Fatalf("%s: %v: %s", stack, err, out)
		}
		for _, found := range findings {
			if strings.Contains(found.Message, "'PrivateDnsName' was unexpected") {
				continue // newer than cfn-lint 1.51: CDK has it from CloudFormation's schema
			}
			if path := found.Location.Path; len(path) < 2 || path[0] != "Resources" || !others.MatchString(fmt.Sprint(path[1])) {
				t.Errorf("%s: %s at %v: %s", stack, found.Rule.Id, path, found.Message)
			}
		}
	}
}

// exited is why a program did not run to its end.
func exited(err error) error {
	if _, ended := errors.AsType[*exec.ExitError](err); ended {
		return nil
	}
	return err
}
