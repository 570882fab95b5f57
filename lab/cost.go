package main

import (
	"cmp"
	"fmt"
	"io"

	"provenendpoints/internal/cost"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/template"
)

// defaultRegion is where stacks are deployed that leave it open, as package deployment
// has it.
const defaultRegion = "ap-northeast-2"

// costs prints what the stacks would cost on AWS, before they are deployed. Where there
// are no prices of a stack's Region, those of another stand in, and the line says of which.
func costs(out io.Writer, stacks []cfn.Stack, region string) {
	for _, stack := range stacks {
		parsed, err := template.Parse(stack.Template)
		if err != nil || stack.Empty() {
			continue // its deployment says so
		}
		estimate, err := cost.Of(parsed, cmp.Or(stack.Region, region, defaultRegion))
		if err != nil {
			estimate, err = cost.Of(parsed, defaultRegion)
		}
		if err != nil {
			continue // there are no prices of any Region
		}
		fmt.Fprintf(out, "lab: on AWS %s costs %s\n", cmp.Or(stack.ID, stack.Name), estimate.Text())
	}
}
