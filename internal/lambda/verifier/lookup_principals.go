package verifier

import (
	"context"
	"errors"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// Permissions are described only in the account that owns the service. The SDK
// reads an answer that it does not understand as an empty one, so none is an error.
var _ = implement(proof.PrincipalsLookup, func(ctx context.Context, c *clients, service string) ([]string, error) {
	input := api.DescribeVpcEndpointServicePermissionsInput{ServiceId: service}
	found, err := api.DescribeVpcEndpointServicePermissions.All(ctx, c.aws, input)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("got 0 principals: nobody may connect, or the answer could not be read")
	}
	var principals []string
	for _, allowed := range found {
		principals = append(principals, allowed.Principal)
	}
	return principals, nil
})
