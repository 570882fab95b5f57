package rendering

import (
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/aws/jsii-runtime-go/runtime"

	"provenendpoints/internal/kernel"
	"provenendpoints/internal/template"
)

func TestMain(m *testing.M) {
	code := m.Run()
	kernel.Close()
	os.Exit(code)
}

const asking = "Custom::Asking"

// asker renders its own stack when CDK writes it.
type asker struct {
	stack    awscdk.Stack
	rendered *template.Template
	err      error
	times    int
}

func (a *asker) Produce() any {
	a.times++
	a.rendered, a.err = Of(a.stack)
	return "asked"
}

// synth makes a stack with a resource that asks and whatever add adds after it.
func synth(t *testing.T, add func(awscdk.Stack)) *asker {
	t.Helper()
	t.Setenv("CDK_VALIDATION", "false")
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir()), AnalyticsReporting: jsii.Bool(false)})
	a := &asker{stack: awscdk.NewStack(app, jsii.String("Stack"), nil)}
	var token string
	runtime.StaticInvoke(Late(), "written", []any{a.stack, a}, &token)
	for _, id := range []string{"One", "Two"} { // two that ask do not ask each other
		awscdk.NewCfnResource(a.stack, jsii.String(id), &awscdk.CfnResourceProps{
			Type: jsii.String(asking), Properties: &map[string]any{"Asked": token, "Plain": "text"},
		})
	}
	add(a.stack)
	app.Synth(nil)
	return a
}

// What is rendered is what stands in the template in the end, whenever and
// however it was changed.
func TestOf(t *testing.T) {
	a := synth(t, func(stack awscdk.Stack) {
		thing := awscdk.NewCfnResource(stack, jsii.String("Thing"), &awscdk.CfnResourceProps{
			Type: jsii.String("AWS::EC2::VPC"), Properties: &map[string]any{"CidrBlock": "10.0.0.0/16"},
		})
		thing.AddPropertyOverride(jsii.String("CidrBlock"), "10.9.0.0/16")
		thing.AddOverride(jsii.String("Condition"), "Never")
		awscdk.NewCfnMapping(stack, jsii.String("Map"), &awscdk.CfnMappingProps{Mapping: &map[string]*map[string]any{"a": {"b": "c"}}})
		awscdk.NewCfnCondition(stack, jsii.String("Never"), &awscdk.CfnConditionProps{Expression: awscdk.Fn_ConditionEquals("a", "b")})
		// A nested construct tree, and another stack below this one, which is not part of it.
		awscdk.NewCfnResource(awscdk.NewStack(stack, jsii.String("Other"), nil), jsii.String("Foreign"), &awscdk.CfnResourceProps{Type: jsii.String("AWS::EC2::VPC")})
	})
	if a.err != nil {
		t.Fatal(a.err)
	}
	if got := strings.Join(a.rendered.IDs(), " "); got != "One Thing Two" {
		t.Errorf("resources %s", got)
	}
	thing := a.rendered.Resource("Thing")
	if got := thing.Properties()["CidrBlock"]; got != "10.9.0.0/16" {
		t.Errorf("the overridden property is %v", got)
	}
	if got := thing["Condition"]; got != "Never" {
		t.Errorf("the overridden condition is %v", got)
	}
	if got := a.rendered.Resource("One").Properties(); got["Asked"] != nil || got["Plain"] != "text" {
		t.Errorf("a resource that asks is rendered with %v", got)
	}
	if a.times != 1 {
		t.Errorf("asked %d times for two resources, want once", a.times)
	}
}

// A mapping, which CDK's API does not show, changes the digest.
func TestMappingsCount(t *testing.T) {
	digest := func(value string) string {
		a := synth(t, func(stack awscdk.Stack) {
			awscdk.NewCfnMapping(stack, jsii.String("Map"), &awscdk.CfnMappingProps{Mapping: &map[string]*map[string]any{"a": {"b": value}}})
		})
		if a.err != nil {
			t.Fatal(a.err)
		}
		return a.rendered.Digest()
	}
	if one, again, other := digest("1"), digest("1"), digest("2"); one != again || one == other {
		t.Errorf("digests %s, %s and %s", one, again, other)
	}
}

// unwritable stands for a construct, which no template can hold.
type unwritable struct{ stack awscdk.Stack }

func (u *unwritable) Produce(awscdk.IResolveContext) any { return u.stack }

// An error in JavaScript is an error here and leaves the kernel alive.
func TestOfFails(t *testing.T) {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	awscdk.NewCfnResource(stack, jsii.String("Thing"), &awscdk.CfnResourceProps{
		Type: jsii.String("AWS::EC2::VPC"), Properties: &map[string]any{"CidrBlock": awscdk.Lazy_UncachedAny(&unwritable{stack}, nil)},
	})
	rendered, err := Of(stack)
	if err == nil {
		t.Fatalf("rendered %v", rendered.IDs())
	}
	if !strings.HasPrefix(err.Error(), "rendering the stack Stack: ") {
		t.Errorf("got %v", err)
	}
	if *awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Alive"), nil).StackName() != "Alive" {
		t.Error("the kernel is gone")
	}
}
