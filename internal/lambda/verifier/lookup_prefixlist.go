package verifier

import (
	"context"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.PrefixListLookup, func(ctx context.Context, c *clients, name string) (proof.PrefixList, error) {
	input := api.DescribePrefixListsInput{Filters: []api.Filter{api.Where("prefix-list-name", name)}}
	list, err := api.DescribePrefixLists.One(ctx, c.aws, input)
	if err != nil {
		return proof.PrefixList{}, err
	}
	entries, err := prefixes(list.Cidrs)
	return proof.PrefixList{ID: list.PrefixListId, Entries: entries}, err
})
