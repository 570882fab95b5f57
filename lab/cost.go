package main

import (
	"cmp"
	"fmt"

	"provenendpoints/internal/cost"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/template"
)

// defaultRegion is where stacks are deployed that leave it open, as package deployment
// has it.
const defaultRegion = "ap-northeast-2"

// costs says what the stacks would cost on AWS, all together and each. Where there are no
// prices of a stack's Region, those of the default stand in. Empty where nothing is known.
func costs(stacks []cfn.Stack, region string) string {
	sum, each, unpriced := 0.0, "", ""
	for _, stack := range stacks {
		parsed, err := template.Parse(stack.Template)
		if err != nil {
			continue // its deployment says so
		}
		where, instead := cmp.Or(stack.Region, region, defaultRegion), ""
		estimate, err := cost.Of(parsed, where)
		if err != nil {
			if estimate, err = cost.Of(parsed, defaultRegion); err != nil {
				return ""
			}
			instead = "; of " + where + " there are no prices here"
		}
		sum += estimate.PerHour()
		if len(estimate.Unpriced) > 0 {
			unpriced = " and more"
		}
		if len(estimate.Lines)+len(estimate.Unpriced) > 0 {
			each += "\n  " + stack.Name + ": " + estimate.Amounts() + instead
		}
	}
	return fmt.Sprintf("on AWS: about %.3f US dollars an hour%s, by prices of %s", sum, unpriced, cost.Date) + each
}
