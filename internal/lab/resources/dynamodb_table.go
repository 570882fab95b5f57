package resources

import (
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/dynamodb"
)

// A table takes items and gives them back. Its streams, its replicas and the time to live of
// its items are inert.
func init() {
	for _, name := range []string{"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"} {
		partials[name] = partial{
			lacks: lackingOfTable,
			put: func(r *Resources, q cfn.Request, out cfn.Result) error {
				r.Observation.Tables.Put(tableOf(q.Properties, out))
				return nil
			},
			remove: func(r *Resources, q cfn.Request) { r.Observation.Tables.Delete(q.PhysicalID) },
		}
	}
}

// lackingOfTable says what of a table the lab does not have.
func lackingOfTable(_ *Resources, p map[string]any) string {
	replicas, _ := p["Replicas"].([]any)
	switch {
	case p["ImportSourceSpecification"] != nil:
		return "nothing is imported: it has no items and its API does not know it"
	case len(replicas) > 1:
		return "its replicas in other Regions are not there, and its API does not know it"
	}
	return ""
}

func tableOf(p map[string]any, out cfn.Result) dynamodb.Table {
	types := map[string]string{}
	for _, d := range objects(p["AttributeDefinitions"]) {
		types[textOf(d["AttributeName"])] = textOf(d["AttributeType"])
	}
	schema := func(of any) (s dynamodb.Schema) {
		for _, k := range objects(of) {
			name := textOf(k["AttributeName"])
			if textOf(k["KeyType"]) == "RANGE" {
				s.Range = dynamodb.Key{Name: name, Type: types[name]}
			} else {
				s.Hash = dynamodb.Key{Name: name, Type: types[name]}
			}
		}
		return s
	}
	t := dynamodb.Table{Name: out.PhysicalID, ARN: textOf(out.Attributes["Arn"]), Schema: schema(p["KeySchema"]), Indexes: map[string]dynamodb.Schema{}}
	for _, kind := range []string{"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} {
		for _, index := range objects(p[kind]) {
			t.Indexes[textOf(index["IndexName"])] = schema(index["KeySchema"])
		}
	}
	return t
}

// objects are the objects of a list.
func objects(v any) []map[string]any {
	list, _ := v.([]any)
	var out []map[string]any
	for _, e := range list {
		if o, ok := e.(map[string]any); ok {
			out = append(out, o)
		}
	}
	return out
}
