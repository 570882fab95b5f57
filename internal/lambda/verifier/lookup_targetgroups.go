package verifier

import (
	"context"
	"errors"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// A target group to which no load balancer forwards leads nobody anywhere. One of
// an Application Load Balancer's or of a function has no host as its target. An
// instance is a target in its own VPC alone
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html).
var _ = implement(proof.TargetGroupsLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.TargetGroup, error) {
	if vpc == "" {
		return nil, errors.New("no VPC to look for target groups in")
	}
	found, err := api.DescribeTargetGroups.All(ctx, c.aws, api.DescribeTargetGroupsInput{})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		// The declared one is among them: none is no answer.
		return nil, errors.New("asked for target groups, got 0")
	}
	var groups []proof.TargetGroup
	for _, group := range found {
		if group.VpcId != vpc || len(group.LoadBalancerArns) == 0 {
			continue
		}
		if group.TargetType == "alb" || group.TargetType == "lambda" {
			continue
		}
		health, err := api.DescribeTargetHealth.Do(ctx, c.aws, api.DescribeTargetHealthInput{TargetGroupArn: group.TargetGroupArn})
		if err != nil {
			return nil, err
		}
		groups = append(groups, proof.TargetGroup{
			ARN: group.TargetGroupArn, Balancers: group.LoadBalancerArns, Targets: targetsOf(health.TargetHealthDescriptions),
		})
	}
	return groups, nil
})
