package resources

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/vpc"
)

// code is a folder with a Go binary named bootstrap, built once.
var code = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lab-resources-")
	if err != nil {
		return "", err
	}
	for name, text := range map[string]string{"go.mod": "module example.test/function\n", "main.go": "package main\n\nfunc main() {}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return dir, err
		}
	}
	cmd := exec.Command("go", "build", "-o", "bootstrap", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64", "GOFLAGS=", "GOWORK=off")
	return dir, cmd.Run()
})

// TestMain builds before any test runs: while a test waits for the compiler,
// the process is idle, and the clocks of all others would skip ahead for years.
func TestMain(m *testing.M) {
	dir, err := code()
	status := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, "build a function:", err)
	} else {
		status = m.Run()
	}
	if dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(status)
}

// lambdaWorld is a world with a role for functions. Its functions answer with
// the address that they run at and a variable of theirs.
type lambdaWorld struct {
	*world
	role *thing
}

func newLambdaWorld(t *testing.T, actions ...string) *lambdaWorld {
	t.Helper()
	w := newWorld(t)
	w.Programs = functions.Programs{"example.test/function": func(e functions.Environment) (lambda.Handler, error) {
		return lambda.NewHandler(func(context.Context) (string, error) {
			return e.Network.(*vpc.Host).Addr().String() + " " + e.Variables["WHO"], nil
		}), nil
	}}
	role := w.make("AWS::IAM::Role", "Role", props{
		"AssumeRolePolicyDocument": trust("lambda.amazonaws.com"),
		"Policies":                 []any{props{"PolicyName": "p", "PolicyDocument": allow(append(actions, "logs:*")...)}},
	})
	dir, err := code()
	if err != nil {
		t.Fatal(err)
	}
	w.assets = map[string]string{"hash.zip": dir}
	return &lambdaWorld{w, role}
}

// vpcActions are what a role needs for functions in a VPC.
func vpcActions() []string {
	var out []string
	for _, call := range interfaceCalls {
		out = append(out, "ec2:"+call)
	}
	return out
}

// props are a function's.
func (w *lambdaWorld) props(more props) props {
	p := props{
		"Role": w.role.Attributes["Arn"], "Runtime": "provided.al2023", "Architectures": []string{"arm64"}, "Handler": "bootstrap",
		"Code": props{"S3Bucket": "assets", "S3Key": "prefix/hash.zip"}, "Environment": props{"Variables": props{"WHO": "me"}},
	}
	for k, v := range more {
		p[k] = v
	}
	return p
}

// function makes a function whose asset is known.
func (w *lambdaWorld) function(id string, more props) (*thing, error) {
	w.t.Helper()
	return w.try("AWS::Lambda::Function", id, w.props(more))
}

func (w *lambdaWorld) call(name string) string {
	a, err := w.Functions.Invoke(w.t.Context(), name, nil)
	if err != nil {
		return err.Error()
	}
	return string(a.Payload)
}

