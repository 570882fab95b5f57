package proof

import "strings"

// TargetsLookup finds the health of a target group's targets, by its ARN.
var TargetsLookup = newLookup[string, []Target]("targets", AnyResource, "elasticloadbalancing:DescribeTargetHealth")

// Target is a target of a load balancer with its health (healthy, unhealthy,
// initial, unused, draining) and AWS's reason where it is not healthy.
type Target struct {
	ID     string
	Port   int
	State  string
	Reason string
}

// targets looks up the targets of a target group.
func (g *gatherer) targets(group string) []Target {
	return look(g, TargetsLookup, "the target group "+targetGroupName(group), group, nil)
}

// targetGroupName is the name in a target group's ARN
// (arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID).
func targetGroupName(arn string) string {
	if parts := strings.Split(arn, "/"); len(parts) == 3 {
		return parts[1]
	}
	return arn
}
