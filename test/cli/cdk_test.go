// Package cli holds the tests of `lab serve` with the CDK CLI that package.json pins, as
// people use it. They need the CLI, which `npm ci` installs:
//
//	go test ./test/cli -cdk node_modules/aws-cdk/bin/cdk
//
// Continuous integration calls them so. Without the flag they are skipped; the tests of
// internal/lab/server hold the server against AWS's SDK for Go in any case.
package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"provenendpoints/internal/module"
	"provenendpoints/internal/test/assembled"
)

var cdkCLI = flag.String("cdk", "", "the CDK CLI, from the module's folder; empty: skip the tests with it")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(assembled.Main(m))
}

// lab is a server in a process of its own, and the environment of its clients.
type lab struct {
	t           *testing.T
	root, home  string
	environment map[string]string
}

// build compiles the lab's command.
func build(t *testing.T, root string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "lab")
	c := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./lab")
	c.Dir = root
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module.Path()).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// serve starts a server, which ends with the test.
func serve(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, root: moduleRoot(t), home: t.TempDir(), environment: map[string]string{}}
	server := exec.Command(build(t, l.root), "serve", "-listen", "127.0.0.1:0")
	var said bytes.Buffer
	server.Stderr = &said
	lines, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := server.Wait(); err != nil || t.Failed() {
			t.Errorf("the server: %v\n%s", err, said.Bytes())
		}
	})
	export := regexp.MustCompile(`^export (\w+)='(.*)'$`)
	text, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if m := export.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			l.environment[m[1]] = m[2]
		}
	}
	return l
}

// cdk runs the CLI and returns what it said and whether it succeeded.
func (l *lab) cdk(args ...string) (string, bool) {
	l.t.Helper()
	c := exec.CommandContext(l.t.Context(), "node", append([]string{filepath.Join(l.root, *cdkCLI), "--no-notices", "--no-color"}, args...)...)
	c.Dir = l.root
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "AWS_") && !strings.HasPrefix(v, "HOME=") && !strings.HasPrefix(v, "CI=") {
			c.Env = append(c.Env, v)
		}
	}
	for name, value := range l.environment {
		c.Env = append(c.Env, name+"="+value)
	}
	for _, name := range []string{"GOPATH", "GOCACHE", "GOMODCACHE"} { // they follow from HOME
		value, err := exec.CommandContext(l.t.Context(), "go", "env", name).Output()
		if err != nil {
			l.t.Fatal(err)
		}
		c.Env = append(c.Env, name+"="+strings.TrimSpace(string(value)))
	}
	c.Env = append(c.Env, "HOME="+l.home, "CDK_DISABLE_CLI_TELEMETRY=true", "NODE_NO_WARNINGS=1", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20", "CDK_VALIDATION=false")
	out, err := c.CombinedOutput()
	l.t.Logf("cdk %s: %v", strings.Join(args, " "), err)
	return string(out), err == nil
}

// works runs the CLI, which must succeed and say all of want.
func (l *lab) works(args []string, want ...string) string {
	l.t.Helper()
	out, ok := l.cdk(args...)
	if !ok {
		l.t.Fatalf("cdk %s failed:\n%s", strings.Join(args, " "), out)
	}
	l.says(out, want...)
	return out
}

func (l *lab) says(out string, want ...string) {
	l.t.Helper()
	for _, text := range want {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), text) {
			l.t.Errorf("%q is not in:\n%s", text, out)
		}
	}
}

// config is what the SDK needs to be a client.
func (l *lab) config() aws.Config {
	return aws.Config{
		Region: l.environment["AWS_REGION"], BaseEndpoint: aws.String(l.environment["AWS_ENDPOINT_URL"]),
		Credentials: credentials.NewStaticCredentialsProvider(l.environment["AWS_ACCESS_KEY_ID"], l.environment["AWS_SECRET_ACCESS_KEY"], ""),
	}
}

