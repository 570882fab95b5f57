package verifier

import (
	"context"
	"errors"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// DescribeStackResources answers with at most 100 resources; ListStackResources
// has pages (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html).
var _ = implement(proof.StackLookup, func(ctx context.Context, c *clients, arn string) (proof.Stack, error) {
	if arn == "" {
		return proof.Stack{}, errors.New("the stack has no id")
	}
	summaries, err := api.ListStackResources.All(ctx, c.aws, api.ListStackResourcesInput{StackName: arn})
	if err != nil {
		return proof.Stack{}, err
	}
	// The original, since a transform may leave YAML of its own making.
	body, err := api.GetTemplate.Do(ctx, c.aws, api.GetTemplateInput{StackName: arn, TemplateStage: "Original"})
	if err != nil {
		return proof.Stack{}, err
	}
	stack := proof.Stack{Template: body.TemplateBody}
	for _, summary := range summaries {
		if summary.ResourceStatus == "DELETE_COMPLETE" {
			continue
		}
		stack.Resources = append(stack.Resources, proof.StackResource{
			ID: summary.LogicalResourceId, Type: summary.ResourceType, Status: summary.ResourceStatus,
		})
	}
	return stack, nil
})
