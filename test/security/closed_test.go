package security

import (
	"encoding/json"
	"strings"
	"testing"

	"provenendpoints/internal/test/assembled"
)

// waysIn are the resource types that would give access to the stacks from
// elsewhere, or from them to elsewhere, each with what the threat model says
// instead.
var waysIn = map[string]string{
	"AWS::Lambda::Permission":            "only IAM in the account decides who may invoke a function",
	"AWS::Lambda::Url":                   "no function has a URL",
	"AWS::Lambda::LayerVersion":          "the functions are one file, compiled from this repository",
	"AWS::Lambda::EventSourceMapping":    "nothing but CloudFormation and the verifier invokes a function",
	"AWS::EC2::EIP":                      "nothing has a public address",
	"AWS::EC2::NatGateway":               "nothing has a NAT gateway to the internet",
	"AWS::EC2::VPCPeeringConnection":     "no VPC has a path to another but the endpoint",
	"AWS::EC2::TransitGatewayAttachment": "no VPC has a path to another but the endpoint",
	"AWS::EC2::KeyPair":                  "no instance has a key pair",
	"AWS::IAM::User":                     "there is no identity but the roles",
	"AWS::IAM::AccessKey":                "there are no lasting credentials",
	"AWS::IAM::ManagedPolicy":            "a role's policies are its own",
}

// The stacks have none of the resource types that the threat model excludes.
func TestNoWaysIn(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		template := assembled.Template(t, assembled.Stack(t, id))
		if len(template.IDs()) == 0 {
			t.Errorf("%s has no resources", id)
		}
		for _, logical := range template.IDs() {
			if why, found := waysIn[template.Type(logical)]; found {
				t.Errorf("%s: %s is an %s, but %s", id, logical, template.Type(logical), why)
			}
		}
	}
}

// No instance gets a public address or a key pair, and each insists on IMDSv2
// and an encrypted disk.
func TestInstancesAreClosed(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		assembled.Template(t, assembled.Stack(t, id)).Each("AWS::EC2::Instance", func(_ string, instance object) {
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
	}
}
