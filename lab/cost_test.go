package main

import (
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
)

func TestCosts(t *testing.T) {
	t.Parallel()
	const endpoint = `{"Resources": {"A": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcEndpointType": "Interface", "SubnetIds": ["a"]}}}}`
	var out strings.Builder
	costs(&out, []cfn.Stack{
		{Name: "Here", Template: []byte(endpoint)},
		{Name: "There", Region: "us-east-1", Template: []byte(endpoint)},
		{Name: "Elsewhere", Region: "eu-central-1", Template: []byte(endpoint)},
		{Name: "Empty", Template: []byte(`{}`)},
		{Name: "Broken", Template: []byte(`x`)},
	}, "")
	const prices = " (1 endpoint interfaces), by prices of 2026-10-01\n"
	want := "lab: on AWS Here costs about 0.013 US dollars an hour in ap-northeast-2" + prices +
		"lab: on AWS There costs about 0.010 US dollars an hour in us-east-1" + prices +
		"lab: on AWS Elsewhere costs about 0.013 US dollars an hour in ap-northeast-2" + prices
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
