package cfn

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awsid"
)

// zonesProvider is the context provider for the zones of a Region.
const zonesProvider = "availability-zones"

// placeholderZones stand for the zones of a Region that `cdk synth` could not look up: a
// stack whose account and Region are given has these in its template, and three of them,
// however many the Region has (github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/core/lib/stack.ts,
// availabilityZones).
var placeholderZones = []string{"dummy1a", "dummy1b", "dummy1c"}

// fillZones puts the zones of the stack's Region in the place of the placeholders, where
// the assembly misses them: the lab is the account that they would have been looked up in.
func (s *Stack) fillZones(missing []missingContext) {
	here := func(m missingContext) bool {
		region, _ := m.Props["region"].(string)
		return m.Provider == zonesProvider && region == s.Region
	}
	if s.Region == "" || !slices.ContainsFunc(missing, here) {
		return
	}
	filled := withZones(s.Template, s.Region)
	if bytes.Equal(filled, s.Template) {
		return // CDK looks them up for every VPC, also where the template does not need them
	}
	s.Template = filled
	zones := awsid.Zones(s.Region)
	zones = zones[:min(len(zones), len(placeholderZones))]
	s.Notes = append(s.Notes, fmt.Sprintf("stack %s was synthesized without the zones of %s, which are taken to be %s", s.ID, s.Region, strings.Join(zones, ", ")))
}

// withZones replaces the placeholders in a template.
func withZones(template []byte, region string) []byte {
	zones := awsid.Zones(region)
	for i, placeholder := range placeholderZones[:min(len(placeholderZones), len(zones))] {
		template = bytes.ReplaceAll(template, []byte(placeholder), []byte(zones[i]))
	}
	return template
}
