package proof

import (
	"fmt"
	"slices"
)

// Healthy: exactly the targets in Hosts are registered with TargetGroup, and all
// are healthy.
const Healthy Kind = "healthy"

var _ = define(Healthy, definition[healthyFacts]{
	required: []string{"TargetGroup", "Hosts"},
	// A target is initial for minutes, and unhealthy until its host serves.
	moves:   true,
	lookups: always(TargetsLookup),
	gather:  func(g *gatherer, c Claim) healthyFacts { return healthyFacts{g.targets(c.TargetGroup)} },
	target:  func(c Claim) string { return targetGroupName(c.TargetGroup) },
	subject: func(c Claim) string { return "the target group " + c.target() },
	expected: func(c Claim, _ healthyFacts) string {
		return fmt.Sprintf("have exactly %s registered, all healthy", joinWords(slices.Sorted(slices.Values(c.Hosts))))
	},
	judge: judgeHealthy,
})

type healthyFacts struct{ targets []Target }

// judgeHealthy wants exactly the expected targets, each healthy on every port.
func judgeHealthy(c Claim, f healthyFacts, _ Observation) finding {
	var registered, seen []string
	for _, target := range f.targets {
		registered = append(registered, target.ID)
		text := target.ID + " " + target.State
		if target.Reason != "" {
			text += " (" + printable(target.Reason) + ")"
		}
		seen = append(seen, text)
	}
	slices.Sort(seen)
	for _, host := range c.Hosts {
		if !slices.Contains(registered, host) {
			return refuted("the targets of "+c.target(), "%s is not registered", host)
		}
	}
	for _, target := range f.targets {
		switch {
		case !slices.Contains(c.Hosts, target.ID):
			return refuted("the targets of "+c.target(), "%s is registered as well", target.ID)
		case target.State != "healthy":
			return refuted("the health check of "+c.target()+", then whether the security group of "+target.ID+" admits the load balancer",
				"the targets are %s", joinCommas(seen))
		}
	}
	if len(seen) == 0 {
		return unproven("", "no target was expected, and none is registered")
	}
	return holds("%s", joinCommas(seen))
}
