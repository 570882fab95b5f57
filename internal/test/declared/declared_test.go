package declared

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/oracle"
	"provenendpoints/internal/test/templates"
)

var update = flag.Bool("update", false, "write the declared matrices anew")

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// measure deploys a stack without its proof and asks the oracle.
func measure(t *testing.T, s cfn.Stack, edits ...func(templates.Template)) reach.Matrix {
	t.Helper()
	template := assembled.Template(t, s)
	for _, edit := range edits {
		edit(template)
	}
	oracle.Unchecked(template)
	var err error
	if s.Template, err = json.Marshal(template); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	w, err := oracle.New()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := w.Deploy(ctx, s); err != nil {
		t.Fatal(err)
	}
	m, err := w.Measure(ctx, s.Name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The scenarios' matrices are the declared ones.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			found := measure(t, assembled.Stack(t, id))
			if *update {
				if err := os.WriteFile(filepath.Join("testdata", id+".txt"), []byte(found.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := Of(id)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(want.String(), "\n"), strings.Split(found.String(), "\n")); diff != "" {
				t.Errorf("the matrix differs (-declared +found):\n%s", diff)
			}
		})
	}
}

// Each need names lines that exist and that something is possible on.
func TestNeeds(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		m, err := Of(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range append(slices.Clone(needs[id]), everywhere...) {
			must := expression(text)
			if !slices.ContainsFunc(m.Lines, func(l reach.Line) bool { return must(l) && len(l.Can) > 0 }) {
				t.Errorf("%s: no line needs %q", id, text)
			}
		}
	}
}

// What makes it worse is told, and what does not is not.
func TestWorse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stack string
		edit  func(templates.Template)
		tells []string
	}{
		"nothing": {assembled.GatewayEndpoint, func(templates.Template) {}, nil},
		"a route to the internet for a host with a public address": {assembled.GatewayEndpoint, func(x templates.Template) {
			table, gateway := matching(x, "AWS::EC2::RouteTable", "Private"), matching(x, "AWS::EC2::InternetGateway", "")
			x.Add("Way", "AWS::EC2::Route", templates.Object{"RouteTableId": templates.RefTo(table), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": templates.RefTo(gateway)},
				matching(x, "AWS::EC2::VPCGatewayAttachment", ""))
			x.Add("Address", "AWS::EC2::EIP", templates.Object{"InstanceId": templates.RefTo(matching(x, "AWS::EC2::Instance", ""))}, "Way")
		}, []string{"instance Instance reaches service example.com (more: ping, tcp 22, tcp 443, tcp 80)"}},
		"a hole in a group": {assembled.EndpointService, func(x templates.Template) {
			x.Add("Hole", "AWS::EC2::SecurityGroupIngress", templates.Object{
				"GroupId":    templates.Object{"Fn::GetAtt": []any{matching(x, "AWS::EC2::SecurityGroup", "WEB1"), "GroupId"}},
				"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "20.0.0.0/16",
			})
		}, []string{"anybody in CustomVpcPublicSubnet reaches instance WEB1Instance (more: tcp 443)"}},
		"a stranger's permission": {assembled.EndpointService, func(x templates.Template) {
			x.Each("AWS::EC2::VPCEndpointServicePermissions", func(_ string, p templates.Object) { p["AllowedPrincipals"] = []any{"*"} })
		}, []string{"a VPC of another account connects endpoint service WebService (more: available)"}},
		"an endpoint that lets nobody in": {assembled.InterfaceEndpoint, func(x templates.Template) {
			delete(x.Properties(matching(x, "AWS::EC2::SecurityGroup", "CloudFormationEndpoint")), "SecurityGroupIngress")
		}, []string{"anybody in NetworkPrivateSubnet reaches endpoint CloudFormationEndpoint in NetworkPrivateSubnet (less: tcp 443)"}},
		"a name that leads elsewhere": {assembled.InterfaceEndpoint, func(x templates.Template) {
			x.Properties(matching(x, "AWS::EC2::VPCEndpoint", ""))["PrivateDnsEnabled"] = true
		}, []string{"anybody in NetworkPrivateSubnet resolves name cloudformation.ap-northeast-2.amazonaws.com (more: endpoint"}},
		"a host too many behind the balancer": {assembled.EndpointService, func(x templates.Template) {
			web := matching(x, "AWS::EC2::Instance", "WEB1")
			x.Add("Liar", "AWS::EC2::Instance", x.Properties(web))
			x.Each("AWS::ElasticLoadBalancingV2::TargetGroup", func(_ string, p templates.Object) {
				p["Targets"] = append(p["Targets"].([]any), templates.Object{"Id": templates.RefTo("Liar"), "Port": 80})
			})
		}, []string{"anybody in MyVpcPublicSubnet is served by endpoint WebEndpoint in MyVpcPublicSubnet tcp 80 (more: instance Liar)"}},
		"a role that may more": {assembled.GatewayEndpoint, func(x templates.Template) {
			x.Add("More", "AWS::IAM::Policy", templates.Object{
				"PolicyName": "more", "Roles": []any{templates.RefTo(matching(x, "AWS::IAM::Role", "Probers"))},
				"PolicyDocument": templates.Object{"Version": "2012-10-17", "Statement": []any{templates.Object{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}},
			})
		}, []string{"role EndpointVerificationProbersRole may s3:ListBucket on Bucket (more: from everywhere)",
			"the internet calls s3:ListBucket on Bucket as EndpointVerificationProbersRole (more: over the internet)"}},
		"an empty subnet, and another VPC": {assembled.GatewayEndpoint, func(x templates.Template) {
			x.Add("More", "AWS::EC2::Subnet", templates.Object{"VpcId": templates.RefTo(matching(x, "AWS::EC2::VPC", "")), "CidrBlock": "10.0.9.0/24"})
			x.Add("Other", "AWS::EC2::VPC", templates.Object{"CidrBlock": "10.0.0.0/16"})
			x.Add("OtherSubnet", "AWS::EC2::Subnet", templates.Object{"VpcId": templates.RefTo("Other"), "CidrBlock": "10.0.0.0/24"})
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := Of(test.stack)
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, d := range oracle.Worse(want, measure(t, assembled.Stack(t, test.stack), test.edit), Must(test.stack)) {
				told = append(told, d.String())
			}
			for _, text := range test.tells {
				if !slices.ContainsFunc(told, func(s string) bool { return strings.HasPrefix(s, text) }) {
					t.Errorf("not told: %s", text)
				}
			}
			if (len(told) > 0) != (len(test.tells) > 0) || t.Failed() {
				t.Errorf("told:\n%s", strings.Join(told, "\n"))
			}
		})
	}
}

// matching returns the first resource of a type whose logical id contains a text.
func matching(x templates.Template, typ, text string) string {
	for _, id := range x.OfType(typ) {
		if strings.Contains(id, text) {
			return id
		}
	}
	return ""
}
