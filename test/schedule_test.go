package test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/contract"
	"provenendpoints/proof"
	"provenendpoints/stacks"
)

// scheduledScenarios are the scenarios with proofs that go on, watched by cdk-nag.
func scheduledScenarios(t *testing.T) string {
	t.Helper()
	app := testApp(t, map[string]any{stacks.ScheduleContext: "15m"})
	addNag(app)
	stacks.New(app)
	app.Synth(nil)
	for _, plugin := range readFindings(t, *app.Outdir()).PluginReports {
		for _, violation := range plugin.Violations {
			t.Errorf("%s: %s (%s)", violation.RuleName, violation.Description, violation.Severity)
		}
	}
	return *app.Outdir()
}

// said is a text with references, each as <Id> or <Id.Attribute>.
func said(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case map[string]any:
		if id, ok := value["Ref"].(string); ok {
			return "<" + id + ">"
		}
		if list, ok := value["Fn::GetAtt"].([]any); ok {
			return "<" + list[0].(string) + "." + list[1].(string) + ">"
		}
		if join, ok := value["Fn::Join"].([]any); ok {
			var parts []string
			for _, part := range join[1].([]any) {
				parts = append(parts, said(part))
			}
			return strings.Join(parts, join[0].(string))
		}
		for key := range value {
			if len(value) == 1 && strings.HasPrefix(key, "Fn::") {
				return "<" + notPlain.ReplaceAllString(text(value), "") + ">"
			}
		}
	}
	return text(value)
}

var notPlain = regexp.MustCompile(`[^A-Za-z0-9.]`)

// reference is one as said writes it, and as JSON does.
var reference = regexp.MustCompile(`(?:<|\\u003c)([A-Za-z0-9.:]+)(?:>|\\u003e)`)

// tokens writes references as CDK's tokens, which claims may hold.
func tokens(s string) string { return reference.ReplaceAllString(s, "$${Token[$1.1]}") }

func decodeScheduled(input string) (contract.Scheduled, map[string]contract.Properties, error) {
	return contract.DecodeScheduled([]byte(tokens(strings.Replace(input, contract.ScheduledTime, "2026-11-26T10:00:00Z", 1))))
}

func TestScheduledTemplates(t *testing.T) {
	dir := scheduledScenarios(t)
	snapshot(t, "GatewayEndpoint.scheduled", readTemplate(t, dir, "GatewayEndpoint"))
	for _, name := range []string{"GatewayEndpoint", "InterfaceEndpoint", "InterfaceEndpointPrivateDns", "EndpointService"} {
		tpl, plain := loadFrom(t, dir, name), load(t, name)
		checkAdded(t, name, tpl, plain)
		checkScheduled(t, name, tpl)
		checkTold(t, name, tpl)
		checkAlarms(t, name, tpl)
	}
}

// snapshot compares a template with its snapshot, as TestSnapshots does.
func snapshot(t *testing.T, name string, data []byte) {
	t.Helper()
	got, file := normalize(t, data), filepath.Join("testdata", name+".template.json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./test -run ScheduledTemplates -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("differs from %s (-want +got):\n%s", file, diff)
	}
}

// watched is a verification that facts alone decide, with a schedule.
func watched(stack awscdk.Stack, id string, schedule *verification.Schedule) verification.Verification {
	return verification.New(stack, id, &verification.Props{
		Subject: "an endpoint", Claims: []proof.Claim{{ID: "Unrouted", Kind: proof.Unrouted, Endpoint: "vpce-1"}}, Schedule: schedule,
	})
}

// All proofs of a stack are one schedule's, and must agree on it.
func TestOneScheduleForAStack(t *testing.T) {
	app := testApp(t, nil)
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	schedule := &verification.Schedule{Every: time.Hour, NoDashboard: true}
	watched(stack, "One", schedule)
	watched(stack, "Two", schedule)
	watched(stack, "Three", nil)
	if said := mustPanic(t, func() { watched(stack, "Four", &verification.Schedule{Every: 2 * time.Hour}) }); !strings.Contains(said, "Schedule: must be that of the stack's other verifications") ||
		!strings.Contains(said, "rate(60 minutes)") || !strings.Contains(said, "rate(120 minutes)") {
		t.Errorf("said %q", said)
	}
	tpl := synth(t, app, "Stack")
	input := said(tpl.one(t, "AWS::Scheduler::Schedule", "", nil).Properties["Target"].(map[string]any)["Input"])
	_, proofs, err := decodeScheduled(input)
	if names := slices.Sorted(maps.Keys(proofs)); err != nil || !slices.Equal(names, []string{"One", "Two"}) {
		t.Errorf("the schedule runs %q, error %v", names, err)
	}
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		if len(alarm.DependsOn) != 2 {
			t.Errorf("%s waits for %q", alarm.ID, alarm.DependsOn)
		}
	}
	if len(tpl.all("AWS::CloudWatch::Dashboard"))+len(tpl.all("AWS::Events::Rule")) > 0 {
		t.Error("there is a dashboard or a rule that nobody asked for")
	}
}

