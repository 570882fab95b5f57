// Package consumer uses the module as others do: from a module of their own, in
// each way in which Go finds modules, offline.
package consumer

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/test/checkout"
)

// published is the path of the module in the tests, as no module without a dot in
// its path can be published.
const (
	published = "example.com/acme/proven"
	version   = "v0.1.0"
)

// offline lets Go find modules in its cache alone. It holds all that the app
// needs, but not what the tests of its dependencies need: go mod tidy, which looks
// at those as well, needs -e to pass over them.
var offline = []string{"GOPROXY=off", "GOSUMDB=off", "GONOSUMDB=*", "GOFLAGS=-mod=mod", "GOWORK=off"}

// synthesis is for speed: the template is looked at here, not validated.
var synthesis = []string{"CDK_VALIDATION=false", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20"}

// TestConsumer requires the module in every way, tidies, and synthesizes. The
// templates must be the same, since the sources are. The consumer's own test deploys
// them with package labtest.
func TestConsumer(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles an app in four modules")
	}
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "repository")
	checkout.Copy(t, "../..", repository)
	checkout.Run(t, repository, "go", "run", "./internal/rename", published)

	replaced := newConsumer(t)
	checkout.Run(t, replaced, "go", "mod", "edit", "-require="+published+"@"+version, "-replace="+published+"="+repository)
	checkout.RunWith(t, replaced, offline, "go", "mod", "tidy", "-e")
	template := synthesize(t, replaced, offline)
	for _, kind := range []string{"AWS::EC2::VPCEndpoint", "Custom::EndpointProof", "AWS::Lambda::Function"} {
		if !strings.Contains(template, `"`+kind+`"`) {
			t.Errorf("the template has no %s", kind)
		}
	}
	if entries, err := filepath.Glob(filepath.Join(replaced, "*")); err != nil || len(entries) != 4 {
		t.Errorf("the consumer's folder holds %q (%v), want go.mod, go.sum, main.go and main_test.go", entries, err)
	}
	t.Run("tested", func(t *testing.T) {
		checkout.RunWith(t, replaced, slices.Concat(offline, synthesis), "go", "test", ".")
	})

	t.Run("vendored", func(t *testing.T) {
		checkout.RunWith(t, replaced, offline, "go", "mod", "vendor")
		same(t, template, synthesize(t, replaced, append(slices.Clone(offline), "GOFLAGS=-mod=vendor")))
	})
	t.Run("workspace", func(t *testing.T) {
		module := newConsumer(t)
		copyFile(t, filepath.Join(replaced, "go.sum"), filepath.Join(module, "go.sum"))
		copyFile(t, filepath.Join(replaced, "go.mod"), filepath.Join(module, "go.mod"))
		checkout.Run(t, module, "go", "mod", "edit", "-dropreplace="+published, "-droprequire="+published)
		work := filepath.Join(filepath.Dir(module), "go.work")
		checkout.RunWith(t, filepath.Dir(module), []string{"GOWORK="}, "go", "work", "init", module, repository)
		same(t, template, synthesize(t, module, []string{"GOPROXY=off", "GOFLAGS=", "GOWORK=" + work}))
	})
	t.Run("published", func(t *testing.T) {
		module, cache := newConsumer(t), publish(t, repository)
		environment := append(slices.Clone(offline), cache...)
		checkout.RunWith(t, module, environment, "go", "mod", "edit", "-require="+published+"@"+version)
		checkout.RunWith(t, module, environment, "go", "mod", "tidy", "-e")
		same(t, template, synthesize(t, module, environment))
	})
	t.Run("outside its module", func(t *testing.T) {
		app := filepath.Join(t.TempDir(), "app")
		checkout.RunWith(t, replaced, offline, "go", "build", "-o", app, ".")
		same(t, template, run(t, t.TempDir(), nil, app))
	})
	t.Run("without a toolchain", func(t *testing.T) {
		app, functions := filepath.Join(t.TempDir(), "app"), filepath.Join(t.TempDir(), "functions")
		checkout.RunWith(t, replaced, offline, "go", "build", "-trimpath", "-o", app, ".")
		checkout.RunWith(t, replaced, offline, "go", "run", published+"/lambda/build", functions)
		context, err := json.Marshal(map[string]string{"functions": functions})
		if err != nil {
			t.Fatal(err)
		}
		same(t, template, run(t, t.TempDir(), []string{"CDK_CONTEXT_JSON=" + string(context), "PATH=" + pathWithoutGo(t)}, app))
	})
}

