package verifier

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

// Permissions are described only in the account that owns the service. The SDK
// reads an answer that it does not understand as an empty one, so none is an error.
var _ = implement(proof.PrincipalsLookup, func(ctx context.Context, c *clients, service string) ([]string, error) {
	input := &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: &service}
	found, err := all(ctx, ec2.NewDescribeVpcEndpointServicePermissionsPaginator(c.ec2, input),
		func(page *ec2.DescribeVpcEndpointServicePermissionsOutput) []types.AllowedPrincipal {
			return page.AllowedPrincipals
		})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("got 0 principals: nobody may connect, or the answer could not be read")
	}
	var principals []string
	for _, allowed := range found {
		principals = append(principals, aws.ToString(allowed.Principal))
	}
	return principals, nil
})
