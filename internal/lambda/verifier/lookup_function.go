package verifier

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

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
	return function, nil
})