// A cron expression keeps its zone, and both alarms go to the topic.
func TestScheduleByCron(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	topic := awssns.NewTopic(stack, jsii.String("Topic"), nil)
	watched(stack, "Proof", &verification.Schedule{Cron: "0 6 ? * MON-FRI *", TimeZone: "Asia/Seoul", Silence: 96 * time.Hour, Topic: topic})
	tpl := synth(t, app, "Stack")
	p := tpl.one(t, "AWS::Scheduler::Schedule", "", nil).Properties
	if p["ScheduleExpression"] != "cron(0 6 ? * MON-FRI *)" || p["ScheduleExpressionTimezone"] != "Asia/Seoul" {
		t.Errorf("%v in %v", p["ScheduleExpression"], p["ScheduleExpressionTimezone"])
	}
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		for _, actions := range []string{"AlarmActions", "OKActions"} {
			if got := tpl.mentions(alarm.Properties[actions]); len(got) != 1 || tpl.Resources[got[0]].Type != "AWS::SNS::Topic" {
				t.Errorf("%s: %s are %v", alarm.ID, actions, got)
			}
		}
	}
	if said := mustPanic(t, func() { watched(stack, "Bad", &verification.Schedule{Every: time.Minute}) }); !strings.Contains(said, "Schedule.Every: must be whole minutes") {
		t.Errorf("said %q", said)
	}
}

// A stack of nothing but proofs for what exists already, from the context alone.
func TestExistingContext(t *testing.T) {
	app := testApp(t, map[string]any{
		stacks.ScheduleContext: "1h",
		stacks.ExistingContext: `{"Vpc": "vpc-0f50297ed0903e9f7", "Isolated": true,
			"Subnets": {"A": {"Id": "subnet-023fd636300d69a7e", "Zone": "eu-central-1a"}, "B": {"Id": "subnet-023fd636300d69a7f", "Zone": "eu-central-1b"}},
			"Endpoints": {"S3": {"Id": "vpce-0b9196dc2f3bd1832", "Service": "s3", "Gateway": true}, "Sqs": {"Id": "vpce-0b9196dc2f3bd1833", "Service": "sqs", "PrivateDns": true}}}`,
	})
	addNag(app)
	stacks.New(app)
	tpl := synth(t, app, "ExistingEndpoints")
	if proofs := tpl.all(contract.ResourceType); len(proofs) != 2 {
		t.Errorf("%d proofs, want one for each endpoint", len(proofs))
	}
	if functions := tpl.all("AWS::Lambda::Function"); len(functions) != 3 {
		t.Errorf("%d functions, want the verifier and one for each subnet", len(functions))
	}
	for _, r := range tpl.Resources {
		if strings.HasPrefix(r.Type, "AWS::EC2::") && r.Type != "AWS::EC2::SecurityGroup" {
			t.Errorf("%s (%s) changes the network", r.ID, r.Type)
		}
	}
	_, proofs, err := decodeScheduled(said(tpl.one(t, "AWS::Scheduler::Schedule", "", nil).Properties["Target"].(map[string]any)["Input"]))
	if names := slices.Sorted(maps.Keys(proofs)); err != nil || !slices.Equal(names, []string{"S3", "Sqs"}) {
		t.Errorf("the schedule runs %q, error %v", names, err)
	}
	for given, want := range map[string]string{
		`{}`:                `context existing: Vpc: must begin with vpc-, got ""`,
		`{"Vpc": "vpc-1"}`:  "context existing: Subnets, Endpoints: must have at least one each, got 0 and 0",
		`{"Vpc": 1}`:        "context existing: must be JSON of a VPC, its subnets and its endpoints",
		`{"Vpcs": "vpc-1"}`: `unknown field "Vpcs"`,
		`{"Vpc": "vpc-1", "Subnets": {"A": {"Id": "x"}}, "Endpoints": {"S3": {"Id": "vpce-1"}}}`: `context existing: Subnets.A.Id: must begin with subnet-, got "x"`,
	} {
		if said := mustPanic(t, func() { stacks.New(testApp(t, map[string]any{stacks.ExistingContext: given})) }); !strings.Contains(said, want) {
			t.Errorf("%s: said %q, want %s", given, said, want)
		}
	}
	if said := mustPanic(t, func() { stacks.New(testApp(t, map[string]any{stacks.ScheduleContext: "often"})) }); !strings.Contains(said, `context schedule: must be a time such as 15m or 1h, got "often"`) {
		t.Errorf("said %q", said)
	}
}
