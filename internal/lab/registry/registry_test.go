package registry

import (
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/test/cdklib"
)

var update = flag.Bool("update", false, "write types.txt anew")

var (
	typeName      = regexp.MustCompile(`CFN_RESOURCE_TYPE_NAME="([^"]+)"`)
	propertyNames = regexp.MustCompile(`cfnPropertyNames=\{([^}]*)\}`)
	propertyName  = regexp.MustCompile(`:"([A-Za-z0-9]+)"`)
	attributeName = regexp.MustCompile(`this\.getAtt\("([^"]+)"(?:,cdk\(\)\.ResolutionTypeHint\.([A-Z_]+))?`)
	refValue      = regexp.MustCompile(`get [A-Za-z0-9]+Ref\(\)\{return\{([^}]*)\}`)
	refPart       = regexp.MustCompile(`([A-Za-z0-9]+):(?:this\.ref|cdk\(\)\.Fn\.select\(\d+,cdk\(\)\.Fn\.split\("\|",this\.ref\)\))`)
	arnForm       = regexp.MustCompile(`TemplateString\("(arn:[^"]+)"\)`)

	forms = map[string]Form{"STRING": Text, "NUMBER": Number, "STRING_LIST": List, "": Object}
)

// library reads the resource types out of the CDK library's package, which the Go module
// brings along.
func library(t *testing.T) (map[string]Type, string) {
	t.Helper()
	out, endpoints := map[string]Type{}, ""
	cdklib.Each(t, func(path string, read func() []byte) bool {
		if strings.HasSuffix(path, ".generated.js") {
			readTypes(string(read()), out)
		}
		if strings.HasSuffix(path, "/aws-ec2/lib/vpc-endpoint.js") {
			endpoints = readEndpoints(string(read()))
		}
		return true
	})
	return out, endpoints
}

// readTypes reads the types of one generated file.
func readTypes(text string, out map[string]Type) {
	at := typeName.FindAllStringSubmatchIndex(text, -1)
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		class := text[m[0]:end]
		t := Type{Name: text[m[2]:m[3]], Forms: map[string]Form{}}
		if names := propertyNames.FindStringSubmatch(class); names != nil {
			for _, p := range propertyName.FindAllStringSubmatch(names[1], -1) {
				t.Properties = append(t.Properties, p[1])
			}
		}
		for _, a := range attributeName.FindAllStringSubmatch(class, -1) {
			t.Attributes = append(t.Attributes, a[1])
			if form := forms[a[2]]; form != Text {
				t.Forms[a[1]] = form
			}
		}
		if ref := refValue.FindStringSubmatch(class); ref != nil {
			var parts []string
			for _, part := range refPart.FindAllStringSubmatch(ref[1], -1) {
				parts = append(parts, part[1])
			}
			t.Ref = strings.Join(parts, "|")
		}
		if form := arnForm.FindStringSubmatch(class); form != nil {
			t.ARN = form[1]
		}
		for _, list := range []*[]string{&t.Properties, &t.Attributes} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
		out[t.Name] = t
	}
}

// endpointConstant is a constant of the library: its name, prefix, port and options.
var endpointConstant = regexp.MustCompile(`=new InterfaceVpcEndpointAwsService\("([^"]+)"(?:,(?:"([^"]*)"|void 0))?(?:,(\d+|void 0))?(,\{global:!0\})?\)`)

// readEndpoints reads the services of interface endpoints.
func readEndpoints(text string) string {
	var lines []string
	for _, m := range endpointConstant.FindAllStringSubmatch(text, -1) {
		or := func(value string) string {
			if value == "" || value == "void 0" {
				return "-"
			}
			return value
		}
		scope := "regional"
		if m[4] != "" {
			scope = "global"
		}
		lines = append(lines, strings.Join([]string{m[1], or(m[2]), or(m[3]), scope}, " "))
	}
	slices.Sort(lines)
	return "# Generated of the CDK library; see registry.go. NAME PREFIX PORT SCOPE\n" + strings.Join(slices.Compact(lines), "\n") + "\n"
}

// The names are those of the library that go.mod pins.
func TestTypesAreTheLibrarys(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the whole library")
	}
	all, endpoints := library(t)
	var b strings.Builder
	b.WriteString("# Generated of the CDK library; see registry.go. TYPE REF ARN ATTRIBUTES PROPERTIES\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b.WriteString(all[name].String() + "\n")
	}
	if *update {
		if err := os.WriteFile("types.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("endpoints.txt", []byte(endpoints), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if endpoints != endpointsText {
		t.Error("endpoints.txt is not that of the library; run the test with -update")
	}
	if b.String() != typesText {
		t.Error("types.txt is not that of the library; run the test with -update")
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	db, ok := Lookup("AWS::RDS::DBInstance")
	if !ok || db.Ref != "dbInstanceIdentifier" || !slices.Contains(db.Attributes, "Endpoint.Address") || !db.Has("AllocatedStorage") {
		t.Errorf("AWS::RDS::DBInstance: %v", db)
	}
	if topic, _ := Lookup("AWS::SNS::Topic"); topic.Ref != "topicArn" {
		t.Errorf("AWS::SNS::Topic: Ref is %q", topic.Ref)
	}
	if job, _ := Lookup("AWS::Glue::Job"); job.ARN != "arn:${Partition}:glue:${Region}:${Account}:job/${JobName}" {
		t.Errorf("AWS::Glue::Job: its ARN is %q", job.ARN)
	}
	if c, _ := Lookup("AWS::Glue::Connection"); c.Ref != "catalogId|connectionName" {
		t.Errorf("AWS::Glue::Connection: Ref is %q", c.Ref)
	}
	if b, _ := Lookup("AWS::AmazonMQ::Broker"); b.Forms["AmqpEndpoints"] != List || b.Forms["ConfigurationRevision"] != Number || b.Forms["Arn"] != Text {
		t.Errorf("AWS::AmazonMQ::Broker: %v", b.Forms)
	}
	if _, ok := Lookup("AWS::Nobody::Knows"); ok {
		t.Error("AWS::Nobody::Knows is known")
	}
	if names := Names(); len(names) < 1000 || !slices.IsSorted(names) {
		t.Errorf("%d names", len(names))
	}
}

func TestEndpointServices(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, s := range EndpointServices() {
		names[s.In("eu-west-1")] = true
	}
	for _, want := range []string{"com.amazonaws.eu-west-1.ecr.api", "aws.sagemaker.eu-west-1.notebook", "com.amazonaws.iam", "aws.api.eu-west-1.freetier"} {
		if !names[want] {
			t.Errorf("%s is missing", want)
		}
	}
	if len(names) < 380 {
		t.Errorf("%d services", len(names))
	}
}
