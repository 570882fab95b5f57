package verifier

import (
	"context"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// The call has no pages.
var _ = implement(proof.TargetsLookup, func(ctx context.Context, c *clients, group string) ([]proof.Target, error) {
	out, err := api.DescribeTargetHealth.Do(ctx, c.aws, api.DescribeTargetHealthInput{TargetGroupArn: group})
	if err != nil {
		return nil, err
	}
	return targetsOf(out.TargetHealthDescriptions), nil
})

func targetsOf(descriptions []api.TargetHealthDescription) []proof.Target {
	var result []proof.Target
	for _, description := range descriptions {
		target := proof.Target{
			ID: description.Target.Id, Port: description.Target.Port,
			State: description.TargetHealth.State, Reason: description.TargetHealth.Reason,
		}
		if text := description.TargetHealth.Description; text != "" {
			target.Reason = text
		}
		result = append(result, target)
	}
	return result
}
