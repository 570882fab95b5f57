package main

import (
	"testing"

	"provenendpoints/internal/lab/cfn"
)

func TestCosts(t *testing.T) {
	t.Parallel()
	const endpoint = `{"Resources": {"A": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcEndpointType": "Interface", "SubnetIds": ["a"]}}}}`
	stacks := []cfn.Stack{
		{Name: "Here", Template: []byte(endpoint)},
		{Name: "There", Region: "us-east-1", Template: []byte(endpoint)},
		{Name: "Elsewhere", Region: "eu-central-1", Template: []byte(endpoint)},
		{Name: "Empty", Template: []byte(`{}`)},
		{Name: "Broken", Template: []byte(`x`)},
	}
	if got, want := costs(stacks, ""), "on AWS: about 0.036 US dollars an hour, by prices of 2026-10-01"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	stacks = append(stacks, cfn.Stack{Name: "Dear", Template: []byte(`{"Resources": {"A": {"Type": "AWS::RDS::DBInstance"}}}`)})
	if got, want := costs(stacks, "us-east-1"), "on AWS: about 0.033 US dollars an hour and more, by prices of 2026-10-01"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
