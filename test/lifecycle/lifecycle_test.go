package lifecycle

import (
	"strings"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

const (
	endpointType = "AWS::EC2::VPCEndpoint"
	nestedType   = "AWS::CloudFormation::Stack"
)

// breaks are changes of each scenario that break it, and the claim that must say so.
var breaks = map[string]struct {
	edit  func(templates.Template)
	claim string
}{
	"GatewayEndpoint": {func(t templates.Template) {
		t.Each(endpointType, func(_ string, p object) { delete(p, "RouteTableIds") })
	}, "has no route"},
	"InterfaceEndpoint": {func(t templates.Template) {
		t.Each(endpointType, func(_ string, p object) { p["PrivateDnsEnabled"] = true })
	}, "cloudformation.ap-northeast-2.amazonaws.com was expected"},
	"InterfaceEndpointPrivateDns": {func(t templates.Template) {
		t.Each(endpointType, func(_ string, p object) { p["PrivateDnsEnabled"] = false })
	}, "cloudformation.ap-northeast-2.amazonaws.com was expected"},
	"EndpointService": {func(t templates.Template) {
		t.Each("AWS::ElasticLoadBalancingV2::TargetGroup", func(_ string, p object) {
			p["Targets"] = p["Targets"].([]any)[:1]
		})
	}, "WEB"},
}

// forAll runs a test for each scenario.
func forAll(t *testing.T, do func(w *world, s cfn.Stack)) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			// The stack comes first: while a process of its own synthesizes the
			// application, this process idles, and a skipping clock would skip
			// centuries.
			stack := assembled.Stack(t, id)
			do(newWorld(t, id), stack)
		})
	}
}

func TestCreateAndDelete(t *testing.T) {
	forAll(t, func(w *world, s cfn.Stack) {
		w.must(s, cfn.CreateComplete)
		w.Remove(w.id)
	})
}

func TestFailedCreateIsRolledBackAndCanBeDeleted(t *testing.T) {
	forAll(t, func(w *world, s cfn.Stack) {
		b := breaks[w.id]
		reason := w.must(assembled.Changed(w, s, b.edit), cfn.RollbackComplete)
		if !strings.Contains(reason, "refuted") || !strings.Contains(reason, b.claim) {
			w.Errorf("the reason does not say %q: %s", b.claim, reason)
		}
		w.Remove(w.id)
	})
}

// TestUpdateThatBreaksPrivacyIsRolledBack also shows that what it is rolled
// back to works: the proof holds when it is made to run once more.
func TestUpdateThatBreaksPrivacyIsRolledBack(t *testing.T) {
	forAll(t, func(w *world, s cfn.Stack) {
		w.must(s, cfn.CreateComplete)
		b := breaks[w.id]
		reason := w.must(assembled.Changed(w, s, b.edit, again("broken")), cfn.UpdateRollbackComplete)
		if !strings.Contains(reason, b.claim) {
			w.Errorf("the reason does not say %q: %s", b.claim, reason)
		}
		w.must(assembled.Changed(w, s, again("after the rollback")), cfn.UpdateComplete)
		w.Remove(w.id)
	})
}

// TestRollbackWithFailingVerificationIsNotStuck breaks the network itself
// before an update: the proof fails in the update and would in its rollback.
func TestRollbackWithFailingVerificationIsNotStuck(t *testing.T) {
	forAll(t, func(w *world, s cfn.Stack) {
		w.must(s, cfn.CreateComplete)
		w.cut.Store(true)
		w.must(assembled.Changed(w, s, again("cut")), cfn.UpdateRollbackComplete)
		w.cut.Store(false)
		w.must(assembled.Changed(w, s, again("mended")), cfn.UpdateComplete)
		w.Remove(w.id)
	})
}

// TestDeleteWithBrokenNetworkIsNotStuck deletes what could not be verified.
func TestDeleteWithBrokenNetworkIsNotStuck(t *testing.T) {
	forAll(t, func(w *world, s cfn.Stack) {
		w.must(s, cfn.CreateComplete)
		w.cut.Store(true)
		w.Remove(w.id)
	})
}

// An update in which nothing changes updates the nested stack, as on AWS, and so runs the
// proof, and touches nothing else. (The CDK CLI makes no update of a template that the
// stack has already: test/cli.)
func TestNothingChangedRunsTheProofAlone(t *testing.T) {
	forAll(t, func(w *world, s cfn.Stack) {
		w.must(s, cfn.CreateComplete)
		w.onlyTheProof(s)
		w.Remove(w.id)
	})
}

func TestChangeOfClaimsAloneRunsTheProofAlone(t *testing.T) {
	forAll(t, func(w *world, s cfn.Stack) {
		w.must(s, cfn.CreateComplete)
		old := w.output("Summary")
		w.onlyTheProof(assembled.Changed(w, s, more))
		if now := w.output("Summary"); now == old {
			w.Errorf("the summary is still %q", now)
		}
		w.Remove(w.id)
	})
}

// onlyTheProof updates the stack, and wants events of the proof, of what has it run, and
// of nothing else.
func (w *world) onlyTheProof(s cfn.Stack) {
	w.Helper()
	before, ran := len(w.Events(w.id)), false
	w.must(s, cfn.UpdateComplete)
	for _, e := range w.Events(w.id)[before:] {
		ran = ran || e.Type == contract.ResourceType
		if !e.OfStack() && e.Type != contract.ResourceType && e.Type != nestedType {
			w.Errorf("an event of %s", e)
		}
	}
	if !ran {
		w.Error("the proof did not run")
	}
}

// TestReplacementOfTheEndpoint renames the endpoint, so that CloudFormation
// creates the new one before it deletes the old. Where AWS allows both at once
// the proof must hold for the new one; where it does not (a second prefix-list
// route in a table, a second private DNS name in a VPC) the update is rolled back.
func TestReplacementOfTheEndpoint(t *testing.T) {
	forAll(t, func(w *world, s cfn.Stack) {
		w.must(s, cfn.CreateComplete)
		old := w.endpoint()
		want := cfn.UpdateComplete
		if w.id == "GatewayEndpoint" || w.id == "InterfaceEndpointPrivateDns" {
			want = cfn.UpdateRollbackComplete
		}
		w.must(renamed(w, s, endpointType), want)
		if now := w.endpoint(); (now != old) != (want == cfn.UpdateComplete) {
			w.Errorf("the endpoint was %s and is %s after %s", old, now, want)
		}
		w.Remove(w.id)
	})
}

// endpoint returns the id of the stack's endpoint.
func (w *world) endpoint() string {
	w.Helper()
	for _, r := range w.Resources(w.id) {
		if r.Type == endpointType {
			return r.PhysicalID
		}
	}
	w.Fatal("no endpoint")
	return ""
}
