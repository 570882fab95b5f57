package test

import (
	"encoding/json"
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

// A schedule adds resources and one property of the proof, and gives the verifier what
// it needs. It changes nothing else: least of all what is proved.
func checkAdded(t *testing.T, name string, tpl, plain *template) {
	t.Helper()
	for id, before := range plain.Resources {
		after := tpl.Resources[id]
		if after == nil {
			t.Errorf("%s: %s is gone", name, id)
			continue
		}
		was, is := maps.Clone(before.Properties), maps.Clone(after.Properties)
		switch {
		case before.Type == contract.ResourceType:
			if said(is["Set"]) != "<AWS::StackName>" {
				t.Errorf("%s: the set of the proof is %s", name, said(is["Set"]))
			}
			for _, p := range []string{"Set", "Stacks", "Claims"} { // the claim Last has the digest of the template
				delete(was, p)
				delete(is, p)
			}
		case strings.Contains(id, "VerifierRoleDefaultPolicy"):
			delete(was, "PolicyDocument") // see checkScheduled
			delete(is, "PolicyDocument")
		}
		if diff := cmp.Diff(was, is); diff != "" {
			t.Errorf("%s: %s is another (-plain +scheduled):\n%s", name, id, diff)
		}
	}
	want := map[string]int{
		"AWS::SSM::Parameter": 1, "AWS::Scheduler::Schedule": 1, "AWS::CloudWatch::Alarm": 2, "AWS::CloudWatch::Dashboard": 1,
		"AWS::Events::Rule": 5, "AWS::Lambda::Permission": 5, "AWS::IAM::Role": 1,
	}
	got := map[string]int{}
	for id, r := range tpl.Resources {
		if plain.Resources[id] == nil {
			got[r.Type]++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: added (-want +got):\n%s", name, diff)
	}
}

// The schedule runs what the deployment proved: the same claims, from the same places.
func checkScheduled(t *testing.T, name string, tpl *template) {
	t.Helper()
	schedule := tpl.one(t, "AWS::Scheduler::Schedule", "", nil)
	target := schedule.Properties["Target"].(map[string]any)
	input := said(target["Input"])
	if len(input) > 256<<10/4 {
		t.Errorf("%s: the input has %d bytes", name, len(input))
	}
	event, proofs, err := decodeScheduled(input)
	if err != nil || len(proofs) != 1 {
		t.Fatalf("%s: %d proofs, error %v", name, len(proofs), err)
	}
	resource := tpl.one(t, contract.ResourceType, "", nil)
	var raw map[string]any
	if err := json.Unmarshal([]byte(tokens(text(resolved(resource.Properties)))), &raw); err != nil {
		t.Fatal(err)
	}
	deployed, err := contract.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range proofs {
		deployed.Set, deployed.Stacks, deployed.Run, deployed.Nonce, deployed.NonceParameter = "", nil, nil, nil, ""
		for i := range deployed.Claims {
			if deployed.Claims[i].Kind == proof.Last {
				deployed.Claims[i].Digest = "" // whatever is deployed is judged
			}
		}
		if diff := cmp.Diff(deployed, p); diff != "" {
			t.Errorf("%s: the schedule runs something else (-deployed +scheduled):\n%s", name, diff)
		}
	}
	if event.Set != tokens("<AWS::StackName>") || event.Stack != tokens("<AWS::StackId>") || event.TimeLimit != 120 {
		t.Errorf("%s: %+v", name, event)
	}
	// Its role may invoke the verifier and nothing else, and nobody else may be it.
	role := tpl.Resources[tpl.mentions(target["RoleArn"])[0]]
	trust := statements(role.Properties["AssumeRolePolicyDocument"])
	if len(trust) != 1 || text(trust[0]["Principal"]) != `{"Service":"scheduler.amazonaws.com"}` ||
		!strings.Contains(text(trust[0]["Condition"]), "aws:SourceArn") || !strings.Contains(text(trust[0]["Condition"]), "aws:SourceAccount") {
		t.Errorf("%s: the role's trust is %s", name, text(trust))
	}
	var may []string
	for _, policy := range listOf(role.Properties["Policies"]) {
		for _, s := range statements(policy.(map[string]any)["PolicyDocument"]) {
			may = append(may, tpl.statement(s)...)
		}
	}
	if len(may) != 1 || !strings.Contains(may[0], "lambda:InvokeFunction") || !strings.Contains(may[0], "Judges the claims") {
		t.Errorf("%s: the schedule's role may %q", name, may)
	}
	if !slices.Equal(tpl.mentions(target["Arn"]), tpl.mentions(resource.Properties["ServiceToken"])) {
		t.Errorf("%s: the schedule invokes another function than CloudFormation", name)
	}
	checkVerifierMay(t, name, tpl)
}

// resolved replaces intrinsics in a value as said does.
func resolved(value any) any {
	switch v := value.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = resolved(v[i])
		}
		return out
	case map[string]any:
		for key := range v {
			if len(v) == 1 && (key == "Ref" || strings.HasPrefix(key, "Fn::")) {
				return said(v)
			}
		}
		out := map[string]any{}
		for key := range v {
			out[key] = resolved(v[key])
		}
		return out
	}
	return value
}

