package ec2

import (
	"encoding/xml"
)

// docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
func init() {
	describe(description{
		name: "DescribeAvailabilityZones",
		set:  "availabilityZoneInfo", ids: "ZoneName", items: zoneItems, notFound: "InvalidParameterValue",
		filters: []string{"zone-name", "region-name", "state", "zone-type", "opt-in-status"},
	})
	// The lab knows of no Region but its own.
	describe(description{
		name: "DescribeRegions",
		set:  "regionInfo", ids: "RegionName", notFound: "InvalidParameterValue", filters: []string{"region-name", "opt-in-status"},
		items: func(a account) ([]item, error) {
			const status = "opt-in-not-required"
			x := regionXML{a.scope.Region, "ec2." + a.scope.Region + ".amazonaws.com", status}
			return []item{{a.scope.Region, map[string][]string{"region-name": {a.scope.Region}, "opt-in-status": {status}}, x}}, nil
		},
	})
}

type regionXML struct {
	Name     string `xml:"regionName"`
	Endpoint string `xml:"regionEndpoint"`
	OptIn    string `xml:"optInStatus"`
}

type zoneXML struct {
	Name   string `xml:"zoneName"`
	ID     string `xml:"zoneId"`
	State  string `xml:"zoneState"`
	Region string `xml:"regionName"`
	Type   string `xml:"zoneType"`
	OptIn  string `xml:"optInStatus"`
	Group  string `xml:"groupName"`
}

func zoneItems(a account) ([]item, error) {
	var items []item
	for _, z := range a.network.Zones() {
		items = append(items, item{z, map[string][]string{
			"zone-name": {z}, "region-name": {a.scope.Region}, "state": {"available"}, "zone-type": {"availability-zone"}, "opt-in-status": {"opt-in-not-required"},
		}, zoneXML{z, a.network.ZoneID(z), "available", a.scope.Region, "availability-zone", "opt-in-not-required", a.scope.Region}})
	}
	return items, nil
}

func name(local string) xml.Name { return xml.Name{Local: local} }
