package cfn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeApp writes an application's folder with an assembly of one stack and a
// cdk.context.json beside it, and returns the assembly.
func writeApp(t *testing.T, environment, template, context string) string {
	t.Helper()
	app := t.TempDir()
	dir := filepath.Join(app, "cdk.out")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(dir, "manifest.json"): `{"version":"48.0.0","artifacts":{"S":{"type":"aws:cloudformation:stack","environment":"` + environment + `","properties":{"templateFile":"S.json"}}}}`,
		filepath.Join(dir, "S.json"):        template,
		filepath.Join(app, contextFile):     context,
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const lookedUpVPC = `"vpc-provider:account=123456789012:filter.vpc-id=vpc-0aaa:region=eu-west-1:returnAsymmetricSubnets=true":{
	"vpcId":"vpc-0aaa","vpcCidrBlock":"10.7.0.0/16","ownerAccountId":"123456789012","availabilityZones":[],"subnetGroups":[
		{"name":"Public","type":"Public","subnets":[{"subnetId":"subnet-0a","cidr":"10.7.0.0/24","availabilityZone":"eu-west-1a","routeTableId":"rtb-0a"}]},
		{"name":"Private","type":"Private","subnets":[{"subnetId":"subnet-0b","cidr":"10.7.1.0/24","availabilityZone":"eu-west-1a","routeTableId":"rtb-0b"}]}]},
	"security-group:account=123456789012:region=eu-west-1:securityGroupId=sg-0aaa:vpcId=vpc-0aaa":{"securityGroupId":"sg-0aaa","allowAllOutbound":true}`

// What lookups have found exists for the stacks that name it, in their own account and Region.
func TestLookedUpVPCsExist(t *testing.T) {
	t.Parallel()
	const env, template = "aws://123456789012/eu-west-1", `{"Resources":{"I":{"Type":"T","Properties":{"S":"subnet-0b","G":["sg-0aaa"]}}}}`
	want := []ExistingVPC{{ID: "vpc-0aaa", CIDR: "10.7.0.0/16", Groups: []string{"sg-0aaa"}, Subnets: []ExistingSubnet{
		{ID: "subnet-0a", CIDR: "10.7.0.0/24", Zone: "eu-west-1a", RouteTable: "rtb-0a", Public: true},
		{ID: "subnet-0b", CIDR: "10.7.1.0/24", Zone: "eu-west-1a", RouteTable: "rtb-0b", Private: true},
	}}}
	for name, c := range map[string]struct {
		environment, template, context string
		want                           []ExistingVPC
		fails                          string
	}{
		"used":           {env, template, `{` + lookedUpVPC + `,"other":["a"],"acknowledged-issue-numbers":[1]}`, want, ""},
		"open":           {"aws://unknown-account/unknown-region", template, `{` + lookedUpVPC + `}`, want, ""},
		"another Region": {"aws://123456789012/eu-west-2", template, `{` + lookedUpVPC + `}`, nil, ""},
		"not named":      {env, `{"Resources":{}}`, `{` + lookedUpVPC + `}`, nil, ""},
		"old form":       {env, template, `{"vpc-provider:account=123456789012:region=eu-west-1":{"vpcId":"subnet-0b","availabilityZones":["a"]}}`, nil, "look it up again"},
		"broken":         {env, template, `{`, nil, contextFile},
	} {
		a, err := ReadAssembly(writeApp(t, c.environment, c.template, c.context))
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%s: %v, want %s", name, err, c.fails)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(c.want, a.Stacks[0].Existing); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if noted := strings.Contains(strings.Join(a.Stacks[0].Notes, " "), "stack S uses vpc-0aaa, which exists as cdk.context.json says"); noted != (c.want != nil) {
			t.Errorf("%s: notes %q", name, a.Stacks[0].Notes)
		}
	}
}
