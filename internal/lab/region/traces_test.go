package region_test

import (
	"encoding/json"
	"strings"
	"testing"

	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
	"provenendpoints/internal/trace"
	"provenendpoints/proof"
)

// Every claim that was measured has the ways of its packets, and they say what the
// verdict says: what was reached got there and back, and what was not ended on the way.
func TestTraces(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s := assembled.Stack(t, id)
			r := newRegion(t, region.Options{Traces: true})
			deploy(t, r, s)
			traces := r.Traces(s.Name)
			var texts []string
			for _, l := range r.AllLogs(s.Name) {
				texts = append(texts, l.Text)
			}
			measured := 0
			for _, report := range traces.Explain(verdict.Read(texts...)) {
				for _, v := range report.Verdicts {
					kind := proof.Kind(v.Kind)
					if !kind.Measured() {
						if len(v.Traces) > 0 {
							t.Errorf("%s was not measured and has a trace", v.Claim)
						}
						continue
					}
					measured++
					if v.State != proof.Holds || len(v.Traces) == 0 {
						t.Errorf("%s %s has no trace", v.State, v.Claim)
					}
					for _, e := range v.Traces {
						checkTrace(t, v, e, traces)
					}
				}
			}
			if measured < 4 {
				t.Errorf("%d claims were measured, want some", measured)
			}
		})
	}
}

func checkTrace(t *testing.T, v verdict.Verdict, e trace.Exchange, traces region.Traces) {
	t.Helper()
	text := strings.Join(e.Named(traces.Naming()).Lines(), "\n")
	hop, _, broken := e.Broken()
	switch {
	case v.Kind == string(proof.Unreachable) && v.Measured.Port != 0 && (!broken || hop.Action != trace.Dropped):
		t.Errorf("%s is unreachable, but:\n%s", v.Claim, text)
	case v.Kind != string(proof.Unreachable) && (broken || e.Back == nil):
		t.Errorf("%s was reached, but:\n%s", v.Claim, text)
	}
	if last := e.There.Hops[len(e.There.Hops)-1]; v.Kind == string(proof.Resolves) {
		// The default name is the endpoint's where private DNS is on, and public otherwise.
		private := strings.Contains(v.Claim, "Default") && strings.Contains(v.Expected, "interface")
		if last.Action != trace.Answered || len(last.By) != map[bool]int{true: 1}[private] || last.To == "" {
			t.Errorf("%s ends with %s, want what has answered:\n%s", v.Claim, last, text)
		}
	}
	if first := e.There.Hops[0]; first.Action != trace.Received || !strings.HasPrefix(traces.Names[first.At], "function ") {
		t.Errorf("%s starts at %q, want the prober's function:\n%s", v.Claim, traces.Names[first.At], text)
	}
	if strings.Contains(text, "240.0.0.") {
		t.Errorf("%s shows addresses of the lab's own:\n%s", v.Claim, text)
	}
}

// Without being asked for there are no traces, and nobody traces.
func TestNoTraces(t *testing.T) {
	t.Parallel()
	s := assembled.Stack(t, assembled.GatewayEndpoint)
	r := newRegion(t, region.Options{})
	deploy(t, r, s)
	if traces := r.Traces(s.Name); len(traces.ByClaim) > 0 {
		t.Errorf("there are traces: %v", traces)
	}
}

