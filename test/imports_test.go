package test

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/module"
)

// api are the folders of the packages that other modules may import. All other
// packages are commands, internal, or nothing but tests. CONTRIBUTING.md says what
// the list promises.
var api = []string{
	"constructs/endpoint", "constructs/host", "constructs/network", "constructs/verification",
	"labtest", "proof", "stacks",
}

// Other modules can import the declared packages, and no others.
func TestAPI(t *testing.T) {
	t.Parallel()
	var importable []string
	for path, p := range packages(t) {
		folder := strings.TrimPrefix(path, root+"/")
		if p.name != "main" && p.files > 0 && !slices.Contains(strings.Split(folder, "/"), "internal") {
			importable = append(importable, folder)
		}
	}
	slices.Sort(importable)
	if diff := cmp.Diff(api, importable); diff != "" {
		t.Errorf("packages that other modules can import (-declared +found):\n%s", diff)
	}
}

// rooms are the folders of the design, each with the folders of this module that
// it may import, and the import paths of others that it must never import, by
// their beginnings. Imports of other modules that are not listed are allowed.
var rooms = []struct {
	folder string
	may    []string
	never  []string
}{
	{"internal/known", nil, nil},
	{"stacks", []string{"constructs/", "internal/suppression", "proof"}, nil},
	{"constructs/endpoint", []string{"internal/known", "internal/lazy", "constructs/verification", "internal/cost", "internal/rendering", "internal/template", "internal/suppression", "proof"}, nil},
	{"constructs/verification", []string{"internal/known", "internal/lazy", "internal/build", "internal/rendering", "internal/template", "internal/contract", "internal/suppression", "proof"}, nil},
	{"constructs/network", []string{"internal/known", "internal/suppression"}, nil},
	{"constructs/host", []string{"internal/known", "internal/rendering", "internal/template", "internal/suppression"}, nil},
	{"internal/cost", []string{"internal/template"}, []string{"github.com/aws/", "gvisor.dev"}},
	{"internal/contract", []string{"internal/template", "proof"}, []string{"github.com/aws/", "gvisor.dev"}},
	{"internal/test", []string{"internal/build", "internal/contract", "internal/lab", "internal/template", "internal/test", "internal/trace", "internal/why"}, []string{cdkPath, jsiiPath, constructsPath}},
	{"internal/suppression", []string{"internal/known"}, nil},
	{"internal/kernel", nil, nil},
	{"internal/rendering", []string{"internal/template"}, nil},
	{"internal/template", nil, []string{cdkPath, jsiiPath, constructsPath}},
	{"internal/build", []string{"internal/module"}, []string{cdkPath, jsiiPath, constructsPath}},
	{"internal/lazy", []string{"internal/rendering"}, nil},
	{"internal/module", nil, nil},
	{"internal/why", []string{"internal/contract", "internal/lab", "internal/template", "internal/trace", "proof"}, []string{cdkPath, jsiiPath, constructsPath}},
	{"internal/trace", nil, []string{cdkPath, jsiiPath, constructsPath, "github.com/aws/", "gvisor.dev"}},
	{"internal/rename", []string{"internal/module"}, []string{cdkPath, jsiiPath, constructsPath}},
	{"proof", []string{"internal/template", "internal/trace", "proof"}, []string{"github.com/aws/aws-lambda-go", cdkPath, jsiiPath, constructsPath, "gvisor.dev"}},
	{"lambda", []string{"internal/build", "internal/contract", "internal/lambda/", "proof"}, []string{cdkPath, jsiiPath, constructsPath, "gvisor.dev", generated}},
	{"internal/lambda", []string{"internal/awsapi", "internal/contract", "internal/lambda/", "proof"}, []string{cdkPath, jsiiPath, constructsPath, "gvisor.dev", generated, root + "/internal/awsapi/models"}},
	{"internal/awsapi", []string{"internal/awsapi"}, []string{cdkPath, jsiiPath, constructsPath, "gvisor.dev", generated}},
	{"labtest", []string{"internal/lab", "internal/trace", "proof"}, []string{cdkPath, jsiiPath, constructsPath}},
	{"lab", []string{"lab", "internal/build", "internal/cost", "internal/lab", "internal/template", "internal/trace", "internal/why", "proof"}, []string{cdkPath, jsiiPath, constructsPath}},
	{"internal/lab/packet", []string{"internal/lab/packet"}, []string{"github.com/aws/"}},
	{"internal/lab/nat", []string{"internal/lab/packet"}, []string{"github.com/aws/"}},
	{"internal/lab/netstack", []string{"internal/lab/clock"}, []string{"github.com/aws/"}},
	{"internal/lab/vpc", append([]string{"internal/lab/dns", "internal/lab/netstack", "internal/lab/vpc"}, underNetwork...), []string{"github.com/aws/"}},
	{"internal/lab/elb", append([]string{"internal/lab/vpc", "internal/lab/elb"}, underNetwork...), []string{"github.com/aws/"}},
	{"internal/lab/privatelink", append([]string{"internal/lab/dns", "internal/lab/vpc", "internal/lab/elb"}, underNetwork...), []string{"github.com/aws/"}},
	{"internal/lab/firewall", append([]string{"internal/lab/vpc", "internal/lab/firewall"}, underNetwork...), []string{"github.com/aws/"}},
	{"internal/lab/picture", []string{"internal/lab/picture"}, []string{"github.com/"}},
	{"internal/lab", []string{"internal/awsapi", "internal/contract", "internal/lab", "internal/lambda/", "internal/module", "internal/template", "internal/trace", "proof"}, []string{cdkPath, jsiiPath, constructsPath, generated + "ec2"}},
}

