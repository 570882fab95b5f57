package why

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/test/assembled"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// scenario is a template of the application, changed.
func scenario(t *testing.T, id string, change func(document)) cfn.Stack {
	t.Helper()
	s := assembled.Stack(t, id)
	d, err := read(s.Template)
	if err != nil {
		t.Fatal(err)
	}
	change(d)
	if s.Template, err = d.text(); err != nil {
		t.Fatal(err)
	}
	return s
}

// one is the one resource of a type whose logical id begins with a text.
func one(t *testing.T, d document, typ, begin string) string {
	t.Helper()
	for _, id := range d.ofType(typ) {
		if strings.HasPrefix(id, begin) {
			return id
		}
	}
	t.Fatalf("there is no %s %s", typ, begin)
	return ""
}

// The resource that was broken is the one that is named, and the change that is proposed
// mends it: it was tried.
func TestExplain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stack                         string
		breaks                        func(t *testing.T, d document)
		claim, resource, hop, changes string
	}{
		"the endpoint has another route table": {assembled.GatewayEndpoint, func(t *testing.T, d document) {
			d.properties(one(t, d, endpointType, "S3"))["RouteTableIds"] = []any{ref(one(t, d, tableType, "NetworkPublic"))}
		}, "Routed", "S3Endpoint", "DROPPED by NetworkPrivateRouteTable", "to the route tables of S3Endpoint"},
		"a network ACL hides the service": {assembled.GatewayEndpoint, func(t *testing.T, d document) {
			subnet := one(t, d, subnetType, "NetworkPrivate")
			d.add("Acl", "AWS::EC2::NetworkAcl", object{"VpcId": d.properties(subnet)["VpcId"]})
			for id, entry := range map[string]object{
				"In": {"Egress": false, "RuleAction": "allow"}, "Out": {"Egress": true, "RuleAction": "allow"},
				"Hidden": {"Egress": true, "RuleAction": "deny", "RuleNumber": 7.0, "CidrBlock": "52.219.0.0/16"},
			} {
				p := object{"NetworkAclId": ref("Acl"), "RuleNumber": 100.0, "Protocol": -1.0, "CidrBlock": "0.0.0.0/0"}
				for k, v := range entry {
					p[k] = v
				}
				d.add(id, entryType, p)
			}
			d.add("OfSubnet", aclOfSubnetType, object{"SubnetId": ref(subnet), "NetworkAclId": ref("Acl")})
		}, "PrivateUnfiltered", "", "DROPPED by Acl", ""},
		"a way out to the internet": {assembled.GatewayEndpoint, func(t *testing.T, d document) {
			gateway := one(t, d, "AWS::EC2::InternetGateway", "")
			d.add("Leak", routeType, object{"RouteTableId": ref(one(t, d, tableType, "NetworkPrivate")), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref(gateway)})
		}, "Enclosed", "Leak", "", "remove Leak"},
		"the policy is another one": {assembled.GatewayEndpoint, func(t *testing.T, d document) {
			delete(d.properties(one(t, d, endpointType, "S3")), "PolicyDocument")
		}, "Limited", "S3Endpoint", "", "the one that was declared"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scenario(t, test.stack, func(d document) { test.breaks(t, d) })
			cause, err := Explain(t.Context(), s.Template, InLab(deployment.Options{}, []cfn.Stack{s}, s.ID))
			if err != nil {
				t.Fatal(err)
			}
			if cause == nil || cause.Template == nil {
				t.Fatalf("no change mends it: %+v", cause)
			}
			if cause.Claim != test.claim || !strings.HasPrefix(cause.Resource, test.resource) ||
				!strings.Contains(cause.Words, test.hop) || !strings.Contains(cause.Change, test.changes) {
				t.Errorf("got\n%s\nwant the claim %s, the resource %s, the hop %q and the change %q", cause, test.claim, test.resource, test.hop, test.changes)
			}
			// The template with the change deploys in a lab of its own.
			then, err := InLab(deployment.Options{}, []cfn.Stack{s}, s.ID)(t.Context(), cause.Template)
			if err != nil || !then.Holds {
				t.Errorf("with the change: %+v, %v", notHolding(then.Reports), err)
			}
		})
	}
}

