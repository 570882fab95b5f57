package awsid

import "strings"

// Zones returns the names of a Region's Availability Zones as a new account sees
// them. Which letter stands for which zone differs by account, and some Regions have
// zones that new accounts do not get
// (docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html).
// A Region that is not in the list has the letters a, b and c, as most have.
func Zones(region string) []string {
	letters, ok := zoneLetters[region]
	if !ok {
		letters = "abc"
	}
	zones := make([]string, 0, len(letters))
	for _, letter := range letters {
		zones = append(zones, region+string(letter))
	}
	return zones
}

// zoneLetters are the Regions that do not have the letters a, b and c alone.
var zoneLetters = map[string]string{
	"ap-northeast-1": "acd",
	"ap-northeast-2": "abcd",
	"ca-central-1":   "abd",
	"us-east-1":      "abcdef",
	"us-west-1":      "ac",
	"us-west-2":      "abcd",
}

// Partition returns the partition that a Region is in
// (docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
func Partition(region string) string {
	for prefix, partition := range map[string]string{
		"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b",
		"eu-isoe-": "aws-iso-e", "us-isof-": "aws-iso-f", "eusc-": "aws-eusc",
	} {
		if strings.HasPrefix(region, prefix) {
			return partition
		}
	}
	return "aws"
}
