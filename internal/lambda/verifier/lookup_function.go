package verifier

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/smithy-go"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.FunctionLookup, func(ctx context.Context, c *clients, vantagePoint string) (proof.Function, error) {
	arn := c.probers[vantagePoint]
	if arn == "" {
		return proof.Function{}, fmt.Errorf("there is no vantage point %q", vantagePoint)
	}
	out, err := api.GetFunctionConfiguration.Do(ctx, c.aws, api.GetFunctionConfigurationInput{FunctionName: arn})
	if err != nil {
		return proof.Function{}, err
	}
	function := proof.Function{
		Name: out.FunctionName, Role: out.Role, Subnets: out.VpcConfig.SubnetIds, Groups: out.VpcConfig.SecurityGroupIds,
	}
	function.Code, function.Variables = out.CodeSha256, slices.Sorted(maps.Keys(out.Environment.Variables))
	for _, layer := range out.Layers {
		function.Layers = append(function.Layers, layer.Arn)
	}
	if function.Name == "" {
		// An empty answer would say that the function is in no VPC.
		return proof.Function{}, errors.New("the answer names no function")
	}
	function.Policy, err = resourcePolicy(ctx, c, arn)
	return function, err
})

// resourcePolicy is the resource policy of a function, empty if it has none: Lambda says of
// one that does not exist that it is not found
// (docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html).
func resourcePolicy(ctx context.Context, c *clients, arn string) (string, error) {
	out, err := api.GetPolicy.Do(ctx, c.aws, api.GetPolicyInput{FunctionName: arn})
	if e, ok := errors.AsType[smithy.APIError](err); ok && e.ErrorCode() == "ResourceNotFoundException" {
		return "", nil
	}
	if err == nil && out.Policy == "" {
		err = errors.New("a resource policy without its document")
	}
	return out.Policy, err
}
