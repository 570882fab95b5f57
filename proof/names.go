package proof

import (
	"fmt"
	"strings"
)

// RegionalName picks the endpoint's own name for the whole Region from its
// Names, by its form and not by its position:
//
//	vpce-0123456789abcdef0-abcdefgh.SERVICE.REGION.vpce.amazonaws.com
//
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html,
// "DNS names"). A service with virtual hosts, such as S3, has the name with a
// leading "*.". The star stands for a host, and "bucket" is one that S3 serves
// (docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html).
func (e Endpoint) RegionalName() (string, error) { return e.name("") }

// ZonalName picks the endpoint's own name for one Availability Zone:
//
//	vpce-0123456789abcdef0-abcdefgh-ZONE.SERVICE.REGION.vpce.amazonaws.com
func (e Endpoint) ZonalName(zone string) (string, error) { return e.name(zone) }

// NamedPrivate, as [Claim.Named], is the name that private DNS gives the endpoint in
// its VPC, and in none but its own: see [Endpoint.PrivateName].
const NamedPrivate = "private"

// PrivateName picks the first private name from the endpoint's Names: one that is not
// made of the endpoint's id. AWS lists them where private DNS is on, be the service
// AWS's, a partner's or one's own
// (docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html). A leading "*."
// stands for any host.
func (e Endpoint) PrivateName() (string, error) {
	for _, name := range e.Names {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		bare, wild := strings.CutPrefix(name, "*.")
		switch {
		case strings.HasPrefix(bare, strings.ToLower(e.ID)+"-"):
			continue
		case wild:
			return virtualHost + "." + bare, nil
		}
		return bare, nil
	}
	return "", fmt.Errorf("the endpoint %s has no private DNS name", e.ID)
}

// virtualHost takes the place of the "*" in a name.
const virtualHost = "bucket"

func (e Endpoint) name(zone string) (string, error) {
	for _, name := range e.Names {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		bare, wild := strings.CutPrefix(name, "*.")
		label, _, more := strings.Cut(bare, ".")
		random, own := strings.CutPrefix(label, strings.ToLower(e.ID)+"-")
		if !own || !more {
			continue
		}
		_, suffix, _ := strings.Cut(random, "-")
		if suffix != strings.ToLower(zone) {
			continue
		}
		if wild {
			return virtualHost + "." + bare, nil
		}
		return bare, nil
	}
	what := "no regional DNS name"
	if zone != "" {
		what = "no DNS name for the zone " + zone
	}
	if len(e.Names) == 0 {
		return "", fmt.Errorf("the endpoint %s has %s, because it has no names at all", e.ID, what)
	}
	return "", fmt.Errorf("the endpoint %s has %s among its names %s", e.ID, what, printable(shorten(joinWords(e.Names), 400)))
}
