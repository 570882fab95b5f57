package logs

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/functions"
)

// What CDK's LogRetention calls, in its order, and what is refused.
func TestLogGroups(t *testing.T) {
	t.Parallel()
	scope := awsid.Scope{Region: "eu-west-1", Account: "123456789012"}
	s := NewGroups(scope)
	call := func(name, body string) (string, string, error) {
		t.Helper()
		request, err := http.NewRequest(http.MethodPost, "https://logs.eu-west-1.amazonaws.com/", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Amz-Target", "Logs_20140328."+name)
		op, err := Service(source{s}, s, scope).Route(&api.Request{Request: request, Body: []byte(body)})
		if err != nil {
			return "", "", err
		}
		reply, err := op.Run(context.Background())
		if err != nil {
			return op.Resource, "", err
		}
		return op.Resource, string(reply.Body), nil
	}
	for _, c := range []struct{ name, body, resource, code string }{
		{"CreateLogGroup", `{"logGroupName":"/g"}`, "arn:aws:logs:eu-west-1:123456789012:log-group:/g", ""},
		{"CreateLogGroup", `{"logGroupName":"/g"}`, "", "ResourceAlreadyExistsException"},
		{"PutRetentionPolicy", `{"logGroupName":"/g","retentionInDays":7}`, "arn:aws:logs:eu-west-1:123456789012:log-group:/g:*", ""},
		{"PutRetentionPolicy", `{"logGroupName":"/g","retentionInDays":8}`, "", "InvalidParameterException"},
		{"PutRetentionPolicy", `{"logGroupName":"/h","retentionInDays":7}`, "", "ResourceNotFoundException"},
		{"PutRetentionPolicy", `{"group":"/g"}`, "", "ValidationException"},
		{"StartQuery", `{}`, "", "UnknownOperationException"},
	} {
		resource, _, err := call(c.name, c.body)
		if awserr.Code(err) != c.code || c.resource != "" && resource != c.resource {
			t.Errorf("%s %s: %s, %v, want %s %s", c.name, c.body, resource, err, c.resource, c.code)
		}
	}
	if _, text, err := call("DescribeLogGroups", `{"logGroupNamePrefix":"/"}`); err != nil || !strings.Contains(text, `"retentionInDays":7`) {
		t.Errorf("%s, %v", text, err)
	}
	for _, name := range []string{"DeleteRetentionPolicy", "DeleteLogGroup"} {
		if _, _, err := call(name, `{"logGroupName":"/g"}`); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(s.All()) != 0 {
		t.Errorf("left: %v", s.All())
	}
}

// source has the groups and no lines.
type source struct{ groups *Groups }

func (s source) LogGroups() []string {
	var out []string
	for _, g := range s.groups.All() {
		out = append(out, g.Name)
	}
	return out
}

func (s source) Lines(string) []functions.Line { return nil }
