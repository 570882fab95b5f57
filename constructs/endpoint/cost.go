package endpoint

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"provenendpoints/internal/cost"
	"provenendpoints/internal/rendering"
)

// Cost is an estimate of what a stack costs while nothing uses it, proof included:
// endpoints, load balancers, NAT gateways, public addresses, instances and their volumes,
// and what else costs by the hour or by the month.
type Cost struct {
	// Region is the one whose prices they are. Date is when those were written down, and
	// Sources says from where: AWS's pages have today's.
	Region, Date, Sources string
	// PerHour is the sum, in US dollars per hour.
	PerHour float64
	// Lines are what it is made of, sorted. What is free, or costs by use alone, is not there.
	Lines []CostLine
	// Unpriced is what may cost by the hour, and has no price here: types of resources, and
	// of instances.
	Unpriced []string
	// Text is all of it in a line for people.
	Text string
}

// CostLine is one kind of thing that costs.
type CostLine struct {
	// What it is, for people, and how many of it there are.
	What  string
	Count float64
	// Each is the price of one, in US dollars per hour.
	Each float64
}

// CostOf estimates what a stack costs in a Region. Call it when the stack is complete.
// The prices are from a table that is as old as this module, for the Regions of
// [CostRegions] alone. It fails for any other.
func CostOf(stack awscdk.Stack, region string) (Cost, error) {
	if isNil(stack) {
		return Cost{}, required("stack", true)
	}
	rendered, err := rendering.Of(stack)
	if err != nil {
		return Cost{}, err
	}
	estimate, err := cost.Of(rendered, region)
	if err != nil {
		return Cost{}, fmt.Errorf("cost of the stack %s: %w", *stack.Node().Path(), err)
	}
	c := Cost{Region: region, Date: estimate.Date, Sources: cost.Sources, PerHour: estimate.PerHour(), Unpriced: estimate.Unpriced, Text: estimate.Text()}
	for _, line := range estimate.Lines {
		c.Lines = append(c.Lines, CostLine(line))
	}
	return c, nil
}

// CostRegions are the Regions whose prices [CostOf] knows, sorted.
func CostRegions() []string { return cost.Regions() }
