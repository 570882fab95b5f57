package verifier

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"provenendpoints/proof"
)

// The call has no pages.
var _ = implement(proof.TargetsLookup, func(ctx context.Context, c *clients, group string) ([]proof.Target, error) {
	out, err := c.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &group})
	if err != nil {
		return nil, err
	}
	return targetsOf(out.TargetHealthDescriptions), nil
})

func targetsOf(descriptions []types.TargetHealthDescription) []proof.Target {
	var result []proof.Target
	for _, description := range descriptions {
		var target proof.Target
		if description.Target != nil {
			target.ID = aws.ToString(description.Target.Id)
			target.Port = int(aws.ToInt32(description.Target.Port))
		}
		if health := description.TargetHealth; health != nil {
			target.State = string(health.State)
			target.Reason = string(health.Reason)
			if text := aws.ToString(health.Description); text != "" {
				target.Reason = text
			}
		}
		result = append(result, target)
	}
	return result
}
