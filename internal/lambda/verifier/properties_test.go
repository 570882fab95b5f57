package verifier

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

func TestDecodeProperties(t *testing.T) {
	t.Parallel()
	given := goodProperties()
	given["Count"] = "3"
	got, err := decodeProperties(given)
	if err != nil {
		t.Fatal(err)
	}
	want := properties{
		Subject:       "interface endpoint to CloudFormation",
		TimeLimit:     time.Minute,
		VantagePoints: map[string]string{"private": "arn:aws:lambda:ap-northeast-2:111122223333:function:prober"},
		Claims: []proof.Claim{
			{ID: "Opens", Kind: proof.Connects, From: "private", Endpoint: lambdatest.Endpoint, Port: 443},
			{ID: "Hidden", Kind: proof.Unreachable, From: "private", Host: "192.0.2.1"},
			{ID: "IsAvailable", Kind: proof.Available, Endpoint: lambdatest.Endpoint},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestBadProperties: each error names the property, its value and what is allowed.
func TestBadProperties(t *testing.T) {
	t.Parallel()
	claim := func(fields string) string {
		return `{"VantagePoints": {"private": "arn:1", "public": "arn:2"}, "Claims": [{"Id": "A", "Kind": "available", "Endpoint": "vpce-1"}, {` + fields + `}]}`
	}
	const good = `"Claims": [{"Id": "A", "Kind": "available", "Endpoint": "vpce-1"}]`
	tests := []struct{ properties, want string }{
		{`{}`, `property Claims is missing: it must be a list of at least one claim, since nothing claimed is nothing proved`},
		{`{"Claims": "x"}`, `property Claims is "x": it must be a list of at least one claim`},
		{`{"Claims": []}`, `property Claims is []: it must be a list of at least one claim`},
		{`{"Claims": ["x"]}`, `property Claims[0] (Id missing): json: cannot unmarshal string`},
		{`{"Subject": ["x"], ` + good + `}`, `property Subject is ["x"]: it must be text`},
		{`{"TimeLimit": "0", ` + good + `}`, `property TimeLimit is "0": it must be whole seconds from 1 to 900`},
		{`{"TimeLimit": "-5", ` + good + `}`, `property TimeLimit is "-5": it must be`},
		{`{"TimeLimit": "901", ` + good + `}`, `property TimeLimit is "901": it must be`},
		{`{"TimeLimit": 1.5, ` + good + `}`, `property TimeLimit is 1.5: it must be`},
		{`{"TimeLimit": "", ` + good + `}`, `property TimeLimit is "": it must be`},
		{`{"TimeLimit": "9223372036854775807", ` + good + `}`, `it must be whole seconds from 1 to 900`},
		{`{"TimeLimit": ["60"], ` + good + `}`, `property TimeLimit is ["60"]: it must be`},
		{`{"Count": "2", ` + good + `}`, `property Count is "2" and 1 claims arrived: it must be their number`},
		{`{"Count": ["1"], ` + good + `}`, `property Count is ["1"] and 1 claims arrived`},
		{`{"VantagePoints": "x", ` + good + `}`, `property VantagePoints is "x": it must be an object of names and function ARNs`},
		{`{"VantagePoints": {"a": ""}, ` + good + `}`, `property VantagePoints.a is "": it must be the ARN of a function`},
		{`{"VantagePoints": {"a": {"b": "c"}}, ` + good + `}`, `property VantagePoints.a is {"b":"c"}: it must be the ARN of a function`},
		{claim(`"Id": "A", "Kind": "available", "Endpoint": "vpce-2"`), `property Claims[1] (Id "A"): Id is used twice`},
		{claim(`"Id": "Report", "Kind": "available", "Endpoint": "vpce-2"`), `property Claims[1] (Id "Report"): claim Report: Id: want another than the resource's own attributes`},
		{claim(`"Id": "Summary", "Kind": "available", "Endpoint": "vpce-2"`), `claim Summary: Id: want another than the resource's own attributes`},
		{claim(`"Id": "B", "Kind": "connects", "Host": "h", "From": "moon"`), `property Claims[1] (Id "B"): From is "moon": it must be one of VantagePoints: private, public`},
		{claim(`"Id": "B", "Kind": "available", "Endpiont": "vpce-2"`), `property Claims[1] (Id "B"): json: unknown field "Endpiont"`},
		{claim(`"Id": "B", "Kind": "connects", "Host": "h", "From": "private", "Port": "x"`), `property Claims[1] (Id "B")`},
		{claim(`"Id": "B", "Kind": "sings"`), `sings`},
		{claim(`"Kind": "available", "Endpoint": "vpce-1"`), `property Claims[1] (Id missing)`},
		{`{"TimeLimit": "x", "Subject": 1, "Claims": {}}`, `property Subject is 1: it must be text; property TimeLimit is "x": it must be whole seconds from 1 to 900; property Claims is {}`},
	}
	for _, test := range tests {
		var raw map[string]any
		if err := json.Unmarshal([]byte(test.properties), &raw); err != nil {
			t.Fatal(err)
		}
		if _, err := decodeProperties(raw); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\nerror %v\nwant  %s", test.properties, err, test.want)
		}
	}
}

func TestDefaultsAndNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{`{}`: 5 * time.Minute, `{"TimeLimit": "90"}`: 90 * time.Second, `{"TimeLimit": 900}`: 900 * time.Second} {
		raw := map[string]any{}
		if err := json.Unmarshal([]byte(text), &raw); err != nil {
			t.Fatal(err)
		}
		raw["Claims"] = []any{map[string]any{"Id": "A", "Kind": "available", "Endpoint": "vpce-1"}}
		if got, err := decodeProperties(raw); err != nil || got.TimeLimit != want {
			t.Errorf("%s: time limit %v, error %v", text, got.TimeLimit, err)
		}
	}
}

// TestTooManyClaims: what could not all be told of in an answer is refused, and
// what is accepted fits with some evidence.
func TestTooManyClaims(t *testing.T) {
	t.Parallel()
	for n, ok := range map[int]bool{40: true, 60: false} {
		var list []any
		for i := range n {
			list = append(list, map[string]any{"Id": fmt.Sprintf("ResolvesFromPrivateSubnet%02d", i), "Kind": "available", "Endpoint": "vpce-1"})
		}
		_, err := decodeProperties(map[string]any{"Claims": list})
		if (err == nil) != ok || !ok && !strings.Contains(err.Error(), "has no room for their attributes") {
			t.Errorf("%d claims: error %v", n, err)
		}
	}
}
