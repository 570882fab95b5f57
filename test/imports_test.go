package test

import (
	"os/exec"
	"strings"
	"testing"

	"provenendpoints/internal/module"
)

// rooms are the folders of the design with what they may import, by the
// beginning of the import path. "…" stands for this module, what is not listed
// is free.
var rooms = []struct {
	folder string
	may    []string // of this module
	never  []string // of others
}{
	{"stacks", []string{"constructs/", "internal/suppression", "proof"}, nil},
	{"constructs/endpoint", []string{"constructs/verification", "internal/suppression", "proof"}, nil},
	{"constructs/verification", []string{"internal/contract", "internal/module", "internal/suppression", "proof"}, nil},
	{"constructs/network", []string{"internal/suppression"}, nil},
	{"constructs/host", []string{"internal/suppression"}, nil},
	{"internal/contract", []string{"proof"}, []string{"github.com/aws/", "gvisor.dev"}},
	{"internal/suppression", nil, nil},
	{"internal/kernel", nil, nil},
	{"internal/module", nil, nil},
	{"proof", []string{"proof"}, []string{"github.com/aws/aws-lambda-go", cdkPath, jsiiPath, constructsPath, "gvisor.dev"}},
	{"lambda", []string{"internal/contract", "internal/lambda/", "proof"}, []string{cdkPath, jsiiPath, constructsPath, "gvisor.dev"}},
	{"internal/lambda", []string{"internal/contract", "internal/lambda/", "proof"}, []string{cdkPath, jsiiPath, constructsPath, "gvisor.dev"}},
	{"lab", []string{"lab", "internal/lab", "proof"}, []string{cdkPath, jsiiPath, constructsPath}},
	{"internal/lab", []string{"internal/lab", "internal/lambda/", "internal/module", "proof"}, []string{cdkPath, jsiiPath, constructsPath}},
}

var root = module.Path()

// What only CDK's rooms may import.
const (
	cdkPath        = "github.com/aws/aws-cdk-go"
	jsiiPath       = "github.com/aws/jsii-runtime-go"
	constructsPath = "github.com/aws/constructs-go"
)

// The arrows of the design: who may import what.
func TestImports(t *testing.T) {
	t.Parallel()
	packages := imports(t)
	for _, room := range rooms {
		found := false
		for path, imported := range packages {
			folder := strings.TrimPrefix(path, root+"/")
			if folder != room.folder && !strings.HasPrefix(folder, room.folder+"/") {
				continue
			}
			found = true
			for _, other := range imported {
				if reason := forbidden(other, room.may, room.never); reason != "" {
					t.Errorf("%s imports %s, which %s %s", folder, other, room.folder, reason)
				}
			}
		}
		if !found {
			t.Errorf("there is no room %s", room.folder)
		}
	}
	for _, other := range packages[root] {
		if strings.HasPrefix(other, root+"/") && other != root+"/stacks" && other != root+"/internal/kernel" {
			t.Errorf("app.go imports %s", other)
		}
	}
}

func forbidden(imported string, may, never []string) string {
	for _, prefix := range never {
		if strings.HasPrefix(imported, prefix) {
			return "must never do"
		}
	}
	own, inside := strings.CutPrefix(imported, root+"/")
	if !inside {
		return ""
	}
	for _, allowed := range may {
		if own == strings.TrimSuffix(allowed, "/") || strings.HasPrefix(own, strings.TrimSuffix(allowed, "/")+"/") {
			return ""
		}
	}
	return "may not do"
}

// The check itself finds what it is there to find.
func TestForbidden(t *testing.T) {
	t.Parallel()
	for imported, want := range map[string]string{
		"fmt":                            "",
		root + "/proof":                  "",
		root + "/constructs/endpoint":    "may not do",
		root + "/proofreading":           "may not do",
		cdkPath + "/awscdk/v2/awsec2":    "must never do",
		"github.com/aws/aws-sdk-go-v2/x": "",
	} {
		if got := forbidden(imported, []string{"proof"}, []string{cdkPath}); got != want {
			t.Errorf("importing %s: %q, want %q", imported, got, want)
		}
	}
}

// imports are the direct imports of every package of the module, tests left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	command := exec.Command("go", "list", "-e", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	command.Dir = ".."
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		packages[fields[0]] = fields[1:]
	}
	return packages
}
