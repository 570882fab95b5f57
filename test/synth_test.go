package test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
)

// findings are those of the report that CDK leaves beside the templates.
type findings struct {
	PluginReports []struct {
		Violations []struct{ RuleName, Severity, Description string }
	}
}

func readFindings(t *testing.T, dir string) findings {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "validation-report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report findings
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// cdk-nag's AwsSolutions pack and the library's own template validator find
// nothing in the whole app: errors would have panicked, and there are no
// warnings either.
func TestNothingFound(t *testing.T) {
	t.Parallel()
	for _, plugin := range readFindings(t, assembly).PluginReports {
		for _, violation := range plugin.Violations {
			t.Errorf("%s: %s (%s)", violation.RuleName, violation.Description, violation.Severity)
		}
	}
	manifest, err := os.ReadFile(filepath.Join(assembly, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range []string{"aws:cdk:error", "aws:cdk:warning"} {
		if bytes.Contains(manifest, []byte(finding)) {
			t.Errorf("the assembly carries an %s", finding)
		}
	}
}

// Both gates are shut: what they are there to find fails the synthesis.
func TestGatesFind(t *testing.T) {
	t.Run("a property that does not exist", func(t *testing.T) {
		app := testApp(t, nil)
		awscdk.NewCfnResource(awscdk.NewStack(app, jsii.String("Stack"), nil), jsii.String("Subnet"), &awscdk.CfnResourceProps{
			Type: jsii.String("AWS::EC2::Subnet"), Properties: &map[string]any{"CidrBlock": "10.0.0.0/24", "VpcId": "vpc-1", "Wrong": "x"},
		})
		if said := mustPanic(t, func() { app.Synth(nil) }); !strings.Contains(said, "Validation failed") {
			t.Errorf("said %q", said)
		}
	})
	t.Run("an open security group", func(t *testing.T) {
		app := testApp(t, nil)
		addNag(app)
		stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
		ec2.NewCfnSecurityGroup(stack, jsii.String("Group"), &ec2.CfnSecurityGroupProps{
			GroupDescription:     jsii.String("open"),
			SecurityGroupIngress: []any{map[string]any{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIp": "0.0.0.0/0"}},
		})
		if said := mustPanic(t, func() { app.Synth(nil) }); !strings.Contains(said, "Validation failed") {
			t.Errorf("said %q", said)
		}
		found := readFindings(t, *app.Outdir())
		if !strings.Contains(text(found), "AwsSolutions-EC23") {
			t.Errorf("found %s, want AwsSolutions-EC23", text(found))
		}
	})
}

// Synthesized twice, the app gives the same assembly, byte for byte.
func TestSynthIsReproducible(t *testing.T) {
	again := t.TempDir()
	if err := synthAll(again); err != nil {
		t.Fatal(err)
	}
	if diff := differences(t, assembly, again); len(diff) > 0 {
		t.Errorf("these files differ: %q", diff)
	}
}

// differences are the files that are not the same in two folders.
func differences(t *testing.T, first, second string) []string {
	t.Helper()
	one, two := files(t, first), files(t, second)
	var found []string
	for name, content := range one {
		if !bytes.Equal(content, two[name]) {
			found = append(found, name)
		}
	}
	for name := range two {
		if _, known := one[name]; !known {
			found = append(found, name)
		}
	}
	return found
}

func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		found[path], err = os.ReadFile(filepath.Join(dir, path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// How long the app takes as a command, with all four stacks, without and with
// the template validator.
func BenchmarkSynth(b *testing.B) {
	app := filepath.Join(b.TempDir(), "app")
	if out, err := exec.Command("go", "build", "-o", app, "..").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for name, validation := range map[string]string{"plain": "false", "validated": "true"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				command := exec.Command(app)
				command.Dir = ".."
				command.Env = append(os.Environ(), "CDK_OUTDIR="+b.TempDir(), "CDK_VALIDATION="+validation)
				if out, err := command.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
		})
	}
}
