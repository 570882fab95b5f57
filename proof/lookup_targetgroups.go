package proof

import (
	"errors"
	"slices"
)

// TargetGroupsLookup describes the target groups of a VPC with their targets, by
// the VPC's id: those that load balancers forward to.
var TargetGroupsLookup = newLookup[string, []TargetGroup]("target groups", AnyResource,
	"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth")

// TargetGroup is a target group of instances or of addresses.
type TargetGroup struct {
	ARN string
	// Balancers are the ARNs of the load balancers that forward to it.
	Balancers []string
	Targets   []Target
}

// targetGroupsOf looks up the target groups of a VPC.
func (g *gatherer) targetGroupsOf(vpc string) []TargetGroup {
	return look(g, TargetGroupsLookup, "the target groups of the VPC "+vpc, vpc, func(groups []TargetGroup) error {
		if slices.ContainsFunc(groups, func(t TargetGroup) bool { return t.ARN == "" || len(t.Balancers) == 0 }) {
			return errors.New("one was described without its ARN or load balancers")
		}
		return nil
	})
}
