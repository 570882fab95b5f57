package test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

func TestInstances(t *testing.T) {
	t.Parallel()
	for stack, names := range map[string][]string{
		assembled.GatewayEndpoint:             {"Instance"},
		assembled.InterfaceEndpoint:           {"Instance"},
		assembled.InterfaceEndpointPrivateDNS: {"Instance"},
		assembled.EndpointService:             {"Instance", "WEB1", "WEB2"},
	} {
		template := load(t, stack)
		var found []string
		for _, instance := range template.all("AWS::EC2::Instance") {
			found = append(found, instance.name())
			p := instance.Properties
			if !equal(p["MetadataOptions"], map[string]any{"HttpTokens": "required"}) {
				t.Errorf("%s: %s does not require IMDSv2: %s", stack, instance.ID, text(p["MetadataOptions"]))
			}
			for _, device := range p["BlockDeviceMappings"].([]any) {
				if ebs := device.(map[string]any)["Ebs"].(map[string]any); ebs["Encrypted"] != true {
					t.Errorf("%s: %s has a disk that is not encrypted", stack, instance.ID)
				}
			}
			for _, iface := range p["NetworkInterfaces"].([]any) {
				if iface.(map[string]any)["AssociatePublicIpAddress"] != false {
					t.Errorf("%s: %s may have a public address", stack, instance.ID)
				}
			}
			if _, set := p["KeyName"]; set {
				t.Errorf("%s: %s has a key pair", stack, instance.ID)
			}
			// What CloudFormation reads would replace the instance whenever there is a newer one.
			launch := template.Resources[templates.Target(p["LaunchTemplate"].(map[string]any)["LaunchTemplateId"])]
			image, _ := launch.Properties["LaunchTemplateData"].(map[string]any)["ImageId"].(string)
			if p["ImageId"] != nil || !strings.HasPrefix(image, "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-") || !strings.HasSuffix(image, "arm64") {
				t.Errorf("%s: %s runs %q, want Amazon Linux 2023 for Graviton, by a parameter that is read at the launch", stack, instance.ID, image)
			}
			if kind := p["InstanceType"].(string); kind != "t4g.micro" {
				t.Errorf("%s: %s is a %s, want what the Free plan allows", stack, instance.ID, kind)
			}
		}
		slices.Sort(found)
		if !slices.Equal(found, names) {
			t.Errorf("%s has the instances %q, want %q", stack, found, names)
		}
	}
}

// A person reaches each VPC's instances by an EC2 Instance Connect Endpoint in
// that VPC.
func TestInstanceConnectEndpoints(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		count := map[string]int{}
		for _, endpoint := range template.all("AWS::EC2::InstanceConnectEndpoint") {
			count[templates.Target(template.Resources[templates.Target(endpoint.Properties["SubnetId"])].Properties["VpcId"])]++
		}
		for _, vpc := range template.all("AWS::EC2::VPC") {
			if count[vpc.ID] != 1 {
				t.Errorf("%s: %s has %d EC2 Instance Connect Endpoints, want one", stack, vpc.ID, count[vpc.ID])
			}
		}
	}
}

