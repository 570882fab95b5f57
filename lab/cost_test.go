package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/cost"
	"provenendpoints/internal/lab/cfn"
)

func TestCosts(t *testing.T) {
	t.Parallel()
	const endpoint = `{"Resources": {"A": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcEndpointType": "Interface", "SubnetIds": ["a"]}}}}`
	stacks := []cfn.Stack{
		{Name: "Here", Template: []byte(endpoint)},
		{Name: "There", Region: "us-east-1", Template: []byte(endpoint)},
		{Name: "Elsewhere", Region: "mars-north-1", Template: []byte(endpoint)},
		{Name: "Empty", Template: []byte(`{}`)},
		{Name: "Broken", Template: []byte(`x`)},
	}
	want := "on AWS: about 0.036 US dollars an hour, by prices of " + cost.Date + `
  Here: 0.013 US dollars an hour in ap-northeast-2 (1 endpoint interfaces)
  There: 0.010 US dollars an hour in us-east-1 (1 endpoint interfaces)
  Elsewhere: 0.013 US dollars an hour in ap-northeast-2 (1 endpoint interfaces); of mars-north-1 there are no prices here`
	if diff := cmp.Diff(want, costs(stacks, "")); diff != "" {
		t.Error(diff)
	}
	dear := []cfn.Stack{{Name: "Dear", Template: []byte(`{"Resources": {"A": {"Type": "AWS::RDS::DBInstance"}}}`)}}
	want = "on AWS: about 0.000 US dollars an hour and more, by prices of " + cost.Date + `
  Dear: 0.000 US dollars an hour in us-east-1, and what is not priced here: AWS::RDS::DBInstance`
	if diff := cmp.Diff(want, costs(dear, "us-east-1")); diff != "" {
		t.Error(diff)
	}
}
