package security

import (
	"encoding/json"
	"strings"
	"testing"

	"provenendpoints/test/assembled"
)

// doors are the resource types by which somebody from elsewhere could come in,
// or something could go out, each with what the threat model says instead.
var doors = map[string]string{
	"AWS::Lambda::Permission":            "who may invoke a function is for IAM in the account alone",
	"AWS::Lambda::Url":                   "no function has a URL",
	"AWS::Lambda::LayerVersion":          "the functions are one file, compiled from this repository",
	"AWS::Lambda::EventSourceMapping":    "nothing but CloudFormation and the verifier invokes a function",
	"AWS::EC2::EIP":                      "nothing has a public address",
	"AWS::EC2::NatGateway":               "nothing has a way to the internet that is not named",
	"AWS::EC2::VPCPeeringConnection":     "no VPC has a way to another but the endpoint",
	"AWS::EC2::TransitGatewayAttachment": "no VPC has a way to another but the endpoint",
	"AWS::EC2::KeyPair":                  "no instance has a key pair",
	"AWS::IAM::User":                     "there is no identity but the roles",
	"AWS::IAM::AccessKey":                "there are no lasting credentials",
	"AWS::IAM::ManagedPolicy":            "a role's policies are its own",
}

// The stacks have none of the doors that the threat model says they have not.
func TestNoDoors(t *testing.T) {
	t.Parallel()
	for _, id := range scenarios {
		var template struct {
			Resources map[string]struct{ Type string }
		}
		if err := json.Unmarshal(assembled.Stack(t, id).Template, &template); err != nil {
			t.Fatal(err)
		}
		if len(template.Resources) == 0 {
			t.Errorf("%s has no resources", id)
		}
		for logical, resource := range template.Resources {
			if why, found := doors[resource.Type]; found {
				t.Errorf("%s: %s is an %s, but %s", id, logical, resource.Type, why)
			}
		}
	}
}

// No instance gets a public address or a key pair, and each insists on IMDSv2
// and an encrypted disk.
func TestInstancesAreClosed(t *testing.T) {
	t.Parallel()
	for _, id := range scenarios {
		assembled.ChangedResources(t, assembled.Stack(t, id), func(resources object) {
			assembled.Each(resources, "AWS::EC2::Instance", func(_ string, instance object) {
				data, err := json.Marshal(instance)
				if err != nil {
					t.Fatal(err)
				}
				for _, want := range []string{`"AssociatePublicIpAddress":false`, `"Encrypted":true`, `"HttpTokens":"required"`} {
					if !strings.Contains(string(data), want) {
						t.Errorf("%s: an instance without %s: %s", id, want, data)
					}
				}
				if _, keyed := instance["KeyName"]; keyed {
					t.Errorf("%s: an instance with a key pair", id)
				}
			})
		})
	}
}
