package schedule

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
)

// physical finds a resource of the stack by its type and a part of its logical id.
func (w *world) physical(typ, part string) cfn.ResourceInfo {
	w.Helper()
	for _, r := range w.Resources(w.stack) {
		if r.Type == typ && strings.Contains(r.LogicalID, part) {
			return r
		}
	}
	w.Fatalf("no %s with %s", typ, part)
	return cfn.ResourceInfo{}
}

// Endpoints that another app has made are proved by a stack of nothing but proofs, by their
// ids, and go on to be; a drift of their VPC is told.
func TestExistingEndpoints(t *testing.T) {
	w := &world{stack: assembled.GatewayEndpoint}
	plain := assembled.Stack(t, w.stack)
	deployInto(t, w, plain)
	subnet := w.physical("AWS::EC2::Subnet", "Private")
	existing := object{
		"Vpc": w.physical("AWS::EC2::VPC", "").PhysicalID, "Isolated": true,
		"Subnets":   object{"Private": object{"Id": subnet.PhysicalID, "Zone": "ap-northeast-2a"}},
		"Endpoints": object{"S3": object{"Id": w.physical("AWS::EC2::VPCEndpoint", "S3").PhysicalID, "Service": "s3", "Gateway": true}},
	}
	given, err := json.Marshal(existing)
	if err != nil {
		t.Fatal(err)
	}
	proofs := assembled.With(t, "ExistingEndpoints", map[string]string{"existing": string(given), "schedule": "15m"})
	if err := w.Deploy(proofs); err != nil {
		t.Fatal(err)
	}
	for _, r := range w.Resources("ExistingEndpoints") {
		if strings.HasPrefix(r.Type, "AWS::EC2::") && r.Type != "AWS::EC2::SecurityGroup" {
			t.Errorf("a stack of proofs makes %s (%s)", r.LogicalID, r.Type)
		}
	}
	w.start = w.clock.Now()
	w.live(40 * time.Minute)
	w.expect("as it was", cloudwatch.OK, cloudwatch.OK)
	changed := assembled.Changed(t, plain, func(tpl template) {
		tpl.Add("Way", "AWS::EC2::Route", object{
			"RouteTableId": ref(tpl, "AWS::EC2::RouteTable", "Private"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref(tpl, "AWS::EC2::InternetGateway", "Network"),
		})
	})
	mend, err := w.Apply(t.Context(), region.Drift{Stack: w.stack, Template: changed.Template})
	if err != nil {
		t.Fatal(err)
	}
	w.live(15*time.Minute + contract.DefaultScheduledLimit + time.Minute)
	w.expect("with a route to the internet", cloudwatch.InAlarm, cloudwatch.OK)
	if told := strings.Join(w.told(), "\n"); !strings.Contains(told, "Enclosed holds refuted") {
		t.Errorf("told %q", told)
	}
	if err := mend(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.live(17 * time.Minute)
	w.expect("when it is mended", cloudwatch.OK, cloudwatch.OK)
	if _, err := w.Delete(t.Context(), "ExistingEndpoints"); err != nil {
		t.Error(err)
	}
	w.Remove(w.stack)
}

// An update by a template that was edited by hand, and keeps the digest of the one before,
// is not proved by CloudFormation where updates that change nothing are skipped. The rule on the stack has
// it proved within minutes.
func TestStaleUpdateIsTold(t *testing.T) {
	scheduled := assembled.Changed(t, assembled.Scheduled(t, assembled.GatewayEndpoint, 6*time.Hour), func(tpl template) {
		tpl.Each(contract.ResourceType, func(_ string, p object) { // as SkipUnchanged does
			delete(p, "Nonce")
			delete(p, "NonceParameter")
		})
	})
	edited := assembled.Changed(t, scheduled, func(tpl template) {
		tpl.Add("Way", "AWS::EC2::Route", object{
			"RouteTableId": ref(tpl, "AWS::EC2::RouteTable", "Private"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref(tpl, "AWS::EC2::InternetGateway", "Network"),
		})
	})
	w := deploy(t, assembled.GatewayEndpoint, 6*time.Hour, nil)
	if err := w.Deploy(scheduled); err != nil {
		t.Fatal(err)
	}
	w.live(10 * time.Minute)
	if err := w.Deploy(edited); err != nil {
		t.Fatalf("CloudFormation ran the proof, so that this test shows nothing: %v", err)
	}
	w.live(5 * time.Minute)
	w.expect("five minutes after the update", cloudwatch.InAlarm, cloudwatch.OK)
	if told := strings.Join(w.told(), "\n"); !strings.Contains(told, "Enclosed holds refuted") {
		t.Errorf("told %q", told)
	}
	if err := w.Deploy(scheduled); err != nil {
		t.Fatal(err)
	}
	w.live(5 * time.Minute)
	w.expect("five minutes after it was taken back", cloudwatch.OK, cloudwatch.OK)
	w.Remove(w.stack)
}
