package resources

import (
	"context"
	"fmt"
	"strconv"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/route53"
)

func init() { register("AWS::Route53::RecordSet", (*Resources).recordSetType) }

type aliasTarget struct {
	DNSName              string `cfn:"required"`
	HostedZoneId         string `cfn:"required"` // the name alone finds the target
	EvaluateTargetHealth *bool  `cfn:"inert"`    // a load balancer's name has the healthy nodes alone in any case
}

type recordSetProps struct {
	HostedZoneId      string `cfn:"replace"`
	HostedZoneName    string `cfn:"replace"`
	Name              string `cfn:"required,replace"`
	Type              string `cfn:"required"`
	TTL               string
	ResourceRecords   []string
	AliasTarget       *aliasTarget
	SetIdentifier     string
	Weight            *int
	Region            string
	Failover          string `cfn:"only=PRIMARY|SECONDARY"`
	MultiValueAnswer  *bool
	GeoLocation       *geoLocation
	CidrRoutingConfig *struct{ CollectionId, LocationName string }
	HealthCheckId     string
	Comment           string `cfn:"inert"` // text for people
}

// geoLocation is a place; the country * is everywhere else.
type geoLocation struct{ ContinentCode, CountryCode, SubdivisionCode string }

func validateRecordSet(p map[string]any) cfn.Findings {
	var f cfn.Findings
	if countGiven(p, "HostedZoneId", "HostedZoneName") != 1 {
		f = append(f, "exactly one of HostedZoneId and HostedZoneName is needed")
	}
	return append(f, validateRecords(p)...)
}

// validateRecords checks a record set, wherever its zone is named.
func validateRecords(p map[string]any) cfn.Findings {
	var f cfn.Findings
	if countGiven(p, "ResourceRecords", "AliasTarget") != 1 {
		f = append(f, "exactly one of ResourceRecords and AliasTarget is needed")
	}
	policies := countGiven(p, "Weight", "Region", "Failover", "MultiValueAnswer", "GeoLocation", "CidrRoutingConfig")
	switch {
	case policies > 1:
		f = append(f, "at most one of Weight, Region, Failover, MultiValueAnswer, GeoLocation and CidrRoutingConfig can be given")
	case policies != countGiven(p, "SetIdentifier"):
		f = append(f, "SetIdentifier is needed with a routing policy, and with that alone")
	}
	return f
}

// inertRecords says what of a record set's routing the lab does not have.
func inertRecords(p recordSetProps, _ map[string]string) string {
	switch {
	case p.HealthCheckId != "":
		return "its health is not checked: it counts as healthy"
	case p.GeoLocation != nil || p.CidrRoutingConfig != nil:
		return "nobody knows where clients are: the default location answers, or any other"
	}
	return ""
}

// routing is the routing policy of the record set.
func (p recordSetProps) routing() route53.Routing {
	out := route53.Routing{SetIdentifier: p.SetIdentifier, Weight: p.Weight, Region: p.Region, Failover: p.Failover, MultiValue: valueOr(p.MultiValueAnswer, false)}
	switch {
	case p.GeoLocation != nil:
		out.Geography, out.Default = true, p.GeoLocation.CountryCode == "*"
	case p.CidrRoutingConfig != nil:
		out.Geography, out.Default = true, p.CidrRoutingConfig.LocationName == "*"
	}
	return out
}

// records are the records that the properties describe.
func (r *Resources) records(p recordSetProps) (route53.RecordSet, error) {
	set := route53.RecordSet{Zone: p.HostedZoneId, Name: p.Name, Type: p.Type, Records: p.ResourceRecords, Routing: p.routing()}
	if p.AliasTarget != nil {
		set.Alias = p.AliasTarget.DNSName
	}
	if p.TTL != "" {
		seconds, err := strconv.Atoi(p.TTL)
		if err != nil || seconds < 0 {
			return set, fmt.Errorf("property TTL: %q is no number of seconds", p.TTL)
		}
		set.TTL = seconds
	}
	if set.Zone != "" {
		return set, nil
	}
	var err error
	set.Zone, err = r.Names.ZoneNamed(p.HostedZoneName)
	return set, err
}

// putRecords creates a record set; with old it is changed. What is there already is not this
// resource's to change.
func (r *Resources) putRecords(p recordSetProps, old *recordSetProps) error {
	set, err := r.records(p)
	if err != nil {
		return err
	}
	if old == nil {
		return r.Names.PutRecords(set, false)
	}
	if old.Type != p.Type || old.SetIdentifier != p.SetIdentifier || old.routing() != p.routing() && (old.SetIdentifier == "" || p.SetIdentifier == "") {
		if err := r.deleteRecords(*old); err != nil {
			return err
		}
	}
	return r.Names.PutRecords(set, true)
}

// deleteRecords deletes a record set, if it is there.
func (r *Resources) deleteRecords(p recordSetProps) error {
	set, err := r.records(p)
	if err != nil {
		return ignoreGone(err)
	}
	return ignoreGone(r.Names.DeleteRecords(set.Zone, set.Name, set.Type, set.Routing.SetIdentifier))
}

// recordSetType is AWS::Route53::RecordSet. Its Ref is the name.
func (r *Resources) recordSetType() cfn.Definition[recordSetProps] {
	return cfn.Definition[recordSetProps]{
		Validate: validateRecordSet,
		Inert:    inertRecords,
		Create: func(_ context.Context, c cfn.TypedRequest[recordSetProps]) (cfn.Result, error) {
			return cfn.Result{PhysicalID: c.Props.Name}, r.putRecords(c.Props, nil)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[recordSetProps]) (cfn.Result, error) {
			return cfn.Result{}, r.putRecords(c.Props, &c.Old)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[recordSetProps]) error { return r.deleteRecords(c.Props) },
	}
}
