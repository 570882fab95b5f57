// Package dynamodb is the API of DynamoDB. The lab's package dynamodb has the tables, which
// templates make.
package dynamodb

import (
	"context"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/dynamodb"
)

// account is what the operations work on.
type account struct {
	tables *dynamodb.Tables
	scope  awsid.Scope
}

var service = api.TargetAPI[account]{Name: "dynamodb", Target: "DynamoDB_20120810"}

// Service is DynamoDB of an account.
func Service(tables *dynamodb.Tables, scope awsid.Scope) api.Service {
	return service.Service(account{tables, scope})
}

// request has the members of all requests that the lab knows
// (docs.aws.amazon.com/amazondynamodb/latest/APIReference/).
type request struct {
	TableName, IndexName      string
	Key, Item                 dynamodb.Item
	ExclusiveStartKey         dynamodb.Item
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues map[string]dynamodb.Value
	ConditionExpression       string
	KeyConditionExpression    string
	FilterExpression          string
	UpdateExpression          string
	ProjectionExpression      string
	ReturnValues              string
	ScanIndexForward          *bool
	Limit                     int
	Select                    string
	ExclusiveStartTableName   string

	// Nothing is counted, and every read is consistent.
	ConsistentRead                                      bool
	ReturnConsumedCapacity, ReturnItemCollectionMetrics string
	ReturnValuesOnConditionCheckFailure                 string
	Segment, TotalSegments                              *int
	RequestItems                                        map[string]any
}

func (q request) names() dynamodb.Names {
	return dynamodb.Names{Attributes: q.ExpressionAttributeNames, Values: q.ExpressionAttributeValues}
}

// resource is the table or the index that a call is authorised on.
func resource(a account, q request) string {
	if q.TableName == "" {
		return "*"
	}
	arn := q.TableName
	if !strings.HasPrefix(arn, "arn:") {
		arn = a.scope.ARN("dynamodb", "table/"+q.TableName)
	}
	if q.IndexName != "" {
		arn += "/index/" + q.IndexName
	}
	return arn
}

// calls are the operations on one table.
var calls = map[string]func(a account, q request) (any, error){
	"DescribeTable": describeTable, "GetItem": getItem, "PutItem": putItem, "DeleteItem": deleteItem, "UpdateItem": updateItem,
	"Query": func(a account, q request) (any, error) {
		if q.KeyConditionExpression == "" {
			return nil, awserr.New("ValidationException", "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
		}
		return search(a, q)
	},
	"Scan": search,
}

func init() {
	for name, call := range calls {
		api.RegisterTarget(&service, api.TargetOperation[account, request]{
			Name: name, Resource: resource,
			Run: func(_ context.Context, a account, q request) (any, error) { return call(a, q) },
		})
	}
	api.RegisterTarget(&service, api.TargetOperation[account, request]{
		Name: "ListTables",
		Run: func(_ context.Context, a account, _ request) (any, error) {
			return map[string]any{"TableNames": append([]string{}, a.tables.Names()...)}, nil
		},
	})
}

func describeTable(a account, q request) (any, error) {
	t, items, err := a.tables.Find(q.TableName)
	if err != nil {
		return nil, err
	}
	type element struct{ AttributeName, KeyType string }
	type definition struct{ AttributeName, AttributeType string }
	keys, defined := []element{{t.Hash.Name, "HASH"}}, []definition{{t.Hash.Name, t.Hash.Type}}
	if t.Range.Name != "" {
		keys, defined = append(keys, element{t.Range.Name, "RANGE"}), append(defined, definition{t.Range.Name, t.Range.Type})
	}
	return map[string]any{"Table": map[string]any{
		"TableName": t.Name, "TableArn": t.ARN, "TableStatus": "ACTIVE", "ItemCount": items, "KeySchema": keys, "AttributeDefinitions": defined,
		"CreationDateTime": float64(t.Created.UnixMilli()) / 1000, "TableId": awsid.UUID("table", t.ARN),
	}}, nil
}

// shown is an item with the attributes that a projection names.
func (q request) shown(item dynamodb.Item) (dynamodb.Item, error) {
	if q.ProjectionExpression == "" {
		return item, nil
	}
	out := dynamodb.Item{}
	for name := range strings.SplitSeq(q.ProjectionExpression, ",") {
		name = strings.TrimSpace(name)
		if strings.ContainsAny(name, ".[") {
			return nil, awserr.New("ValidationException", "the lab projects attributes of the item alone, not %s", name)
		}
		if own, ok := q.ExpressionAttributeNames[name]; ok {
			name = own
		}
		if v, ok := item[name]; ok {
			out[name] = v
		}
	}
	return out, nil
}

func getItem(a account, q request) (any, error) {
	item, err := a.tables.Get(q.TableName, q.Key)
	if err != nil || item == nil {
		return struct{}{}, err
	}
	item, err = q.shown(item)
	return map[string]any{"Item": item}, err
}

// change makes one write and answers with what ReturnValues asks for.
func change(a account, q request, key dynamodb.Item, alone bool, do func(dynamodb.Item) (dynamodb.Item, error)) (any, error) {
	condition, err := dynamodb.ParseCondition(q.ConditionExpression, q.names())
	if err != nil {
		return nil, err
	}
	before, after, err := a.tables.Change(q.TableName, key, alone, condition, do)
	if err != nil {
		return nil, err
	}
	var returned dynamodb.Item
	switch q.ReturnValues {
	case "", "NONE":
	case "ALL_OLD":
		returned = before
	case "ALL_NEW":
		returned = after
	case "UPDATED_NEW":
		returned = dynamodb.Changed(before, after)
	default:
		return nil, awserr.New("ValidationException", "the lab has no ReturnValues %s", q.ReturnValues)
	}
	if returned == nil {
		return struct{}{}, nil
	}
	return map[string]any{"Attributes": returned}, nil
}

func putItem(a account, q request) (any, error) {
	return change(a, q, q.Item, false, func(dynamodb.Item) (dynamodb.Item, error) { return q.Item, nil })
}

func deleteItem(a account, q request) (any, error) {
	return change(a, q, q.Key, true, func(dynamodb.Item) (dynamodb.Item, error) { return nil, nil })
}

func updateItem(a account, q request) (any, error) {
	update, err := dynamodb.ParseUpdate(q.UpdateExpression, q.names())
	if err != nil {
		return nil, err
	}
	return change(a, q, q.Key, true, func(before dynamodb.Item) (dynamodb.Item, error) { return update.Of(before, q.Key) })
}

func search(a account, q request) (any, error) {
	s := dynamodb.Search{Table: q.TableName, Index: q.IndexName, Limit: q.Limit, After: q.ExclusiveStartKey, Backward: q.ScanIndexForward != nil && !*q.ScanIndexForward}
	var err error
	if s.Key, err = dynamodb.ParseCondition(q.KeyConditionExpression, q.names()); err != nil {
		return nil, err
	}
	if s.Filter, err = dynamodb.ParseCondition(q.FilterExpression, q.names()); err != nil {
		return nil, err
	}
	found, err := a.tables.Search(s)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"Count": len(found.Items), "ScannedCount": found.Looked}
	if found.Last != nil {
		out["LastEvaluatedKey"] = found.Last
	}
	if q.Select == "COUNT" {
		return out, nil
	}
	items := []dynamodb.Item{}
	for _, item := range found.Items {
		shown, err := q.shown(item)
		if err != nil {
			return nil, err
		}
		items = append(items, shown)
	}
	out["Items"] = items
	return out, nil
}
