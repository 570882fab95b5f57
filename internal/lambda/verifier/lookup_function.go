package verifier

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"provenendpoints/proof"
)

var _ = implement(proof.FunctionLookup, func(ctx context.Context, c *clients, vantagePoint string) (proof.Function, error) {
	arn := c.probers[vantagePoint]
	if arn == "" {
		return proof.Function{}, fmt.Errorf("there is no vantage point %q", vantagePoint)
	}
	out, err := c.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &arn})
	if err != nil {
		return proof.Function{}, err
	}
	function := proof.Function{Name: aws.ToString(out.FunctionName), Role: aws.ToString(out.Role)}
	if function.Name == "" {
		// An empty answer would say that the function is in no VPC.
		return proof.Function{}, errors.New("the answer names no function")
	}
	if vpc := out.VpcConfig; vpc != nil {
		function.Subnets, function.Groups = vpc.SubnetIds, vpc.SecurityGroupIds
	}
	return function, nil
})
