package proof

import (
	"context"
	"strings"
	"testing"

	"provenendpoints/internal/template"
)

var _ = exampleOf(Last, example{
	valid:    Claim{Stack: "arn:aws:cloudformation:ap-northeast-2:111122223333:stack/Web/1a2b"},
	fields:   "Stack! Digest Proofs",
	negative: true,
	gathered: []Claim{{Stack: "stack"}},
	lookups: Lookups{StackLookup.By(func(context.Context, string) (Stack, error) {
		return Stack{Template: "{}", Resources: []StackResource{{"Proof", "Custom::EndpointProof", "CREATE_IN_PROGRESS"}}}, nil
	})},
})

// The proof is last if nothing that matters is under way or still to come.
func TestJudgeLast(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:cloudformation:ap-northeast-2:111122223333:stack/Web/1a2b"
	const body = `{"Resources":{
		"Proof":{"Type":"Custom::EndpointProof","Properties":{"Claims":[{"Id":"Last","Digest":"new"}]}},
		"Route":{"Type":"AWS::EC2::Route"},
		"Alarm":{"Type":"AWS::CloudWatch::Alarm"},
		"Maybe":{"Type":"AWS::EC2::Route","Condition":"Sometimes","DependsOn":"Route"},
		"App":{"Type":"AWS::Lambda::Function","DependsOn":"Proof"}MORE}}`
	resources := func(pairs ...string) []StackResource {
		types := map[string]string{"Proof": "Custom::EndpointProof", "Alarm": "AWS::CloudWatch::Alarm", "Association": "AWS::EC2::SubnetRouteTableAssociation", "App": "AWS::Lambda::Function"}
		found := []StackResource{{"Proof", types["Proof"], "CREATE_IN_PROGRESS"}}
		for _, pair := range pairs {
			id, status, _ := strings.Cut(pair, " ")
			if types[id] == "" {
				types[id] = "AWS::EC2::Route"
			}
			found = append(found, StackResource{id, types[id], status})
		}
		return found
	}
	complete := resources("Route CREATE_COMPLETE", "Alarm CREATE_COMPLETE")
	for name, test := range map[string]struct {
		digest, more string
		resources    []StackResource
		state        State
		seen         string
	}{
		"all is in place":      {"new", "", complete, Holds, "3 resources"},
		"no digest":            {"", "", complete, Holds, "3 resources"},
		"a condition holds":    {"new", "", append(complete, resources("Maybe UPDATE_COMPLETE")...), Holds, "5 resources"},
		"what moves no packet": {"new", "", resources("Route CREATE_COMPLETE", "Alarm CREATE_IN_PROGRESS"), Holds, "3 resources"},
		"a condition behind what moves none": {"new", `,"Held":{"Type":"AWS::EC2::Route","Condition":"Sometimes","DependsOn":"Alarm"}`,
			resources("Route CREATE_COMPLETE", "Alarm CREATE_IN_PROGRESS"), Refuted, "Held (AWS::EC2::Route) is still to be made"},
		"an application after it":     {"new", "", append(complete, resources("App UPDATE_IN_PROGRESS")...), Holds, "5 resources"},
		"a route under way":           {"new", "", resources("Route CREATE_IN_PROGRESS", "Alarm CREATE_COMPLETE"), Refuted, "Route (AWS::EC2::Route) is CREATE_IN_PROGRESS"},
		"a route that failed":         {"new", "", resources("Route UPDATE_FAILED", "Alarm CREATE_COMPLETE"), Refuted, "Route (AWS::EC2::Route) is UPDATE_FAILED"},
		"a route to come":             {"new", "", resources("Alarm CREATE_COMPLETE"), Refuted, "Route (AWS::EC2::Route) is still to be made"},
		"a condition to come":         {"new", "", resources("Route CREATE_IN_PROGRESS"), Refuted, "Route (AWS::EC2::Route) is CREATE_IN_PROGRESS"},
		"a route after it":            {"new", `,"Late":{"Type":"AWS::EC2::Route","DependsOn":"App"}`, complete, Refuted, "Late waits for it, which the proof could not see: a resource of the type AWS::EC2::Route can change who reaches whom"},
		"an association taken out":    {"new", "", append(complete, resources("Association CREATE_COMPLETE")...), Refuted, "Association (AWS::EC2::SubnetRouteTableAssociation) is to be deleted after it"},
		"a route taken out":           {"new", "", append(complete, resources("Old CREATE_COMPLETE")...), Holds, "5 resources"},
		"an unknown one under way":    {"new", "", append(complete, resources("Old DELETE_IN_PROGRESS")...), Refuted, "Old (AWS::EC2::Route) is DELETE_IN_PROGRESS"},
		"an older template":           {"newer", `,"Late":{"Type":"AWS::EC2::Route","DependsOn":"App"}`, complete, Holds, "3 resources, as far as its resources show; CloudFormation does not show the template yet"},
		"an older template, changing": {"newer", "", append(complete, resources("Fresh CREATE_IN_PROGRESS")...), Refuted, "Fresh (AWS::EC2::Route) is CREATE_IN_PROGRESS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claim := Claim{ID: "Last", Kind: Last, Stack: arn, Digest: test.digest}
			facts := Facts{lastFacts{Stack{strings.Replace(body, "MORE", test.more, 1), test.resources}}}
			verdict := Judge(claim, facts, Observation{})
			if verdict.State != test.state || verdict.Seen != test.seen {
				t.Errorf("got %s, %q, want %s, %q", verdict.State, verdict.Seen, test.state, test.seen)
			}
			if (verdict.Hint == "") != (test.state == Holds) {
				t.Errorf("the hint is %q", verdict.Hint)
			}
		})
	}
	for name, test := range map[string]struct {
		digest, old, new string
		state            State
	}{
		"as synthesized":     {"new", "", "", Holds},
		"a claim less":       {"new", `{"Id":"A","Kind":"sole"},`, "", Refuted},
		"a claim changed":    {"new", `"sole"`, `"routed"`, Refuted},
		"a field more":       {"new", `"Kind":"sole"`, `"Kind":"sole","Endpoints":["vpce-2"]`, Refuted},
		"another function":   {"new", `"verifier"`, `"other"`, Refuted},
		"another prober":     {"new", `"prober"`, `"other"`, Refuted},
		"under a condition":  {"new", `"Type":"Custom::EndpointProof",`, `"Type":"Custom::EndpointProof","Condition":"Never",`, Refuted},
		"a member's claim":   {"new", `"available"`, `"sole"`, Refuted},
		"another proof less": {"new", `,"Second":{"Type":"Custom::EndpointProof"}`, "", Refuted},
		"more time":          {"new", `"TimeLimit":"60"`, `"TimeLimit":"90"`, Holds},
		"an older template":  {"newer", `"sole"`, `"routed"`, Holds},
	} {
		t.Run("the proofs say: "+name, func(t *testing.T) {
			t.Parallel()
			const synthesized = `{"Resources":{"Proof":{"Type":"Custom::EndpointProof","Properties":{"ServiceToken":"verifier","TimeLimit":"60",
				"VantagePoints":{"A":"prober"},"Members":[{"Name":"M","Claims":[{"Id":"B","Kind":"available"}]}],
				"Claims":[{"Id":"A","Kind":"sole"},{"Id":"Last","Digest":"new","Proofs":"?"}]}},"Second":{"Type":"Custom::EndpointProof"}}}`
			made, err := template.Parse([]byte(synthesized))
			if err != nil {
				t.Fatal(err)
			}
			edited := strings.Replace(synthesized, test.old, test.new, 1)
			if test.old != "" && edited == synthesized {
				t.Fatal("the edit changes nothing")
			}
			claim := Claim{ID: "Last", Kind: Last, Stack: arn, Digest: test.digest, Proofs: made.ProofsDigest()}
			verdict := Judge(claim, Facts{lastFacts{Stack{edited, resources()}}}, Observation{})
			if verdict.State != test.state || test.state == Refuted && !strings.Contains(verdict.Seen, "say something else") {
				t.Errorf("got %s, %q, want %s", verdict.State, verdict.Seen, test.state)
			}
		})
	}
	for body, want := range map[string]string{"": "the stack is unknown", "Resources:\n  A: {}": "the template is not a JSON object"} {
		verdict := Judge(Claim{ID: "Last", Kind: Last, Stack: arn}, Facts{lastFacts{Stack{Template: body}}}, Observation{})
		if verdict.State != Unproven || !strings.HasPrefix(verdict.Seen, want) {
			t.Errorf("%q: got %s, %q, want unproven, %q", body, verdict.State, verdict.Seen, want)
		}
	}
}

func TestLastInWords(t *testing.T) {
	t.Parallel()
	claim := Claim{ID: "Last", Kind: Last, Stack: "arn:aws:cloudformation:ap-northeast-2:111122223333:stack/Web/1a2b"}
	if err := claim.Validate(); err != nil {
		t.Error(err)
	}
	if got := claim.expected(Facts{}); got != "be the last of the stack Web that could change who reaches whom" {
		t.Errorf("expected %q", got)
	}
}
