package verifier

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

var _ = implement(proof.PrefixListLookup, func(ctx context.Context, c *clients, name string) (proof.PrefixList, error) {
	input := &ec2.DescribePrefixListsInput{Filters: []types.Filter{filter("prefix-list-name", name)}}
	list, err := one(ctx, ec2.NewDescribePrefixListsPaginator(c.ec2, input),
		func(page *ec2.DescribePrefixListsOutput) []types.PrefixList { return page.PrefixLists })
	if err != nil {
		return proof.PrefixList{}, err
	}
	entries, err := prefixes(list.Cidrs)
	return proof.PrefixList{ID: aws.ToString(list.PrefixListId), Entries: entries}, err
})
