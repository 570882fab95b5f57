package test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
	"provenendpoints/labtest"
	"provenendpoints/proof"
)

// reaches is a row of a table: what a place reaches and what not.
type reaches struct {
	from string // a kind and a name, or internet, stranger
	yes  []string
	no   []string
}

// Who reaches whom in each scenario, as the README draws it.
func TestScenariosReach(t *testing.T) {
	t.Parallel()
	const s3, sts, cloudformation = "s3.ap-northeast-2.amazonaws.com:443", "sts.ap-northeast-2.amazonaws.com:443", "cloudformation.ap-northeast-2.amazonaws.com:443"
	for stack, rows := range map[string][]reaches{
		assembled.GatewayEndpoint: {
			{from: "subnet PrivateSubnet", yes: []string{s3}, no: []string{sts, "internet:443"}},
			{from: "instance Instance", yes: []string{s3}, no: []string{sts, "internet:443"}},
			{from: "function ProbersNetworkPrivate", yes: []string{s3}, no: []string{sts}},
			{from: "function VerificationVerifier", yes: []string{sts}, no: []string{"Instance:22"}}, // outside of every VPC
			{from: "internet", no: []string{"Instance:22", "Instance:ping"}},
		},
		assembled.InterfaceEndpoint: {
			{from: "function ProbersNetworkPublic", yes: []string{"CloudFormationEndpoint:443"}, no: []string{cloudformation}},
			{from: "function ProbersNetworkPrivate", yes: []string{"CloudFormationEndpoint:443"}, no: []string{cloudformation, "internet:443"}},
		},
		assembled.InterfaceEndpointPrivateDNS: {
			{from: "function ProbersNetworkPublic", yes: []string{"CloudFormationEndpoint:443", cloudformation}, no: []string{sts}},
			{from: "subnet PrivateSubnet", yes: []string{"CloudFormationEndpoint:443", cloudformation}, no: []string{sts}},
		},
		assembled.EndpointService: {
			{from: "instance Instance", yes: []string{"WebEndpoint:80"}, no: []string{"WEB1:80", "WEB2:80", "balancer:LoadBalancer:80"}},
			{from: "subnet MyVpcPublicSubnet", yes: []string{"WebEndpoint:80"}, no: []string{"WEB1:80", "WEB2:80", "balancer:LoadBalancer:80"}},
			{from: "subnet CustomVpcPublicSubnet", yes: []string{"balancer:LoadBalancer:80"}, no: []string{"WEB1:80", "WEB1:22"}},
			{from: "internet", no: []string{"WEB1:80", "WEB2:80", "instance:Instance:22"}},
			{from: "stranger", no: []string{"WEB1:80", "WEB2:80"}},
		},
	} {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			lab := labtest.Deploy(t, assembly, labtest.Stacks(stack), labtest.Strict())
			for _, row := range rows {
				place := placeOf(lab, row.from)
				place.Reaches(row.yes...)
				place.DoesNotReach(row.no...)
			}
			if stack == assembled.EndpointService {
				lab.Connects("Service", "123456789012")
				lab.DoesNotConnect("Service", "210987654321")
			}
			wantHolds(t, lab.Stack(stack))
			lab.Destroy()
		})
	}
}

func placeOf(lab *labtest.Lab, from string) *labtest.Place {
	kind, name, _ := strings.Cut(from, " ")
	switch kind {
	case "subnet":
		return lab.Subnet(name)
	case "instance":
		return lab.Instance(name)
	case "function":
		return lab.Function(name)
	case "stranger":
		return lab.Stranger()
	}
	return lab.Internet()
}

// wantHolds fails the test unless a stack was verified and every claim holds.
func wantHolds(t *testing.T, s *labtest.Stack) {
	t.Helper()
	verdicts := s.Verdicts()
	for _, v := range verdicts {
		if v.State != proof.Holds {
			t.Errorf("%s is %s: %s", v.Claim, v.State, v.Seen)
		}
	}
	if len(verdicts) == 0 {
		t.Error("nothing was verified")
	}
}

// A scenario whose endpoint has no route fails with the reason, and its verdicts can be
// read after the rollback.
func TestBrokenScenarioFails(t *testing.T) {
	t.Parallel()
	const file = assembled.GatewayEndpoint + ".template.json"
	broken := t.TempDir()
	entries, err := os.ReadDir(assembly)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() == file {
			continue
		}
		if err := os.Symlink(filepath.Join(assembly, entry.Name()), filepath.Join(broken, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(assembly, file))
	if err != nil {
		t.Fatal(err)
	}
	template, err := templates.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	template.Each("AWS::EC2::VPCEndpoint", func(_ string, p templates.Object) { delete(p, "RouteTableIds") })
	if text, err = json.Marshal(template); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, file), text, 0o600); err != nil {
		t.Fatal(err)
	}
	lab := labtest.DeployFails(t, broken, "has no route", labtest.Stacks(assembled.GatewayEndpoint))
	stack := lab.Stack(assembled.GatewayEndpoint)
	refuted := map[string]labtest.Verdict{}
	for _, v := range stack.Verdicts() {
		if v.State == proof.Refuted {
			refuted[v.Claim] = v
		}
	}
	if v := refuted["Routed"]; !strings.Contains(v.Seen, "has no route") || v.Hint == "" || stack.Status() != "ROLLBACK_COMPLETE" {
		t.Errorf("status %s, refuted %+v", stack.Status(), refuted)
	}
	lab.Destroy()
}
