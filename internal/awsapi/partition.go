package awsapi

import "strings"

// partition is a part of AWS that is separate from the others
// (docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html,
// and partitions.json and endpoint-rule-set-1.json in AWS's SDKs).
type partition struct {
	regions string // how the names of its Regions begin
	suffix  string // its domain
	// The one endpoint of each global service, and the Region that its requests are
	// signed for.
	iam, route53             string
	iamRegion, route53Region string
}

// partitions are all but aws, in which every other Region is.
var partitions = []partition{
	{"cn-", "amazonaws.com.cn", "iam.cn-north-1.amazonaws.com.cn", "route53.amazonaws.com.cn", "cn-north-1", "cn-northwest-1"},
	{"us-gov-", "amazonaws.com", "iam.us-gov.amazonaws.com", "route53.us-gov.amazonaws.com", "us-gov-west-1", "us-gov-west-1"},
	{"us-isob-", "sc2s.sgov.gov", "iam.us-isob-east-1.sc2s.sgov.gov", "route53.sc2s.sgov.gov", "us-isob-east-1", "us-isob-east-1"},
	{"us-isof-", "csp.hci.ic.gov", "iam.us-isof-south-1.csp.hci.ic.gov", "route53.csp.hci.ic.gov", "us-isof-south-1", "us-isof-south-1"},
	{"us-iso-", "c2s.ic.gov", "iam.us-iso-east-1.c2s.ic.gov", "route53.c2s.ic.gov", "us-iso-east-1", "us-iso-east-1"},
	{"eu-isoe-", "cloud.adc-e.uk", "iam.eu-isoe-west-1.cloud.adc-e.uk", "route53.cloud.adc-e.uk", "eu-isoe-west-1", "eu-isoe-west-1"},
	{"eusc-", "amazonaws.eu", "iam.eusc-de-east-1.amazonaws.eu", "route53.amazonaws.eu", "eusc-de-east-1", "eusc-de-east-1"},
}

var awsPartition = partition{"", "amazonaws.com", "iam.amazonaws.com", "route53.amazonaws.com", "us-east-1", "us-east-1"}

func partitionOf(region string) partition {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.regions) {
			return p
		}
	}
	return awsPartition
}

// DNSSuffix is the domain of the Region's partition, such as amazonaws.com.
func DNSSuffix(region string) string { return partitionOf(region).suffix }

// hostOf is where a service is called from a Region, and the Region that requests are
// signed for.
func hostOf(prefix, region string) (host, signingRegion string) {
	p := partitionOf(region)
	switch prefix {
	case "iam":
		return p.iam, p.iamRegion
	case "route53":
		return p.route53, p.route53Region
	}
	return prefix + "." + region + "." + p.suffix, region
}
