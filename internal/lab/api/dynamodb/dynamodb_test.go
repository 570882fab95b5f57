package dynamodb

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/dynamodb"
)

// fixture is an account with a table of orders by customer and number, and an index by state.
func fixture() (*dynamodb.Tables, api.Service) {
	tables := dynamodb.New(func() time.Time { return time.Unix(1_700_000_000, 0) })
	text := func(name string) dynamodb.Key { return dynamodb.Key{Name: name, Type: "S"} }
	tables.Put(dynamodb.Table{
		Name: "Orders", ARN: "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders",
		Schema:  dynamodb.Schema{Hash: text("customer"), Range: dynamodb.Key{Name: "no", Type: "N"}},
		Indexes: map[string]dynamodb.Schema{"ByState": {Hash: text("state")}},
	})
	return tables, Service(tables, awsid.Scope{Region: "eu-west-1", Account: "123456789012"})
}

// call makes one call and returns its answer or its error.
func call(t *testing.T, s api.Service, operation, body string) (answer string, op *api.Operation) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "https://dynamodb/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	op, err = s.Route(&api.Request{Request: r, Body: []byte(body)})
	if err != nil {
		return err.Error(), nil
	}
	reply, err := op.Run(t.Context())
	if err != nil {
		return err.Error(), op
	}
	return string(reply.Body), op
}

