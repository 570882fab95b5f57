package ssm

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
)

// call makes one call and returns its answer, or the error's code.
func call(t *testing.T, s *Store, operation, body string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "https://ssm/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "AmazonSSM."+operation)
	op, err := s.Service().Route(&api.Request{Request: r, Body: []byte(body)})
	if err != nil {
		return awserr.Code(err)
	}
	reply, err := op.Run(t.Context())
	if err != nil {
		return awserr.Code(err)
	}
	if !json.Valid(reply.Body) {
		t.Errorf("%s: %s", operation, reply.Body)
	}
	return string(reply.Body)
}

// What CDK's references between Regions do: write, mark as used, look, release, delete.
func TestTagsOfParameters(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	t.Cleanup(c.Stop)
	s := New(Options{Scope: awsid.Scope{Region: "us-east-1", Account: "123456789012"}, Clock: c})
	const of = `"ResourceType":"Parameter","ResourceId":"/cdk/exports/a"`
	for _, step := range []struct{ operation, body, want string }{
		{"ListTagsForResource", `{` + of + `}`, "InvalidResourceId"},
		{"PutParameter", `{"Name":"/cdk/exports/a","Type":"String","Value":"1","Tags":[{"Key":"k","Value":"v"}]}`, `"Version":1`},
		{"AddTagsToResource", `{` + of + `,"Tags":[{"Key":"aws-cdk:strong-ref:B","Value":"true"}]}`, "{}"},
		{"ListTagsForResource", `{` + of + `}`, `[{"Key":"aws-cdk:strong-ref:B","Value":"true"},{"Key":"k","Value":"v"}]`},
		{"RemoveTagsFromResource", `{` + of + `,"TagKeys":["aws-cdk:strong-ref:B","none"]}`, "{}"},
		{"ListTagsForResource", `{` + of + `}`, `{"TagList":[{"Key":"k","Value":"v"}]}`},
		{"ListTagsForResource", `{"ResourceType":"Document","ResourceId":"x"}`, "InvalidResourceType"},
		{"DeleteParameters", `{"Names":["/cdk/exports/a","b"]}`, `{"DeletedParameters":["/cdk/exports/a"],"InvalidParameters":["b"]}`},
		{"ListTagsForResource", `{` + of + `}`, "InvalidResourceId"},
	} {
		if got := call(t, s, step.operation, step.body); !strings.Contains(got, step.want) {
			t.Errorf("%s %s: %s, want %s", step.operation, step.body, got, step.want)
		}
	}
}

// A secure parameter is readable only where its decryption is asked for.
func TestSecureParameters(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	t.Cleanup(c.Stop)
	s := New(Options{Scope: awsid.Scope{Region: "us-east-1", Account: "123456789012"}, Clock: c})
	call(t, s, "PutParameter", `{"Name":"p","Type":"SecureString","Value":"swordfish"}`)
	if got := call(t, s, "GetParameter", `{"Name":"p"}`); strings.Contains(got, "swordfish") || !strings.Contains(got, `"Type":"SecureString"`) {
		t.Errorf("encrypted: %s", got)
	}
	if got := call(t, s, "GetParameters", `{"Names":["p"],"WithDecryption":true}`); !strings.Contains(got, "swordfish") {
		t.Errorf("decrypted: %s", got)
	}
}