// underNetwork are the folders that all layers of the lab's network build on.
var underNetwork = []string{
	"internal/lab/awserr", "internal/lab/awsid", "internal/lab/clock", "internal/lab/nat", "internal/lab/packet", "internal/lab/store",
	"internal/trace",
}

var root = module.Path()

// What only CDK's rooms may import.
const (
	cdkPath        = "github.com/aws/aws-cdk-go"
	jsiiPath       = "github.com/aws/jsii-runtime-go"
	constructsPath = "github.com/aws/constructs-go"
)

// generated begins the paths of AWS's generated clients. Only tests import them, and
// the lab that of S3: to compile EC2's takes a minute of CPU. See package awsapi.
const generated = "github.com/aws/aws-sdk-go-v2/service/"

// The arrows of the design: who may import what.
func TestImports(t *testing.T) {
	t.Parallel()
	listed := packages(t)
	for _, room := range rooms {
		found := false
		for path, p := range listed {
			folder := strings.TrimPrefix(path, root+"/")
			if folder != room.folder && !strings.HasPrefix(folder, room.folder+"/") {
				continue
			}
			found = true
			for _, other := range p.imports {
				if reason := forbidden(other, room.may, room.never); reason != "" {
					t.Errorf("%s imports %s, which %s %s", folder, other, room.folder, reason)
				}
			}
		}
		if !found {
			t.Errorf("there is no room %s", room.folder)
		}
	}
	for _, other := range listed[root].imports {
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

// listedPackage is a package of the module as `go list` describes it, without
// its tests.
type listedPackage struct {
	name    string
	files   int
	imports []string
}

// packages returns all packages of the module by import path.
func packages(t *testing.T) map[string]listedPackage {
	t.Helper()
	command := exec.Command("go", "list", "-e", "-f", `{{.ImportPath}} {{.Name}} {{len .GoFiles}} {{join .Imports " "}}`, "./...")
	command.Dir = ".."
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]listedPackage{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		files, err := strconv.Atoi(fields[2])
		if err != nil {
			t.Fatal(err)
		}
		found[fields[0]] = listedPackage{fields[1], files, fields[3:]}
	}
	return found
}
