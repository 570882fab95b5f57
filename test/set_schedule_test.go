package test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
	"provenendpoints/constructs/verification"
	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
)

// A set goes on after the deployment as a whole, with all that members added after it was
// scheduled: it holds for hours, and when a member's group is opened by hand the alarm is
// raised, and cleared when that is mended.
func TestScheduledSet(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
	set := verification.NewSet(stack, "Proof", &verification.SetProps{Schedule: &verification.Schedule{Every: 15 * time.Minute}})
	for _, service := range []string{"kms", "sqs"} {
		endpoint.NewInterface(stack, service, &endpoint.InterfaceProps{
			Vpc: net.Vpc(), Service: ec2.NewInterfaceVpcEndpointAwsService(&service, nil, nil, nil), Subnets: subnets(net.Private()),
			Verification: &endpoint.VerificationProps{Set: set, Isolated: true, Call: endpoint.CallTo(service)},
		})
	}
	template := synth(t, app, "Stack")

	_, proofs, err := decodeScheduled(said(template.one(t, "AWS::Scheduler::Schedule", "", nil).Properties["Target"].(map[string]any)["Input"]))
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := contract.Decode(literal(template.proofOf(t).Properties))
	if err != nil {
		t.Fatal(err)
	}
	if again := proofs["Proof"]; len(proofs) != 1 || len(again.Members) != 2 || len(again.All()) != len(decoded.All()) {
		t.Fatalf("the schedule runs %d proofs, the set with %d members and %d claims, want one with 2 and %d", len(proofs), len(again.Members), len(again.All()), len(decoded.All()))
	}

	read, err := cfn.ReadAssembly(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	deployable, _ := read.Stack("Stack")
	ticking := clock.NewStepping()
	t.Cleanup(ticking.Stop)
	w := deployed.New(t, "Stack", region.Options{Clock: ticking})
	if err := w.Deploy(deployable); err != nil {
		t.Fatal(deployed.Reason(err))
	}
	live := func(minutes int, refuted cloudwatch.State) {
		t.Helper()
		if err := ticking.Sleep(t.Context(), time.Duration(minutes)*time.Minute); err != nil {
			t.Fatal(err)
		}
		for _, alarm := range w.Metrics.Alarms() {
			want := cloudwatch.OK
			if alarm.Metric.Name == contract.MetricRefuted {
				want = refuted
			}
			if got := w.Metrics.State(alarm.Name); got != want {
				t.Errorf("after %d minutes the alarm on %s is %s, want %s", minutes, alarm.Metric.Name, got, want)
			}
		}
	}
	live(120, cloudwatch.OK)
	if runs := len(w.Metrics.Data(cloudwatch.Metric{Namespace: contract.Namespace, Name: contract.MetricHolds, Dimensions: contract.SetDimension + "=Stack"})); runs < 8 {
		t.Errorf("%d runs in two hours, want one every 15 minutes", runs)
	}
	opened := assembled.Changed(t, deployable, func(template templates.Template) {
		template.Each("AWS::EC2::SecurityGroup", func(id string, properties templates.Object) {
			if strings.HasPrefix(id, "sqs") {
				rules := properties["SecurityGroupIngress"].([]any)
				properties["SecurityGroupIngress"] = append(rules, map[string]any{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": "by hand"})
			}
		})
	})
	mend, err := w.Apply(t.Context(), region.Drift{Stack: "Stack", Template: opened.Template, By: "somebody"})
	if err != nil {
		t.Fatal(err)
	}
	live(45, cloudwatch.InAlarm)
	if err := mend(t.Context()); err != nil {
		t.Fatal(err)
	}
	live(45, cloudwatch.OK)
	w.Remove("Stack")
}
