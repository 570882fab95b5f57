package privatelink

import (
	"strings"

	"provenendpoints/internal/lab/awsid"
)

// hostedZones are the ids of the hosted zones in which the names of VPC
// endpoints lie, as EC2's DnsEntries has them.
var hostedZones = map[string]string{
	"ap-northeast-1": "Z2E726K9Y6RL4W",
	"ap-northeast-2": "Z27UANNT0PRK1T",
	"us-east-1":      "Z7HUB22UULQXV",
}

func (pl *PrivateLink) hostedZone() string {
	if id, ok := hostedZones[pl.network.Region()]; ok {
		return id
	}
	return "Z" + strings.ToUpper(awsid.Lower(13, "hosted zone", pl.network.Region()))
}

// endpointNames returns the names of an interface endpoint: the regional one,
// those of its zones, and the private ones if private DNS is on
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
// and …/privatelink-share-your-services.html, "DNS hostnames").
func (pl *PrivateLink) endpointNames(e *endpoint, zones []string) []DNSEntry {
	first, rest := e.ID+"-"+awsid.Lower(8, e.ID), pl.endpointSuffix(e)
	wild := ""
	for _, name := range e.privateNames() {
		if strings.HasPrefix(name, "*.") {
			// The certificate of such a service, S3's for one, is for names below
			// the endpoint's name.
			wild = "*."
		}
	}
	hosted := pl.hostedZone()
	entries := []DNSEntry{{Name: wild + first + "." + rest, HostedZone: hosted}}
	for _, zone := range zones {
		entries = append(entries, DNSEntry{Name: wild + first + "-" + zone + "." + rest, HostedZone: hosted})
	}
	if e.PrivateDNS {
		for _, name := range e.privateNames() {
			entries = append(entries, DNSEntry{Name: name, HostedZone: "Z" + strings.ToUpper(awsid.Lower(20, e.ID, name))})
		}
	}
	return entries
}

// endpointSuffix is the part of an endpoint's names that identifies the service:
// com.amazonaws.REGION.ecr.dkr becomes dkr.ecr.REGION.vpce.amazonaws.com.
func (pl *PrivateLink) endpointSuffix(e *endpoint) string {
	name := strings.TrimPrefix(e.Service, "com.amazonaws.")
	name = strings.TrimPrefix(name, "vpce.")
	name = strings.TrimPrefix(name, pl.network.Region()+".")
	labels := strings.Split(name, ".")
	for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
		labels[i], labels[j] = labels[j], labels[i]
	}
	return strings.Join(labels, ".") + "." + pl.network.Region() + ".vpce.amazonaws.com"
}