// The function that answers CloudFormation is outside every VPC, the probers
// are where their names say.
func TestFunctionPlaces(t *testing.T) {
	t.Parallel()
	for stack, points := range map[string]map[string]string{
		assembled.GatewayEndpoint:             {"Private": "10.0.1.0/24", "Outside": ""},
		assembled.InterfaceEndpoint:           {"Public": "10.0.0.0/24", "Private": "10.0.1.0/24", "Outside": ""},
		assembled.InterfaceEndpointPrivateDNS: {"Public": "10.0.0.0/24", "Private": "10.0.1.0/24", "Outside": ""},
		assembled.EndpointService:             {"MyVpc": "10.0.0.0/24", "CustomVpc": "20.0.0.0/24"},
	} {
		template := load(t, stack)
		if vpc, set := template.function(t, "Judges").Properties["VpcConfig"]; set {
			t.Errorf("%s: the verifier is inside a VPC: %s", stack, text(vpc))
		}
		asked := template.proofOf(t).Properties["VantagePoints"].(map[string]any)
		if len(asked) != len(points) {
			t.Errorf("%s: %d vantage points, want %d", stack, len(asked), len(points))
		}
		for point, cidr := range points {
			function := template.function(t, proberOf(point))
			if templates.Target(asked[point]) != function.ID {
				t.Errorf("%s: %s is measured by %s, want %s", stack, point, templates.Target(asked[point]), function.ID)
			}
			var got string
			if config, ok := function.Properties["VpcConfig"].(map[string]any); ok {
				for _, subnet := range templates.Targets(config["SubnetIds"]) {
					got += template.Resources[subnet].Properties["CidrBlock"].(string)
				}
			}
			if got != cidr {
				t.Errorf("%s: %s measures from %q, want %q", stack, point, got, cidr)
			}
		}
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		for _, function := range template.all("AWS::Lambda::Function") {
			p := function.Properties
			if !equal(p["Architectures"], []any{"arm64"}) || p["Runtime"] != "provided.al2023" || p["Handler"] != "bootstrap" {
				t.Errorf("%s: %s is %v %v %v", stack, function.ID, p["Architectures"], p["Runtime"], p["Handler"])
			}
			if _, set := p["ReservedConcurrentExecutions"]; set {
				t.Errorf("%s: %s reserves concurrency, which small accounts do not have", stack, function.ID)
			}
			logs := template.Resources[templates.Target(p["LoggingConfig"].(map[string]any)["LogGroup"])]
			// The reason of a failed creation points to it. With a name of its own, it would
			// be in the way of the next creation.
			if logs == nil || logs.DeletionPolicy != "Retain" || logs.Properties["RetentionInDays"] == nil || logs.Properties["LogGroupName"] != nil {
				t.Errorf("%s: the log of %s is kept for ever, or not kept, or has a name of its own", stack, function.ID)
			}
		}
		for _, kind := range []string{"Custom::AWS", "Custom::VpcRestrictDefaultSG", "Custom::S3AutoDeleteObjects", "Custom::LogRetention"} {
			if found := template.all(kind); len(found) > 0 {
				t.Errorf("%s has a custom resource that runs on Node: %s", stack, found[0].ID)
			}
		}
	}
}

// The claims' time is over before the verifier's, and the verifier's before
// CloudFormation stops waiting for it, even if its process ends at once and
// Lambda invokes it again a minute later. What CloudFormation no longer waits
// for is not invoked.
func TestTimeLimits(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		proof := template.proofOf(t)
		verifier := template.Resources[templates.Target(proof.Properties["ServiceToken"])]
		limit, function, service := number(t, proof.Properties["TimeLimit"]), number(t, verifier.Properties["Timeout"]), number(t, proof.Properties["ServiceTimeout"])
		if limit+30 > function || 60+function+30 > service || function > 900 {
			t.Errorf("%s: %d s for the claims, %d s for the verifier (at most 900), %d s for CloudFormation", stack, limit, function, service)
		}
		config := template.one(t, "AWS::Lambda::EventInvokeConfig", "FunctionName", map[string]any{"Ref": verifier.ID})
		if config.Properties["MaximumRetryAttempts"] != 2.0 || number(t, config.Properties["MaximumEventAgeInSeconds"]) != service {
			t.Errorf("%s: Lambda invokes a failed verifier again by the rules %s, while CloudFormation waits %d s", stack, text(config), service)
		}
	}
}

func number(t *testing.T, value any) int {
	t.Helper()
	n, err := strconv.Atoi(fmt.Sprint(value))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBucket(t *testing.T) {
	t.Parallel()
	template := load(t, assembled.GatewayEndpoint)
	bucket := template.one(t, "AWS::S3::Bucket", "", nil)
	if bucket.DeletionPolicy != "Delete" || bucket.Properties["BucketEncryption"] == nil {
		t.Errorf("the bucket stays behind or is not encrypted: %s", text(bucket))
	}
	for _, setting := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
		if bucket.Properties["PublicAccessBlockConfiguration"].(map[string]any)[setting] != true {
			t.Errorf("the bucket's %s is not on", setting)
		}
	}
	policy := template.one(t, "AWS::S3::BucketPolicy", "Bucket", map[string]any{"Ref": bucket.ID})
	for _, statement := range statements(policy.Properties["PolicyDocument"]) {
		// A Deny under any other condition could lock the owner out.
		if statement["Effect"] == "Deny" && !equal(statement["Condition"], map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}}) {
			t.Errorf("the bucket's policy denies under %s", text(statement["Condition"]))
		}
	}
}