// What the verifier derives from AWS's descriptions is what the packets have done: both
// ways end at the same object, or leave by the same.
func TestDerivedIsWhatHappened(t *testing.T) {
	t.Parallel()
	only := func(t *testing.T, d templates.Template, typ, begin string) string {
		t.Helper()
		for _, id := range d.OfType(typ) {
			if strings.HasPrefix(id, begin) {
				return id
			}
		}
		t.Fatalf("there is no %s %s", typ, begin)
		return ""
	}
	tests := map[string]struct {
		breaks func(t *testing.T, d templates.Template)
		claim  string
		ends   string // the beginning of the id of what decides
	}{
		"the endpoint has another route table": {func(t *testing.T, d templates.Template) {
			d.Properties(only(t, d, "AWS::EC2::VPCEndpoint", "S3"))["RouteTableIds"] = []any{templates.RefTo(only(t, d, "AWS::EC2::RouteTable", "NetworkPublic"))}
		}, "PrivateConnects", "DROPPED by rtb-"},
		"a network ACL hides the service": {func(t *testing.T, d templates.Template) {
			subnet := only(t, d, "AWS::EC2::Subnet", "NetworkPrivate")
			d.Add("Acl", "AWS::EC2::NetworkAcl", templates.Object{"VpcId": d.Properties(subnet)["VpcId"]})
			for id, egress := range map[string]bool{"Out": true, "In": false} {
				d.Add(id, "AWS::EC2::NetworkAclEntry", templates.Object{"NetworkAclId": templates.RefTo("Acl"), "RuleNumber": 100.0, "Protocol": -1.0, "RuleAction": "allow", "Egress": egress, "CidrBlock": "0.0.0.0/0"})
			}
			d.Add("Hidden", "AWS::EC2::NetworkAclEntry", templates.Object{"NetworkAclId": templates.RefTo("Acl"), "RuleNumber": 7.0, "Protocol": 6.0, "PortRange": templates.Object{"From": 443.0, "To": 443.0}, "RuleAction": "deny", "Egress": true, "CidrBlock": "52.219.0.0/16"})
			d.Add("OfSubnet", "AWS::EC2::SubnetNetworkAclAssociation", templates.Object{"SubnetId": templates.RefTo(subnet), "NetworkAclId": templates.RefTo("Acl")})
		}, "PrivateConnects", "DROPPED by acl-"},
		"a NAT gateway": {func(t *testing.T, d templates.Template) {
			public := only(t, d, "AWS::EC2::Subnet", "NetworkPublic")
			attached := only(t, d, "AWS::EC2::VPCGatewayAttachment", "")
			d.Add("Address", "AWS::EC2::EIP", templates.Object{"Domain": "vpc"}, attached)
			d.Add("Nat", "AWS::EC2::NatGateway", templates.Object{"SubnetId": templates.RefTo(public), "AllocationId": templates.Object{"Fn::GetAtt": []any{"Address", "AllocationId"}}}, attached, only(t, d, "AWS::EC2::Route", "NetworkPublic"))
			d.Add("Leak", "AWS::EC2::Route", templates.Object{"RouteTableId": templates.RefTo(only(t, d, "AWS::EC2::RouteTable", "NetworkPrivate")), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": templates.RefTo("Nat")})
		}, "PrivateOtherUnreachable", "FORWARDED by nat-"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := assembled.Stack(t, assembled.GatewayEndpoint)
			d := assembled.Template(t, s)
			test.breaks(t, d)
			for _, id := range d.OfType("Custom::EndpointProof") {
				d.Properties(id)["TimeLimit"] = "90"
				on := d.DependsOn(id)
				for _, added := range []string{"Leak", "OfSubnet", "Out", "In", "Hidden"} {
					if d.Resource(added) != nil {
						on = append(on, added)
					}
				}
				d.SetDependsOn(id, on)
			}
			var err error
			if s.Template, err = json.Marshal(d); err != nil {
				t.Fatal(err)
			}
			r := newRegion(t, region.Options{Traces: true})
			if _, err := r.Deploy(within(t), s); err == nil {
				t.Fatal("it deploys")
			} else if !strings.Contains(err.Error(), "Derived from what AWS describes, and not seen, for "+test.claim) {
				t.Errorf("the reason says nothing of what is derived:\n%v", err)
			}
			var texts []string
			for _, l := range r.AllLogs(s.Name) {
				texts = append(texts, l.Text)
			}
			found := false
			for _, report := range r.Traces(s.Name).Explain(verdict.Read(texts...)) {
				for _, v := range report.Verdicts {
					if v.Claim != test.claim {
						continue
					}
					found = true
					if !strings.Contains(v.Derived, test.ends) {
						t.Errorf("derived %q, want %q", v.Derived, test.ends)
					}
					for _, e := range v.Traces {
						for _, by := range decides(e.There) {
							if !strings.Contains(v.Derived, by) {
								t.Errorf("derived %q, but %s has decided:\n%s", v.Derived, by, strings.Join(e.Lines(), "\n"))
							}
						}
					}
				}
			}
			if !found {
				t.Errorf("there is no claim %s", test.claim)
			}
		})
	}
}

// decides are the ids of what has led a packet on or dropped it, up to where it leaves
// the VPC.
func decides(t trace.Trace) []string {
	var out []string
	for _, h := range t.Hops {
		if h.Action == trace.Routed || h.Action == trace.Dropped {
			out = append(out, h.By...)
		}
		if h.Action == trace.Translated {
			break
		}
	}
	return out
}