// openPrivateSubnet gives GatewayEndpoint's private subnet a route to the internet gateway,
// behind CloudFormation's back, and returns what takes it away again.
func (l *lab) openPrivateSubnet() (remove func()) {
	l.t.Helper()
	out, err := cloudformation.NewFromConfig(l.config()).DescribeStackResources(l.t.Context(), &cloudformation.DescribeStackResourcesInput{StackName: aws.String("GatewayEndpoint")})
	if err != nil {
		l.t.Fatal(err)
	}
	var table, gateway *string
	for _, r := range out.StackResources {
		switch {
		case *r.ResourceType == "AWS::EC2::RouteTable" && strings.Contains(*r.LogicalResourceId, "Private"):
			table = r.PhysicalResourceId
		case *r.ResourceType == "AWS::EC2::InternetGateway":
			gateway = r.PhysicalResourceId
		}
	}
	client, all := ec2.NewFromConfig(l.config()), aws.String("0.0.0.0/0")
	if _, err := client.CreateRoute(l.t.Context(), &ec2.CreateRouteInput{RouteTableId: table, GatewayId: gateway, DestinationCidrBlock: all}); err != nil {
		l.t.Fatal(err)
	}
	return func() {
		l.t.Helper()
		if _, err := client.DeleteRoute(l.t.Context(), &ec2.DeleteRouteInput{RouteTableId: table, DestinationCidrBlock: all}); err != nil {
			l.t.Fatal(err)
		}
	}
}

// stacks are the names of the stacks that exist, with their statuses.
func (l *lab) stacks() map[string]string {
	l.t.Helper()
	out, err := cloudformation.NewFromConfig(l.config()).DescribeStacks(l.t.Context(), &cloudformation.DescribeStacksInput{})
	if err != nil {
		l.t.Fatal(err)
	}
	found := map[string]string{}
	for _, s := range out.Stacks {
		found[*s.StackName] = string(s.StackStatus)
	}
	return found
}

// The course of a person who tries the project: bootstrap, deploy everything, look at
// what would change, deploy again, break something, mend it, and take everything down.
func TestCDK(t *testing.T) {
	if *cdkCLI == "" {
		t.Skip("no CDK CLI: run npm ci, and go test ./test/cli -cdk node_modules/aws-cdk/bin/cdk")
	}
	l := serve(t)
	assembly := assembled.Dir(t)
	with := func(app string, args ...string) []string {
		return append(args, "--app", app, "--require-approval", "never")
	}

	l.works([]string{"bootstrap", "--app", assembly}, "Environment aws://123456789012/ap-northeast-2 bootstrapped")
	l.works(with(assembly, "deploy", "--all", "--concurrency", "4"), "GatewayEndpoint.Summary = 19 of 19 claims hold", "InterfaceEndpoint.Summary = 30 of 30 claims hold",
		"InterfaceEndpointPrivateDns.Summary = 30 of 30 claims hold", "EndpointService.Summary = 32 of 32 claims hold")
	l.works([]string{"diff", "--app", assembly}, "Number of stacks with differences: 0")
	l.works(with(assembly, "deploy", "GatewayEndpoint"), "GatewayEndpoint (no changes)")

	// Somebody adds a route by hand. The proof runs again, from the application itself, and
	// finds it; without the route it holds again.
	again := func(run string) []string {
		return []string{"deploy", "GatewayEndpoint", "-c", "run=" + run, "--require-approval", "never", "--output", t.TempDir()}
	}
	remove := l.openPrivateSubnet()
	found, ok := l.cdk(again("opened")...)
	if ok {
		t.Fatalf("a way out that was made by hand was not found:\n%s", found)
	}
	l.says(found, "1 of 19 claims refuted", "sends 0.0.0.0/0 to igw-")
	if got := l.stacks()["GatewayEndpoint"]; got != "UPDATE_ROLLBACK_COMPLETE" {
		t.Errorf("the stack with a way out is in %q", got)
	}
	remove()
	l.works(again("closed"), "UPDATE_COMPLETE | Custom::EndpointProof", "19 of 19 claims hold")

	// The endpoint's route goes to the wrong route table.
	l.works([]string{"destroy", "GatewayEndpoint", "--force", "--app", assembly}, "GatewayEndpoint: destroyed")
	broken := breakRoute(t, assembly)
	var out string
	if out, ok = l.cdk(with(broken, "deploy", "GatewayEndpoint")...); ok {
		t.Fatalf("a broken template was deployed:\n%s", out)
	}
	l.says(out, "CREATE_FAILED | Custom::EndpointProof", "4 of 19 claims refuted", "was expected to have an active route for com.amazonaws.ap-northeast-2.s3", "ROLLBACK_COMPLETE")
	if got := l.stacks()["GatewayEndpoint"]; got != "ROLLBACK_COMPLETE" {
		t.Errorf("the broken stack is in %q", got)
	}
	if out, ok := l.cdk(with(broken, "deploy", "GatewayEndpoint", "--no-rollback")...); ok {
		t.Fatalf("a broken template was deployed:\n%s", out)
	}
	if got := l.stacks()["GatewayEndpoint"]; got != "CREATE_FAILED" {
		t.Errorf("the broken stack is in %q, not rolled back", got)
	}
	l.works([]string{"rollback", "GatewayEndpoint", "--app", broken}, "Rollback time")
	l.works(with(assembly, "deploy", "GatewayEndpoint"), "19 of 19 claims hold")

	l.works([]string{"destroy", "--all", "--force", "--app", assembly})
	if got := l.stacks(); len(got) != 1 || got["CDKToolkit"] != "CREATE_COMPLETE" {
		t.Errorf("there are %v, want CDKToolkit alone", got)
	}
}

