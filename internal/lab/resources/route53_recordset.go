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
	HostedZoneId    string `cfn:"replace"`
	HostedZoneName  string `cfn:"replace"`
	Name            string `cfn:"required,replace"`
	Type            string `cfn:"required"`
	TTL             string
	ResourceRecords []string
	AliasTarget     *aliasTarget
	Comment         string `cfn:"inert"` // text for people
}

func validateRecordSet(p map[string]any) cfn.Findings {
	var f cfn.Findings
	if countGiven(p, "HostedZoneId", "HostedZoneName") != 1 {
		f = append(f, "exactly one of HostedZoneId and HostedZoneName is needed")
	}
	if countGiven(p, "ResourceRecords", "AliasTarget") != 1 {
		f = append(f, "exactly one of ResourceRecords and AliasTarget is needed")
	}
	return f
}

// records are the records that the properties describe.
func (r *Resources) records(p recordSetProps) (route53.RecordSet, error) {
	set := route53.RecordSet{Zone: p.HostedZoneId, Name: p.Name, Type: p.Type, Records: p.ResourceRecords}
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

// recordSetType is AWS::Route53::RecordSet with simple routing. Its Ref is the name.
func (r *Resources) recordSetType() cfn.Definition[recordSetProps] {
	return cfn.Definition[recordSetProps]{
		Validate: validateRecordSet,
		Create: func(_ context.Context, c cfn.TypedRequest[recordSetProps]) (cfn.Result, error) {
			set, err := r.records(c.Props)
			if err != nil {
				return cfn.Result{}, err
			}
			// What is there already is not this resource's to delete.
			if err := r.Names.PutRecords(set, false); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: c.Props.Name}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[recordSetProps]) (cfn.Result, error) {
			set, err := r.records(c.Props)
			if err != nil {
				return cfn.Result{}, err
			}
			if c.Old.Type != set.Type {
				if err := ignoreGone(r.Names.DeleteRecords(set.Zone, set.Name, c.Old.Type)); err != nil {
					return cfn.Result{}, err
				}
			}
			return cfn.Result{}, r.Names.PutRecords(set, true)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[recordSetProps]) error {
			set, err := r.records(c.Props)
			if err != nil {
				return ignoreGone(err)
			}
			return ignoreGone(r.Names.DeleteRecords(set.Zone, set.Name, set.Type))
		},
	}
}