// What holds has no cause.
func TestExplainNothing(t *testing.T) {
	t.Parallel()
	s := assembled.Stack(t, assembled.GatewayEndpoint)
	cause, err := Explain(t.Context(), s.Template, InLab(deployment.Options{}, []cfn.Stack{s}, s.ID))
	if cause != nil || err != nil {
		t.Errorf("got %v, %v", cause, err)
	}
}

// A resource is removed with what cannot be without it, and with what was there for it
// alone; what claims or outputs need stays, and then nothing is removed.
func TestRemove(t *testing.T) {
	t.Parallel()
	const template = `{"Resources": {
		"Address": {"Type": "AWS::EC2::EIP"},
		"Nat": {"Type": "AWS::EC2::NatGateway", "Properties": {"AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]}, "SubnetId": {"Ref": "Subnet"}}},
		"Route": {"Type": "AWS::EC2::Route", "Properties": {"NatGatewayId": {"Ref": "Nat"}, "RouteTableId": {"Ref": "Table"}}, "DependsOn": "Nat"},
		"Subnet": {"Type": "AWS::EC2::Subnet"},
		"Table": {"Type": "AWS::EC2::RouteTable"},
		"Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"Tags": [], "RouteTableIds": [{"Ref": "Table"}, {"Ref": "Other"}]}, "DependsOn": ["Route", "Other"]},
		"Other": {"Type": "AWS::EC2::RouteTable"}},
		"Outputs": {"Endpoint": {"Value": {"Ref": "Endpoint"}}}}`
	tests := map[string]struct {
		remove string
		left   []string // nil: it cannot be removed
	}{
		"with its user, and what was for it alone": {"Nat", []string{"Endpoint", "Other", "Subnet", "Table"}},
		"from below":               {"Address", []string{"Endpoint", "Other", "Subnet", "Table"}},
		"an element of a list":     {"Other", []string{"Address", "Endpoint", "Nat", "Route", "Subnet", "Table"}},
		"what an output refers to": {"Endpoint", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := read([]byte(template))
			if err != nil {
				t.Fatal(err)
			}
			keep := func(id string) bool { return id == "Subnet" || id == "Table" }
			ok := d.removeWhole(test.remove, keep)
			if !ok || test.left == nil {
				if ok != (test.left != nil) {
					t.Errorf("removed: %t", ok)
				}
				return
			}
			if diff := cmp.Diff(test.left, d.ids()); diff != "" {
				t.Errorf("left (-want +got):\n%s", diff)
			}
			if text, err := json.Marshal(d); err != nil || strings.Contains(string(text), "null") {
				t.Errorf("%v: there are nulls, which CloudFormation refuses:\n%s", err, text)
			}
			for _, id := range d.ids() {
				if r := d.resource(id); dependsOn(r["DependsOn"], test.remove) || mentions(r["Properties"], test.remove) {
					t.Errorf("%s still refers to it: %v", id, r)
				}
			}
		})
	}
}

// The policy of a claim is text with references; it becomes a policy with references.
func TestPolicyOf(t *testing.T) {
	t.Parallel()
	var claim any
	if err := json.Unmarshal([]byte(`{"Fn::Join": ["", ["{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"", {"Fn::GetAtt": ["Bucket", "Arn"]},
		"\"},{\"Resource\":\"arn:", {"Ref": "AWS::Partition"}, ":s3:::x\"}]}"]]}`), &claim); err != nil {
		t.Fatal(err)
	}
	got, ok := policyOf(claim)
	want := object{"Statement": []any{
		object{"Effect": "Allow", "Resource": attribute("Bucket", "Arn")},
		object{"Resource": object{"Fn::Join": []any{"", []any{"arn:", ref("AWS::Partition"), ":s3:::x"}}}},
	}}
	if diff := cmp.Diff(any(want), got); !ok || diff != "" {
		t.Errorf("%t (-want +got):\n%s", ok, diff)
	}
	if _, ok := policyOf("no JSON"); ok {
		t.Error("a policy of no JSON")
	}
}
