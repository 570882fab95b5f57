package dynamodb

import (
	"context"
	"maps"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/dynamodb"
)

type (
	batchWrite struct {
		RequestItems                                        map[string][]write
		ReturnConsumedCapacity, ReturnItemCollectionMetrics string
	}
	write struct {
		PutRequest    *struct{ Item dynamodb.Item }
		DeleteRequest *struct{ Key dynamodb.Item }
	}
	batchGet struct {
		RequestItems           map[string]getKeys
		ReturnConsumedCapacity string
	}
	getKeys struct {
		Keys                     []dynamodb.Item
		ProjectionExpression     string
		ExpressionAttributeNames map[string]string
		ConsistentRead           bool
	}
)

// tableOf is the one table that a batch is authorised on: AWS authorises each.
func tableOf[V any](a account, tables map[string]V) string {
	for name := range tables {
		return resource(a, request{TableName: name})
	}
	return "*"
}

// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html,
// …/API_BatchGetItem.html. The lab takes batches of one table, which it authorises.
func init() {
	one := func(n int) error {
		if n != 1 {
			return awserr.New("ValidationException", "the lab has batches of one table alone, not of %d", n)
		}
		return nil
	}
	api.RegisterTarget(&service, api.TargetOperation[account, batchWrite]{
		Name: "BatchWriteItem", Resource: func(a account, q batchWrite) string { return tableOf(a, q.RequestItems) },
		Run: func(_ context.Context, a account, q batchWrite) (any, error) {
			if err := one(len(q.RequestItems)); err != nil {
				return nil, err
			}
			for _, table := range slices.Sorted(maps.Keys(q.RequestItems)) {
				for _, w := range q.RequestItems[table] {
					var err error
					switch {
					case w.PutRequest != nil:
						_, err = putItem(a, request{TableName: table, Item: w.PutRequest.Item})
					case w.DeleteRequest != nil:
						_, err = deleteItem(a, request{TableName: table, Key: w.DeleteRequest.Key})
					}
					if err != nil {
						return nil, err
					}
				}
			}
			return map[string]any{"UnprocessedItems": map[string]any{}}, nil
		},
	})
	api.RegisterTarget(&service, api.TargetOperation[account, batchGet]{
		Name: "BatchGetItem", Resource: func(a account, q batchGet) string { return tableOf(a, q.RequestItems) },
		Run: func(_ context.Context, a account, q batchGet) (any, error) {
			if err := one(len(q.RequestItems)); err != nil {
				return nil, err
			}
			found := map[string][]dynamodb.Item{}
			for table, get := range q.RequestItems {
				found[table] = []dynamodb.Item{}
				shape := request{ProjectionExpression: get.ProjectionExpression, ExpressionAttributeNames: get.ExpressionAttributeNames}
				for _, key := range get.Keys {
					item, err := a.tables.Get(table, key)
					if err == nil && item != nil {
						item, err = shape.shown(item)
						found[table] = append(found[table], item)
					}
					if err != nil {
						return nil, err
					}
				}
			}
			return map[string]any{"Responses": found, "UnprocessedKeys": map[string]any{}}, nil
		},
	})
}
