package resources

import (
	"context"
	"fmt"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::Route53::RecordSetGroup", (*Resources).recordSetGroupType) }

type recordSetGroupProps struct {
	HostedZoneId   string           `cfn:"replace"`
	HostedZoneName string           `cfn:"replace"`
	RecordSets     []recordSetProps // each may name its zone instead
	Comment        string           `cfn:"inert"` // text for people
}

// sets are the record sets with the zone that the group names.
func (p recordSetGroupProps) sets() []recordSetProps {
	out := make([]recordSetProps, len(p.RecordSets))
	for i, set := range p.RecordSets {
		if set.HostedZoneId == "" && set.HostedZoneName == "" {
			set.HostedZoneId, set.HostedZoneName = p.HostedZoneId, p.HostedZoneName
		}
		out[i] = set
	}
	return out
}

func validateRecordSetGroup(p map[string]any) cfn.Findings {
	var f cfn.Findings
	zones := countGiven(p, "HostedZoneId", "HostedZoneName")
	if zones > 1 {
		f = append(f, "at most one of HostedZoneId and HostedZoneName can be given")
	}
	list, _ := p["RecordSets"].([]any)
	for i, entry := range list {
		set, ok := entry.(map[string]any)
		if !ok {
			continue
		}
		if zones+countGiven(set, "HostedZoneId", "HostedZoneName") == 0 {
			f = append(f, fmt.Sprintf("property RecordSets[%d]: neither it nor the group names a hosted zone", i))
		}
		for _, finding := range validateRecords(set) {
			f = append(f, fmt.Sprintf("property RecordSets[%d]: %s", i, finding))
		}
	}
	return f
}

// recordSetGroupType is AWS::Route53::RecordSetGroup: record sets that are made together
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordsetgroup.html).
func (r *Resources) recordSetGroupType() cfn.Definition[recordSetGroupProps] {
	return cfn.Definition[recordSetGroupProps]{
		Attributes: []string{"Id"},
		Validate:   validateRecordSetGroup,
		Inert: func(p recordSetGroupProps, _ map[string]string) string {
			for _, set := range p.RecordSets {
				if why := inertRecords(set, nil); why != "" {
					return set.Name + ": " + why
				}
			}
			return ""
		},
		Create: func(_ context.Context, c cfn.TypedRequest[recordSetGroupProps]) (cfn.Result, error) {
			id := r.name(c.Request, 64)
			for i, set := range c.Props.sets() {
				if err := r.putRecords(set, nil); err != nil {
					for _, made := range c.Props.sets()[:i] { // all or none
						_ = r.deleteRecords(made)
					}
					return cfn.Result{}, err
				}
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[recordSetGroupProps]) (cfn.Result, error) {
			kept := map[string]recordSetProps{}
			for _, set := range c.Old.sets() {
				kept[recordSetKey(set)] = set
			}
			for _, set := range c.Props.sets() {
				key := recordSetKey(set)
				old, exists := kept[key]
				delete(kept, key)
				var before *recordSetProps
				if exists {
					before = &old
				}
				if err := r.putRecords(set, before); err != nil {
					return cfn.Result{}, err
				}
			}
			for _, gone := range kept {
				if err := r.deleteRecords(gone); err != nil {
					return cfn.Result{}, err
				}
			}
			return cfn.Result{}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[recordSetGroupProps]) error {
			for _, set := range c.Props.sets() {
				if err := r.deleteRecords(set); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// recordSetKey tells the record sets of a group apart.
func recordSetKey(p recordSetProps) string {
	return fmt.Sprintf("%s %s %s %s %s", p.HostedZoneId, p.HostedZoneName, p.Name, p.Type, p.SetIdentifier)
}
