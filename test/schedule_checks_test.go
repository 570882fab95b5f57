package test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/contract"
	"provenendpoints/proof"
)

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
				deployed.Claims[i].Digest, deployed.Claims[i].Proofs = "", "" // whatever is deployed is judged
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