// What a function does with a table: it writes, reads, looks for, counts, changes and
// deletes items.
func TestItems(t *testing.T) {
	t.Parallel()
	_, s := fixture()
	const key = `"TableName":"Orders","Key":{"customer":{"S":"a"},"no":{"N":"2"}}`
	for _, step := range []struct{ operation, body, want string }{
		{"PutItem", `{"TableName":"Orders","Item":{"customer":{"S":"a"},"no":{"N":"2"},"state":{"S":"new"},"tags":{"SS":["x"]},"n":{"N":"1.5"}}}`, `{}`},
		{"BatchWriteItem", `{"RequestItems":{"Orders":[{"PutRequest":{"Item":{"customer":{"S":"a"},"no":{"N":"10"},"state":{"S":"old"}}}},{"PutRequest":{"Item":{"customer":{"S":"b"},"no":{"N":"1"}}}}]}}`, `"UnprocessedItems":{}`},
		{"GetItem", `{` + key + `,"ProjectionExpression":"#s,n","ExpressionAttributeNames":{"#s":"state"}}`, `{"Item":{"n":{"N":"1.5"},"state":{"S":"new"}}}`},
		{"GetItem", `{"TableName":"Orders","Key":{"customer":{"S":"c"},"no":{"N":"2"}}}`, `{}`},
		{"GetItem", `{"TableName":"Orders","Key":{"customer":{"S":"c"}}}`, `ValidationException: One or more parameter values were invalid: the key no must be of type N`},
		{"GetItem", `{"TableName":"Nobody","Key":{}}`, `ResourceNotFoundException`},
		{"PutItem", `{"TableName":"Orders","Item":{"customer":{"S":"a"},"no":{"N":"2.0"}},"ConditionExpression":"attribute_not_exists(customer)"}`, `ConditionalCheckFailedException`},
		{"Query", `{"TableName":"Orders","KeyConditionExpression":"customer = :c","ExpressionAttributeValues":{":c":{"S":"a"}},"ProjectionExpression":"no"}`, `"Items":[{"no":{"N":"2"}},{"no":{"N":"10"}}]`},
		{"Query", `{"TableName":"Orders","KeyConditionExpression":"customer = :c AND #n BETWEEN :x AND :y","ExpressionAttributeNames":{"#n":"no"},"ExpressionAttributeValues":{":c":{"S":"a"},":x":{"N":"3"},":y":{"N":"30"}},"Select":"COUNT"}`, `{"Count":1,"ScannedCount":1}`},
		{"Query", `{"TableName":"Orders","KeyConditionExpression":"customer = :c","ExpressionAttributeValues":{":c":{"S":"a"}},"Limit":1,"ScanIndexForward":false}`, `"LastEvaluatedKey":{"customer":{"S":"a"},"no":{"N":"10"}}`},
		{"Query", `{"TableName":"Orders","KeyConditionExpression":"customer = :c","ExpressionAttributeValues":{":c":{"S":"a"}},"ExclusiveStartKey":{"customer":{"S":"a"},"no":{"N":"2"}},"ProjectionExpression":"no"}`, `"Items":[{"no":{"N":"10"}}]`},
		{"Query", `{"TableName":"Orders","IndexName":"ByState","KeyConditionExpression":"#s = :s","ExpressionAttributeNames":{"#s":"state"},"ExpressionAttributeValues":{":s":{"S":"old"}}}`, `"Count":1`},
		{"Query", `{"TableName":"Orders"}`, `Either the KeyConditions or KeyConditionExpression`},
		{"Scan", `{"TableName":"Orders","FilterExpression":"begins_with(#s, :p) OR (NOT attribute_exists(#s) AND size(customer) = :one)","ExpressionAttributeNames":{"#s":"state"},"ExpressionAttributeValues":{":p":{"S":"ne"},":one":{"N":"1"}}}`, `"Count":2`},
		{"UpdateItem", `{` + key + `,"UpdateExpression":"SET n = n + :i, seen = if_not_exists(seen, :z) REMOVE #s ADD tags :t","ExpressionAttributeNames":{"#s":"state"},"ExpressionAttributeValues":{":i":{"N":"0.5"},":z":{"N":"0"},":t":{"SS":["y"]}},"ReturnValues":"UPDATED_NEW"}`, `{"Attributes":{"n":{"N":"2"},"seen":{"N":"0"},"tags":{"SS":["x","y"]}}}`},
		{"UpdateItem", `{` + key + `,"UpdateExpression":"DELETE tags :t","ExpressionAttributeValues":{":t":{"SS":["x","y"]}},"ReturnValues":"ALL_NEW"}`, `{"Attributes":{"customer":{"S":"a"},"n":{"N":"2"},"no":{"N":"2"},"seen":{"N":"0"}}}`},
		{"UpdateItem", `{` + key + `,"UpdateExpression":"SET no = :i","ExpressionAttributeValues":{":i":{"N":"5"}}}`, `Cannot update attribute of the key`},
		{"UpdateItem", `{` + key + `,"UpdateExpression":"SET a.b = :i","ExpressionAttributeValues":{":i":{"N":"5"}}}`, `the lab changes attributes of the item alone`},
		{"DeleteItem", `{` + key + `,"ConditionExpression":"n > :n","ExpressionAttributeValues":{":n":{"N":"1"}},"ReturnValues":"ALL_OLD"}`, `"seen":{"N":"0"}`},
		{"BatchGetItem", `{"RequestItems":{"Orders":{"Keys":[{"customer":{"S":"a"},"no":{"N":"2"}},{"customer":{"S":"b"},"no":{"N":"1"}}]}}}`, `{"Responses":{"Orders":[{"customer":{"S":"b"},"no":{"N":"1"}}]}`},
		{"DescribeTable", `{"TableName":"Orders"}`, `"ItemCount":2`},
		{"ListTables", `{}`, `{"TableNames":["Orders"]}`},
		{"Scan", `{"TableName":"Orders","FilterExpression":"customer ~ :p"}`, `Invalid expression: Syntax error`},
		{"Scan", `{"TableName":"Orders","FilterExpression":"customer = :p"}`, `attribute value: :p`},
		{"TransactWriteItems", `{}`, `the lab has no call TransactWriteItems of dynamodb`},
	} {
		if got, _ := call(t, s, step.operation, step.body); !strings.Contains(got, step.want) {
			t.Errorf("%s %s:\n got %s\nwant %s", step.operation, step.body, got, step.want)
		}
	}
}

// Each call is authorised on its table or its index.
func TestResources(t *testing.T) {
	t.Parallel()
	_, s := fixture()
	for body, want := range map[string]string{
		`{"TableName":"Orders","Key":{}}`:                                      "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders",
		`{"TableName":"arn:aws:dynamodb:eu-west-1:123456789012:table/Orders"}`: "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders",
		`{"TableName":"Orders","IndexName":"ByState"}`:                         "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/index/ByState",
	} {
		if _, op := call(t, s, "Scan", body); op == nil || op.Resource != want || op.Action != "dynamodb:Scan" {
			t.Errorf("%s: %+v, want %s", body, op, want)
		}
	}
}
