package endpoint

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"provenendpoints/internal/cost"
	"provenendpoints/internal/rendering"
)

// CostPerHour estimates what a stack costs in a Region, in US dollars per hour, proof
// included, while nothing uses it: endpoints, load balancers, NAT gateways, public
// addresses, instances and their volumes. Call it when the stack is complete. The text
// says how the sum is made, what is not priced, and of when the prices are. They are read
// from a table that is as old as this module, for the Regions of [CostRegions] alone;
// AWS's pages have today's (aws.amazon.com/privatelink/pricing).
func CostPerHour(stack awscdk.Stack, region string) (dollars float64, text string, err error) {
	rendered, err := rendering.Of(stack)
	if err != nil {
		return 0, "", err
	}
	estimate, err := cost.Of(rendered, region)
	if err != nil {
		return 0, "", fmt.Errorf("cost of the stack %s: %w", *stack.Node().Path(), err)
	}
	return estimate.PerHour(), estimate.Text(), nil
}

// CostRegions are the Regions whose prices [CostPerHour] knows, sorted.
func CostRegions() []string { return cost.Regions() }
