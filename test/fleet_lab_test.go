package test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
)

// A fleet is proved in a deployment, each endpoint by itself or all as a set. Where one
// endpoint of the set is broken, that one is blamed, by its name, and no other.
func TestFleetDeploys(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false, "@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": false})
	fleet(awscdk.NewStack(app, jsii.String("Each"), nil), fleetServices[6:], each)
	fleet(awscdk.NewStack(app, jsii.String("Fleet"), nil), fleetServices, together)
	app.Synth(nil)
	read, err := cfn.ReadAssembly(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Each", "Fleet"} {
		stack, _ := read.Stack(name)
		w := deployed.New(t, name, region.Options{})
		if err := w.Deploy(stack); err != nil {
			t.Fatal(deployed.Reason(err))
		}
		w.Remove(name)
	}
	stack, _ := read.Stack("Fleet")
	w := deployed.New(t, "Fleet", region.Options{})
	broken := assembled.Changed(t, stack, func(template templates.Template) {
		template.Each("AWS::EC2::VPCEndpoint", func(id string, properties templates.Object) {
			if strings.HasPrefix(id, "kms") {
				properties["PrivateDnsEnabled"] = false
			}
		})
	})
	failure, failed := errors.AsType[*cfn.Failure](w.Deploy(broken))
	if !failed {
		t.Fatal("deployed, although an endpoint is broken")
	}
	for _, f := range failure.Failures {
		if strings.Contains(f.Reason, "cancelled") {
			continue
		}
		blamed := serviceNames.FindAllStringSubmatch(f.Reason, -1)
		for _, name := range blamed {
			if name[1] != "kms" {
				t.Errorf("%s is blamed too: %s", name[1], f.Reason)
			}
		}
		if len(blamed) == 0 || !strings.Contains(f.Reason, "Interface endpoint vpce-") {
			t.Errorf("nobody is blamed: %s", f.Reason)
		}
	}
	w.Remove("Fleet")
}

// serviceNames finds the names of services in a reason.
var serviceNames = regexp.MustCompile(`com\.amazonaws\.ap-northeast-2\.([a-z.-]+[a-z])`)