// newConsumer makes a module with the app in it.
func newConsumer(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "consumer")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"app.go.txt": "main.go", "app_test.go.txt": "main_test.go"} {
		source := strings.ReplaceAll(string(read(t, filepath.Join("testdata", from))), "MODULE/", published+"/")
		if err := os.WriteFile(filepath.Join(dir, to), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	checkout.Run(t, dir, "go", "mod", "init", "consumer.test/app")
	// The versions of this repository, which the cache has.
	requirements, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(requirements)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && (strings.HasSuffix(fields[0], "aws-cdk-go/awscdk/v2") || strings.HasSuffix(fields[0], "jsii-runtime-go")) {
			checkout.Run(t, dir, "go", "mod", "edit", "-require="+fields[0]+"@"+fields[1])
		}
	}
	return dir
}

// synthesize runs the app as cdk.json would have the CDK CLI run it. Without paths
// in the binaries, what is compiled for one module serves the next.
func synthesize(t *testing.T, dir string, environment []string) string {
	t.Helper()
	return run(t, dir, environment, "go", "run", "-trimpath", ".")
}

// run runs the app and returns its template.
func run(t *testing.T, dir string, environment []string, command ...string) string {
	t.Helper()
	out := t.TempDir()
	checkout.RunWith(t, dir, slices.Concat(environment, synthesis, []string{"CDK_OUTDIR=" + out}), command...)
	template, err := os.ReadFile(filepath.Join(out, "Consumer.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(template)
}

// hash is that of an asset, of a stack with assets, or of a function's code as Lambda
// tells it: binaries hold the versions of their modules, and a replaced one has none.
var hash = regexp.MustCompile(`[0-9a-f]{64}|[A-Za-z0-9+/]{43}=`)

func same(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(hash.ReplaceAllString(want, "HASH"), hash.ReplaceAllString(got, "HASH")); diff != "" {
		t.Errorf("the template differs from that of the module with replace:\n%s", diff)
	}
}

// publish puts the repository into a module cache as a released version. The
// cache is read-only where it matters, and shares everything else with the user's.
// It returns the environment that selects it.
func publish(t *testing.T, repository string) []string {
	t.Helper()
	user := checkout.Run(t, repository, "go", "env", "GOMODCACHE")
	base := t.TempDir()
	cache, proxy := filepath.Join(base, "cache"), filepath.Join(base, "proxy")
	shareAll(t, user, cache, "cache")
	shareAll(t, filepath.Join(user, "cache", "download"), filepath.Join(cache, "cache", "download"), "")
	release := filepath.Join(proxy, published, "@v")
	if err := os.MkdirAll(release, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"list": []byte(version + "\n"), version + ".info": []byte(`{"Version":"` + version + `"}`),
		version + ".mod": read(t, filepath.Join(repository, "go.mod")),
	} {
		if err := os.WriteFile(filepath.Join(release, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	zipModule(t, repository, filepath.Join(release, version+".zip"))
	t.Cleanup(func() { // what is read-only cannot be removed
		_ = filepath.WalkDir(filepath.Join(cache, "example.com"), func(path string, entry os.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				return os.Chmod(path, 0o755)
			}
			return err
		})
	})
	return []string{"GOMODCACHE=" + cache, "GOPROXY=file://" + proxy + ",file://" + filepath.Join(user, "cache", "download")}
}

// zipModule packs a module as a proxy serves it: the files of each folder without
// a module of its own, under PATH@VERSION/.
func zipModule(t *testing.T, from, to string) {
	t.Helper()
	file, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	packed := zip.NewWriter(file)
	err = filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target, err := packed.Create(published + "@" + version + "/" + filepath.ToSlash(name))
		if err != nil {
			return err
		}
		_, err = target.Write(read(t, path))
		return err
	})
	if err == nil {
		err = packed.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// shareAll links everything in a folder into another, but for one.
func shareAll(t *testing.T, from, to, but string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() == but {
			continue
		}
		if err := os.Symlink(filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
}

// pathWithoutGo is a PATH that leads to Node and to no Go.
func pathWithoutGo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	node := checkout.Run(t, ".", "node", "-p", "process.execPath")
	if err := os.Symlink(node, filepath.Join(dir, "node")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	if err := os.WriteFile(to, read(t, from), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
