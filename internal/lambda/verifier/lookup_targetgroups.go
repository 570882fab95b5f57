package verifier

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

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
	found, err := all(ctx, elb.NewDescribeTargetGroupsPaginator(c.elb, &elb.DescribeTargetGroupsInput{}),
		func(page *elb.DescribeTargetGroupsOutput) []types.TargetGroup { return page.TargetGroups })
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		// The declared one is among them: none is no answer.
		return nil, errors.New("asked for target groups, got 0")
	}
	var groups []proof.TargetGroup
	for _, group := range found {
		if aws.ToString(group.VpcId) != vpc || len(group.LoadBalancerArns) == 0 {
			continue
		}
		if group.TargetType == types.TargetTypeEnumAlb || group.TargetType == types.TargetTypeEnumLambda {
			continue
		}
		health, err := c.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: group.TargetGroupArn})
		if err != nil {
			return nil, err
		}
		groups = append(groups, proof.TargetGroup{
			ARN: aws.ToString(group.TargetGroupArn), Balancers: group.LoadBalancerArns, Targets: targetsOf(health.TargetHealthDescriptions),
		})
	}
	return groups, nil
})