// What the verifier may besides, it may on one thing each.
func checkVerifierMay(t *testing.T, name string, tpl *template) {
	t.Helper()
	want := map[string]string{
		"ssm:GetParameter": "parameter/", "ssm:PutParameter": "parameter/", "events:PutEvents": ":event-bus/default", "scheduler:GetSchedule": ":schedule/default/endpoint-proofs-",
	}
	for _, policy := range tpl.all("AWS::IAM::Policy") {
		for _, s := range statements(policy.Properties["PolicyDocument"]) {
			for _, action := range listOf(s["Action"]) {
				resource, known := want[action.(string)]
				if !known {
					continue
				}
				delete(want, action.(string))
				if on := said(s["Resource"]); !strings.Contains(on, resource) || strings.Contains(on, "*") {
					t.Errorf("%s: %s on %s", name, action, on)
				}
				if action == "events:PutEvents" && !strings.Contains(text(s["Condition"]), contract.EventSource) {
					t.Errorf("%s: %s under %s", name, action, text(s["Condition"]))
				}
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("%s: the verifier may not %v", name, want)
	}
}

// The rules tell of what they should, in patterns that EventBridge takes, and may invoke
// the verifier.
func checkTold(t *testing.T, name string, tpl *template) {
	t.Helper()
	permitted := map[string]bool{}
	for _, p := range tpl.all("AWS::Lambda::Permission") {
		permitted[said(p.Properties["SourceArn"])] = p.Properties["Principal"] == "events.amazonaws.com"
	}
	for _, rule := range tpl.all("AWS::Events::Rule") {
		if pattern := said(rule.Properties["EventPattern"]); len(pattern) > 2048 {
			t.Errorf("%s: the pattern of %s has %d characters", name, rule.ID, len(pattern))
		}
		if !permitted["<"+rule.ID+".Arn>"] {
			t.Errorf("%s: %s may not invoke the verifier", name, rule.ID)
		}
		transformer := rule.Properties["Targets"].([]any)[0].(map[string]any)["InputTransformer"].(map[string]any)
		change, err := contract.DecodeChange([]byte(said(transformer["InputTemplate"])))
		if err != nil || change.Call != "<call>" || change.Schedule != said(tpl.one(t, "AWS::Scheduler::Schedule", "", nil).Properties["Name"]) {
			t.Errorf("%s: %s tells %+v, error %v", name, rule.ID, change, err)
		}
	}
}

// The alarms are on the metrics that the verifier writes, and exist after the first of
// them were written: before, all would be silence.
func checkAlarms(t *testing.T, name string, tpl *template) {
	t.Helper()
	proofs := tpl.all(contract.ResourceType)
	missing := map[string]string{}
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		p := alarm.Properties
		missing[p["MetricName"].(string)] = p["TreatMissingData"].(string)
		if p["Namespace"] != contract.Namespace || said(p["Dimensions"].([]any)[0].(map[string]any)["Value"]) != "<AWS::StackName>" {
			t.Errorf("%s: %s is on %v", name, alarm.ID, p)
		}
		if !slices.Contains(alarm.DependsOn, proofs[0].ID) {
			t.Errorf("%s: %s does not wait for the proof", name, alarm.ID)
		}
	}
	if diff := cmp.Diff(map[string]string{contract.MetricRefuted: "ignore", contract.MetricUnproven: "breaching"}, missing); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
	// The dashboard shows what there is.
	body := said(tpl.one(t, "AWS::CloudWatch::Dashboard", "", nil).Properties["DashboardBody"])
	if !json.Valid([]byte(body)) {
		t.Errorf("%s: the dashboard is no JSON", name)
	}
	for _, want := range []string{contract.MetricHolds, contract.MetricRefuted, contract.MetricUnproven, contract.MetricDuration, contract.MetricAge} {
		if !strings.Contains(body, `"`+want+`","`+contract.SetDimension+`","<AWS::StackName>"`) {
			t.Errorf("%s: the dashboard does not show %s", name, want)
		}
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
