package cfn

import (
	"strings"
	"testing"
)

func TestAssemblySaysWhereItsStacksGo(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]string{
		"aws://unknown-account/unknown-region": " ",
		"aws://123456789012/us-east-1":         "123456789012 us-east-1",
		"aws://unknown-account/eu-central-2":   " eu-central-2",
		"":                                     " ",
		"aws://12/us-east-1":                   `account "12" is not 12 digits`,
		"aws://123456789012/Virginia":          `region "Virginia" is not the name of a Region, such as eu-west-1`,
		"aws://123456789012/cn-north-1":        `region "cn-north-1" is in the partition aws-cn; the lab has the partition aws alone`,
		"azure://1/2":                          `environment "azure://1/2" is not aws://ACCOUNT/REGION`,
	} {
		dir := write(t, map[string]string{
			"manifest.json": `{"version":"54.0.0","artifacts":{"A":{"type":"aws:cloudformation:stack","environment":"` + environment + `","properties":{"templateFile":"A.json"}}}}`,
			"A.json":        emptyTemplate,
		})
		a, err := ReadAssembly(dir)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = a.Stacks[0].Account + " " + a.Stacks[0].Region
		}
		if err == nil && got != want || err != nil && !strings.HasSuffix(got, want) {
			t.Errorf("%s: %q, want %q", environment, got, want)
		}
	}
}

// Stacks of one name may be in different Regions, but not in one.
func TestStacksOfOneNameAreInDifferentRegions(t *testing.T) {
	t.Parallel()
	for region, ok := range map[string]bool{"us-east-1": false, "us-west-2": true} {
		dir := write(t, map[string]string{
			"manifest.json": `{"version":"54.0.0","artifacts":{
				"A":{"type":"aws:cloudformation:stack","environment":"aws://123456789012/us-east-1","properties":{"templateFile":"A.json","stackName":"N"}},
				"B":{"type":"aws:cloudformation:stack","environment":"aws://123456789012/` + region + `","properties":{"templateFile":"A.json","stackName":"N"}}}}`,
			"A.json": emptyTemplate,
		})
		if _, err := ReadAssembly(dir); (err == nil) != ok {
			t.Errorf("%s: %v", region, err)
		}
	}
}

func TestMissingContextIsNamed(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"manifest.json": `{"version":"54.0.0","artifacts":{"A":{"type":"aws:cloudformation:stack","properties":{"templateFile":"A.json"}}},"missing":[
			{"key":"vpc-provider:account=123456789012:filter.vpc-id=vpc-1:region=us-east-1","provider":"vpc-provider","props":{"region":"us-east-1"}}]}`,
		"A.json": emptyTemplate,
	})
	_, err := ReadAssembly(dir)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`"vpc-provider:account=123456789012:filter.vpc-id=vpc-1:region=us-east-1": …`, "cdk.context.json"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v: no %s", err, want)
		}
	}
}

// The zones that CDK could not look up are those of each stack's Region, and that is said;
// CDK looks them up for every VPC, also where the template does not need them.
func TestZonesThatWereNotLookedUp(t *testing.T) {
	t.Parallel()
	const inZones = `{"Resources":{"S":{"Type":"AWS::EC2::Subnet","Properties":{"AvailabilityZone":"dummy1b"}},"T":{"Type":"AWS::EC2::Subnet","Properties":{"AvailabilityZone":"dummy1a"}}}}`
	dir := write(t, map[string]string{
		"manifest.json": `{"version":"54.0.0","artifacts":{
			"A":{"type":"aws:cloudformation:stack","environment":"aws://123456789012/ap-northeast-1","properties":{"templateFile":"A.json"}},
			"B":{"type":"aws:cloudformation:stack","environment":"aws://123456789012/eu-west-1","properties":{"templateFile":"A.json"}},
			"C":{"type":"aws:cloudformation:stack","environment":"aws://123456789012/eu-west-1","properties":{"templateFile":"C.json"}},
			"D":{"type":"aws:cloudformation:stack","environment":"aws://123456789012/us-east-1","properties":{"templateFile":"A.json"}}},
			"missing":[
			{"key":"availability-zones:x","provider":"availability-zones","props":{"region":"ap-northeast-1"}},
			{"key":"availability-zones:y","provider":"availability-zones","props":{"region":"eu-west-1"}}]}`,
		"A.json": inZones, "C.json": emptyTemplate,
	})
	a, err := ReadAssembly(dir)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]struct{ zone, note string }{
		"A": {`"ap-northeast-1c"`, "stack A was synthesized without the zones of ap-northeast-1, which are taken to be ap-northeast-1a, ap-northeast-1c, ap-northeast-1d"},
		"B": {`"eu-west-1b"`, "stack B was synthesized without the zones of eu-west-1, which are taken to be eu-west-1a, eu-west-1b, eu-west-1c"},
		"C": {emptyTemplate, ""},
		"D": {`"dummy1b"`, ""}, // its Region is not among what is missing: the text is the author's own
	} {
		s, _ := a.Stack(id)
		if !strings.Contains(string(s.Template), want.zone) || strings.Join(s.Notes, "\n") != want.note {
			t.Errorf("%s: %s %q", id, s.Template, s.Notes)
		}
	}
}
