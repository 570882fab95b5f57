package verifier

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"provenendpoints/proof"
)

// DescribeStackResources answers with at most 100 resources; ListStackResources
// has pages (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html).
var _ = implement(proof.StackLookup, func(ctx context.Context, c *clients, arn string) (proof.Stack, error) {
	if arn == "" {
		return proof.Stack{}, errors.New("the stack has no id")
	}
	summaries, err := all(ctx, cloudformation.NewListStackResourcesPaginator(c.cloudformation, &cloudformation.ListStackResourcesInput{StackName: &arn}),
		func(page *cloudformation.ListStackResourcesOutput) []types.StackResourceSummary {
			return page.StackResourceSummaries
		})
	if err != nil {
		return proof.Stack{}, err
	}
	// The original, since a transform may leave YAML of its own making.
	body, err := c.cloudformation.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: &arn, TemplateStage: types.TemplateStageOriginal})
	if err != nil {
		return proof.Stack{}, err
	}
	stack := proof.Stack{Template: aws.ToString(body.TemplateBody)}
	for _, summary := range summaries {
		if summary.ResourceStatus == types.ResourceStatusDeleteComplete {
			continue
		}
		stack.Resources = append(stack.Resources, proof.StackResource{
			ID: aws.ToString(summary.LogicalResourceId), Type: aws.ToString(summary.ResourceType), Status: string(summary.ResourceStatus),
		})
	}
	return stack, nil
})
