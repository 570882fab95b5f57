package awsid_test

import (
	"strings"
	"testing"

	"provenendpoints/internal/lab/awsid"
)

func TestZones(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1":      "us-east-1a us-east-1b us-east-1c us-east-1d us-east-1e us-east-1f",
		"ap-northeast-1": "ap-northeast-1a ap-northeast-1c ap-northeast-1d",
		"eu-west-1":      "eu-west-1a eu-west-1b eu-west-1c",
	} {
		if got := strings.Join(awsid.Zones(region), " "); got != want {
			t.Errorf("zones of %s: %s, want %s", region, got, want)
		}
	}
}

func TestPartition(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov", "us-iso-east-1": "aws-iso", "us-isob-east-1": "aws-iso-b",
	} {
		if got := awsid.Partition(region); got != want {
			t.Errorf("partition of %s: %s, want %s", region, got, want)
		}
	}
}
