package route53

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html
func init() {
	register(http.MethodGet+" /2013-04-01/hostedzonesbyvpc", operation{
		action: "ListHostedZonesByVPC", parameters: []string{"vpcid", "vpcregion", "maxitems", "nexttoken"}, run: listHostedZonesByVPC,
	})
}

// maxZones is the most zones of a page, and what the answer repeats by default.
const maxZones = 100

type ownerXML struct {
	Account string `xml:"OwningAccount,omitempty"`
	Service string `xml:"OwningService,omitempty"`
}

type summaryXML struct {
	ID    string   `xml:"HostedZoneId"`
	Name  string   `xml:"Name"`
	Owner ownerXML `xml:"Owner"`
}

type zonesXML struct {
	XMLName  xml.Name     `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListHostedZonesByVPCResponse"`
	Zones    []summaryXML `xml:"HostedZoneSummaries>HostedZoneSummary"`
	MaxItems string       `xml:"MaxItems"`
}

// listHostedZonesByVPC answers in one page.
func listHostedZonesByVPC(a account, r *api.Request) (*api.Reply, error) {
	q := r.URL.Query()
	vpc, region := q.Get("vpcid"), q.Get("vpcregion")
	switch {
	case vpc == "" || region == "":
		return nil, awserr.New("InvalidInput", "vpcid and vpcregion are required")
	case q.Get("nexttoken") != "":
		return nil, awserr.New("InvalidPaginationToken", "The token is not valid: the lab answers in one page")
	}
	answer := zonesXML{MaxItems: q.Get("maxitems")}
	if answer.MaxItems == "" {
		answer.MaxItems = strconv.Itoa(maxZones)
	}
	if region != a.scope.Region {
		return api.ReplyXML(answer)
	}
	for _, z := range a.names.Zones() {
		if slices.Contains(z.VPCs, vpc) {
			answer.Zones = append(answer.Zones, summaryXML{z.ID, z.Name, ownerXML{Account: a.scope.Account}})
		}
	}
	answer.Zones = append(answer.Zones, a.zonesOfEndpoints(vpc)...)
	return api.ReplyXML(answer)
}

// zonesOfEndpoints are the hidden zones with the private names of a VPC's endpoints,
// which AWS owns.
func (a account) zonesOfEndpoints(vpc string) []summaryXML {
	var zones []summaryXML
	for _, e := range a.link.Endpoints() {
		if e.VPC != vpc || !e.PrivateDNS {
			continue
		}
		for _, entry := range e.DNSNames {
			name := strings.TrimPrefix(entry.Name, "*.") + "."
			if strings.HasSuffix(name, ".vpce.amazonaws.com.") || slices.ContainsFunc(zones, func(z summaryXML) bool { return z.Name == name }) {
				continue
			}
			zones = append(zones, summaryXML{entry.HostedZone, name, ownerXML{Service: "vpce.amazonaws.com"}})
		}
	}
	return zones
}