func TestFunctionOutsideAVPC(t *testing.T) {
	t.Parallel()
	w := newLambdaWorld(t)
	f, err := w.function("Function", props{"Timeout": "10"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "arn:aws:lambda:ap-northeast-2:123456789012:function:" + f.id(); f.Attributes["Arn"] != want {
		t.Errorf("ARN %s, want %s", f.Attributes["Arn"], want)
	}
	if got := w.call(f.id()); got != `"3.38.0.10 me"` {
		t.Errorf("it runs at %s", got)
	}
	f.change(w.props(props{"Environment": props{"Variables": props{"WHO": "you"}}}))
	if got := w.call(f.id()); !strings.HasSuffix(got, ` you"`) {
		t.Errorf("after the update it is %s", got)
	}
	one := w.make("AWS::Lambda::EventInvokeConfig", "Events", props{"FunctionName": f.id(), "Qualifier": "$LATEST", "MaximumRetryAttempts": 0})
	one.change(props{"FunctionName": f.id(), "Qualifier": "$LATEST", "MaximumEventAgeInSeconds": 60})
	w.make("AWS::Lambda::Permission", "Permission", props{"FunctionName": f.id(), "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}).delete()
	one.delete()
	f.delete()
	one.delete()
	if len(w.Functions.Names())+len(w.functionNetworks) != 0 {
		t.Error("something is left")
	}
}

func TestFunctionInAVPC(t *testing.T) {
	t.Parallel()
	w := newLambdaWorld(t, vpcActions()...)
	v, a, b := w.network()
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id()})
	inside := func(subnets ...string) props {
		return props{"VpcConfig": props{"SubnetIds": subnets, "SecurityGroupIds": []string{group.id()}}}
	}
	f, err := w.function("Function", inside(a.id(), b.id()))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{w.call(f.id()): true, w.call(f.id()): true}
	if !seen[`"10.0.0.4 me"`] || !seen[`"10.0.1.4 me"`] {
		t.Errorf("it runs at %v", seen)
	}
	for _, i := range w.Network.Interfaces().All() {
		if i.PublicAddr.IsValid() || len(i.Groups) != 1 || i.Groups[0] != group.id() {
			t.Errorf("interface %+v", i)
		}
	}
	f.change(w.props(inside(b.id())))
	if n := len(w.Network.Interfaces().All()); n != 1 {
		t.Errorf("after the update there are %d interfaces", n)
	}
	f.delete()
	for _, x := range []*thing{group, a, b} {
		x.delete()
	}
}

// A function that cannot run here is deployed. It is listed, and calls say why.
func TestFunctionsThatCannotRunAreInert(t *testing.T) {
	t.Parallel()
	w := newLambdaWorld(t)
	for name, test := range map[string]struct {
		p    props
		want string
	}{
		"another runtime":    {props{"Runtime": "java21"}, "the lab has no runtime java21: it has nodejs, python and provided"},
		"inline binary":      {props{"Code": props{"ZipFile": "x"}}, "property Code.ZipFile: the runtime provided.al2023 takes no inline code"},
		"code from nowhere":  {props{"Code": props{"S3Bucket": "b", "S3Key": "other.zip"}}, "its code other.zip is not among the assembly's assets"},
		"other architecture": {props{"Architectures": []string{"x86_64"}}, "bootstrap is built for arm64"},
		"image":              {props{"Code": props{"ImageUri": "i"}, "PackageType": "Image"}, "its code is a container image, and the lab has no images"},
		"layers":             {props{"Layers": []string{"arn:l"}}, "the lab does not have its layer arn:l"},
	} {
		typ, _ := w.Type("AWS::Lambda::Function")
		if why := typ.(cfn.Inert).Inert(resolved(t, w.props(test.p)), w.assets); !strings.Contains(why, test.want) {
			t.Errorf("%s: %q, want %q", name, why, test.want)
		}
		f, err := w.function("Inert", test.p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if answer := w.call(f.id()); !strings.Contains(answer, "the lab cannot run this function") {
			t.Errorf("%s answers %s", name, answer)
		}
		f.delete()
	}
}

func TestFunctionsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newLambdaWorld(t)
	_, a, _ := w.network()
	instances := w.make("AWS::IAM::Role", "Instances", props{"AssumeRolePolicyDocument": trust("ec2.amazonaws.com")})
	lacking := newLambdaWorld(t, "ec2:CreateNetworkInterface")
	v, b, _ := lacking.network()
	group := lacking.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id()})
	for name, test := range map[string]struct {
		w    *lambdaWorld
		p    props
		want string
	}{
		"no runtime":        {w, props{"Runtime": nil}, "property Runtime is required"},
		"two codes":         {w, props{"Code": props{"ZipFile": "x", "S3Bucket": "b", "S3Key": "k"}}, "property Code needs exactly one of S3Key, ZipFile and ImageUri"},
		"untrusting role":   {w, props{"Role": instances.Attributes["Arn"]}, "The role defined for the function cannot be assumed by Lambda."},
		"long timeout":      {w, props{"Timeout": 901}, "property Timeout: 901 is not between 1 and 900"},
		"little memory":     {w, props{"MemorySize": "64"}, "property MemorySize: 64 is not between 128 and 10240"},
		"no handler":        {w, props{"Handler": nil}, "property Handler"},
		"no group":          {w, props{"VpcConfig": props{"SubnetIds": []string{a.id()}}}, "Security Groups are required"},
		"no permission":     {w, props{"VpcConfig": props{"SubnetIds": []string{a.id()}, "SecurityGroupIds": []string{"sg-1"}}}, "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"},
		"half a permission": {lacking, props{"VpcConfig": props{"SubnetIds": []string{b.id()}, "SecurityGroupIds": []string{group.id()}}}, "permissions to call DescribeNetworkInterfaces on EC2"},
		"no such subnet":    {newLambdaWorld(t, vpcActions()...), props{"VpcConfig": props{"SubnetIds": []string{"subnet-1"}, "SecurityGroupIds": []string{"sg-1"}}}, "InvalidSubnetID.NotFound"},
	} {
		if _, err := test.w.function("Function", test.p); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
		if n := len(test.w.functionNetworks); n != 0 {
			t.Errorf("%s: %d places are left", name, n)
		}
	}
	for _, test := range []struct{ action, principal, want string }{
		{"lambda:InvokeFunction", "somebody", `property Principal: "somebody" is no service, account, ARN or *`},
		{"s3:GetObject", "*", `property Action: "s3:GetObject" is no action on functions, such as lambda:InvokeFunction`},
		{"lambda:InvokeFunction", "123456789012", "Function not found: f"},
	} {
		if _, err := w.try("AWS::Lambda::Permission", "P", props{"FunctionName": "f", "Action": test.action, "Principal": test.principal}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
}
