package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"provenendpoints/internal/lab/awserr"
)

// testAPI is a service with an operation of each form.
func testAPI(protocol Protocol) Service {
	q := QueryAPI[string]{Name: "demo", Protocol: protocol, Version: "1", Namespace: "urn:demo"}
	run := func(_ context.Context, s string, r *Request) (any, error) {
		return struct{ Value string }{s + strings.Join(r.List("Id"), ",")}, nil
	}
	q.Register(QueryOperation[string]{Name: "DescribeThings", Parameters: []string{"Id."}, Run: run})
	q.Register(QueryOperation[string]{
		Name: "GetThing", Parameters: []string{"Name"}, Run: run,
		Resource: func(_ string, r *Request) string { return "thing/" + r.Form.Get("Name") },
		Keys:     func(string, *Request) map[string]string { return map[string]string{"demo:Key": "v"} },
		Validate: func(r *Request) error {
			if r.Form.Get("Name") == "" {
				return awserr.New("ValidationError", "no name")
			}
			return nil
		},
	})
	q.Register(QueryOperation[string]{Name: "WhoAmI", NoPermission: true, Run: run})
	return q.Service("s:")
}

func post(form string) *Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return &Request{Request: r, ID: "id-1", Body: []byte(form)}
}

func TestQueryRoutes(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"Action=DescribeThings&Version=1&Id.1=a&Id.2=b": "demo:DescribeThings * map[] " +
			`<DescribeThingsResponse xmlns="urn:demo"><DescribeThingsResult><Value>s:a,b</Value></DescribeThingsResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DescribeThingsResponse>`,
		"Action=GetThing&Version=1&Name=x": "demo:GetThing thing/x map[demo:Key:v] " +
			`<GetThingResponse xmlns="urn:demo"><GetThingResult><Value>s:</Value></GetThingResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetThingResponse>`,
		"Action=WhoAmI&Version=1": "  map[] " +
			`<WhoAmIResponse xmlns="urn:demo"><WhoAmIResult><Value>s:</Value></WhoAmIResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></WhoAmIResponse>`,
		"Version=1":                              "MissingAction: The request is missing an action",
		"Action=GetThing&Version=2":              `NoSuchVersion: the lab has version 1 of this API, not "2"`,
		"Action=Other&Version=1":                 "InvalidAction: the lab has no action Other",
		"Action=GetThing&Version=1":              "ValidationError: no name",
		"Action=GetThing&Version=1&Name=x&Odd=1": "UnknownParameter: the lab does not know the parameter Odd",
		"Action=DescribeThings&Version=1&Id=a":   "UnknownParameter: the lab does not know the parameter Id",
		"%zz":                                    "InvalidParameterValue: the body is not form-encoded",
	} {
		if got := outcome(testAPI(Query), post(form)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", form, got, want)
		}
	}
	want := `demo:DescribeThings * map[] <DescribeThingsResponse xmlns="urn:demo"><requestId>id-1</requestId><Result><Value>s:</Value></Result></DescribeThingsResponse>`
	if got := outcome(testAPI(EC2), post("Action=DescribeThings&Version=1")); got != want {
		t.Errorf("EC2:\n got %s\nwant %s", got, want)
	}
}

// outcome is the operation of a request with its answer, or the error.
func outcome(s Service, r *Request) string {
	op, err := s.Route(r)
	if err != nil {
		return err.Error()
	}
	reply, err := op.Run(context.Background())
	if err != nil {
		return err.Error()
	}
	keys := "map[]"
	if op.Keys != nil {
		keys = "map[demo:Key:" + op.Keys["demo:Key"] + "]"
	}
	_, body, _ := strings.Cut(string(reply.Body), "\n")
	return op.Action + " " + op.Resource + " " + keys + " " + body
}