// breakRoute copies an assembly and associates the gateway endpoint with the public route
// table. The template gets another key in the bucket of assets, as a changed one has.
func breakRoute(t *testing.T, assembly string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(assembly)); err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Artifacts map[string]struct {
			Properties struct{ StackTemplateAssetObjectUrl string }
		}
	}
	text := read(t, dir, "manifest.json")
	if err := json.Unmarshal([]byte(text), &manifest); err != nil {
		t.Fatal(err)
	}
	url := manifest.Artifacts["GatewayEndpoint"].Properties.StackTemplateAssetObjectUrl
	hash := strings.TrimSuffix(url[strings.LastIndex(url, "/")+1:], ".json")
	other := strings.Repeat("b", len(hash))
	for _, file := range []string{"manifest.json", "GatewayEndpoint.assets.json"} {
		write(t, dir, file, strings.ReplaceAll(read(t, dir, file), hash, other))
	}
	const name = "GatewayEndpoint.template.json"
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct{ RouteTableIds []struct{ Ref string } }
		}
	}
	text = read(t, dir, name)
	if err := json.Unmarshal([]byte(text), &template); err != nil {
		t.Fatal(err)
	}
	var private, public string
	for _, r := range template.Resources {
		if r.Type == "AWS::EC2::VPCEndpoint" && len(r.Properties.RouteTableIds) == 1 {
			private = r.Properties.RouteTableIds[0].Ref
		}
	}
	for id, r := range template.Resources {
		if r.Type == "AWS::EC2::RouteTable" && id != private {
			public = id
		}
	}
	changed := regexp.MustCompile(`("RouteTableIds":\s*\[\s*\{\s*"Ref":\s*)"`+private+`"`).ReplaceAllString(text, `$1"`+public+`"`)
	if changed == text || public == "" {
		t.Fatal("the template has no endpoint with one route table, or no other route table")
	}
	write(t, dir, name, changed)
	return dir
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A shell becomes a client of a server in the background by one line, which says nothing
// else on standard output.
func TestShell(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	binary := build(t, moduleRoot(t))
	script := `eval "$("$1" serve -detach -listen 127.0.0.1:0)" && echo "$AWS_ENDPOINT_URL $LAB_PID $AWS_REGION" && kill "$LAB_PID"`
	c := exec.CommandContext(t.Context(), "sh", "-c", script, "sh", binary)
	c.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		said = append(said, s.Text())
	}
	if len(said) != 1 || !regexp.MustCompile(`^http://127\.0\.0\.1:\d+ \d+ ap-northeast-2$`).MatchString(said[0]) {
		t.Errorf("the shell said %q", said)
	}
}
