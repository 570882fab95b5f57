package lifecycle

import (
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

// proofID is the logical id of the one proof.
func proofID(t templates.Template) string { return t.OfType(contract.ResourceType)[0] }

// addWayOut gives the private subnet of scenario 1 a route to the internet, and
// has the route wait for something.
func addWayOut(waitsFor func(templates.Template) string) func(templates.Template) {
	return func(t templates.Template) {
		var table any
		t.Each("AWS::EC2::SubnetRouteTableAssociation", func(id string, p object) {
			if strings.Contains(id, "Private") {
				table = p["RouteTableId"]
			}
		})
		dependencies := t.OfType("AWS::EC2::VPCGatewayAttachment")
		if waitsFor != nil {
			dependencies = append(dependencies, waitsFor(t))
		}
		t.Add("WayOut", "AWS::EC2::Route", object{
			"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0",
			"GatewayId": templates.RefTo(t.OfType("AWS::EC2::InternetGateway")[0]),
		}, dependencies...)
	}
}

// resynthesized makes an edit one of the application, not of its template.
func resynthesized(t *testing.T, id string) func(templates.Template) {
	return func(template templates.Template) {
		t.Helper()
		if err := templates.Resynthesize(template, id); err != nil {
			t.Fatal(err)
		}
	}
}

// What comes after the proof, or while it runs, does not escape it.
func TestNothingComesAfterTheProof(t *testing.T) {
	t.Parallel()
	const open = "sends 0.0.0.0/0 to igw-"
	const unseen = "WayOut waits for it, which the proof could not see"
	report := func(t templates.Template) string { return t.OfType("AWS::CloudFormation::WaitCondition")[0] }
	for name, test := range map[string]struct {
		edit   func(templates.Template)
		reason string // "" if it deploys
	}{
		"a way out before it": {addWayOut(nil), open},
		"a way out after it":  {addWayOut(proofID), unseen},
		"a way out after what comes after it": {func(t templates.Template) {
			t.Add("Between", "AWS::Logs::LogGroup", object{}, proofID(t))
			addWayOut(func(templates.Template) string { return "Between" })(t)
		}, unseen},
		// The instance reports some seconds after the proof has begun.
		"a way out while it runs": {addWayOut(report), open},
		"a log group after it": {func(t templates.Template) {
			t.Add("After", "AWS::Logs::LogGroup", object{}, proofID(t))
		}, ""},
		"a log group while it runs": {func(t templates.Template) {
			t.Add("During", "AWS::Logs::LogGroup", object{}, report(t))
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := assembled.Stack(t, "GatewayEndpoint")
			w := newWorld(t, "GatewayEndpoint")
			want := cfn.CreateComplete
			if test.reason != "" {
				want = cfn.RollbackComplete
			}
			reason := w.must(assembled.Changed(t, stack, test.edit), want)
			if !strings.Contains(reason, test.reason) {
				t.Errorf("the reason is %q, want %q in it", reason, test.reason)
			}
			w.Remove(w.id)
		})
	}
}

// An update that adds a way out anywhere in the stack runs the proof.
func TestUpdateOutsideTheConstructs(t *testing.T) {
	t.Parallel()
	stack := assembled.Stack(t, "GatewayEndpoint")
	w := newWorld(t, "GatewayEndpoint")
	w.must(stack, cfn.CreateComplete)
	reason := w.must(assembled.Changed(t, stack, addWayOut(nil), resynthesized(t, w.id)), cfn.UpdateRollbackComplete)
	if !strings.Contains(reason, "sends 0.0.0.0/0 to igw-") {
		t.Errorf("the reason is %q", reason)
	}
	w.Remove(w.id)
}

// An update that takes out what keeps a subnet closed would take it out after
// the proof: CloudFormation deletes last.
func TestUpdateThatLoosens(t *testing.T) {
	t.Parallel()
	stack := assembled.Stack(t, "GatewayEndpoint")
	w := newWorld(t, "GatewayEndpoint")
	w.must(stack, cfn.CreateComplete)
	taken := ""
	reason := w.must(assembled.Changed(t, stack, func(t templates.Template) {
		for _, id := range t.OfType("AWS::EC2::SubnetRouteTableAssociation") {
			if strings.Contains(id, "Private") {
				taken = id
				delete(t.Resources(), id)
			}
		}
		for _, id := range t.IDs() {
			t.SetDependsOn(id, slices.DeleteFunc(t.DependsOn(id), func(on string) bool { return on == taken }))
		}
	}, resynthesized(t, w.id)), cfn.UpdateRollbackComplete)
	if want := taken + " (AWS::EC2::SubnetRouteTableAssociation) is to be deleted after it"; !strings.Contains(reason, want) {
		t.Errorf("the reason is %q, want %q in it", reason, want)
	}
	w.Remove(w.id)
}

// Who edits the synthesized template by hand, and leaves the digests as they are, changes
// nothing of the proof. It runs in every update nevertheless: in the second as in the
// first, after a rollback, after an update that was all right, and in a run of the same
// template.
func TestUpdateByHandRunsTheProof(t *testing.T) {
	t.Parallel()
	stack := assembled.Stack(t, "GatewayEndpoint")
	w := newWorld(t, "GatewayEndpoint")
	w.must(stack, cfn.CreateComplete)
	open := func(s cfn.Stack) {
		t.Helper()
		reason := w.must(assembled.Changed(t, s, addWayOut(nil)), cfn.UpdateRollbackComplete)
		if !strings.Contains(reason, "sends 0.0.0.0/0 to igw-") {
			t.Errorf("the reason is %q", reason)
		}
	}
	open(stack)
	open(stack)
	harmless := assembled.Changed(t, stack, func(t templates.Template) { t.Add("Harmless", "AWS::SNS::Topic", object{}) })
	w.must(harmless, cfn.UpdateComplete)
	open(harmless)
	w.must(harmless, cfn.UpdateComplete)
	open(harmless)
	w.Remove(w.id)
}

// An update that fails before the proof runs leaves the next one as it was: it runs the proof.
func TestUpdateByHandAfterOneThatFailedBeforeTheProof(t *testing.T) {
	t.Parallel()
	stack := assembled.Stack(t, "GatewayEndpoint")
	w := newWorld(t, "GatewayEndpoint")
	w.must(stack, cfn.CreateComplete)
	reason := w.must(assembled.Changed(t, stack, func(t templates.Template) {
		var table any
		t.Each("AWS::EC2::SubnetRouteTableAssociation", func(_ string, p object) { table = p["RouteTableId"] })
		t.Add("Nowhere", "AWS::EC2::Route", object{
			"RouteTableId": table, "DestinationCidrBlock": "192.0.2.0/24", "GatewayId": "igw-00000000000000000",
		})
	}), cfn.UpdateRollbackComplete)
	if strings.Contains(reason, "refuted") || !strings.Contains(reason, "igw-00000000000000000") {
		t.Errorf("the reason is %q, want that of the route", reason)
	}
	reason = w.must(assembled.Changed(t, stack, addWayOut(nil)), cfn.UpdateRollbackComplete)
	if !strings.Contains(reason, "sends 0.0.0.0/0 to igw-") {
		t.Errorf("the reason is %q", reason)
	}
	w.Remove(w.id)
}

// A proof that could not make the next update run it does not pass.
func TestProofThatCannotWriteItsNonce(t *testing.T) {
	t.Parallel()
	stack := assembled.Stack(t, "GatewayEndpoint")
	w := newWorld(t, "GatewayEndpoint")
	reason := w.must(assembled.Changed(t, stack, func(t templates.Template) {
		t.Each("AWS::IAM::Policy", func(_ string, p object) {
			statements := p["PolicyDocument"].(object)["Statement"].([]any)
			p["PolicyDocument"].(object)["Statement"] = slices.DeleteFunc(statements, func(s any) bool { return s.(object)["Sid"] == "WriteNonce" })
		})
	}), cfn.RollbackComplete)
	for _, want := range []string{"every claim holds", "the next update of the stack would not run the proof", "ssm:PutParameter"} {
		if !strings.Contains(reason, want) {
			t.Errorf("the reason is %q, want %q in it", reason, want)
		}
	}
	w.Remove(w.id)
}
