package awsapi_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/awsapi"
	"provenendpoints/internal/awsapi/models"
)

// server answers forms in memory, in the order of its answers.
type server struct {
	answers []string
	forms   []url.Values
}

// Do implements the SDK's HTTP client.
func (s *server) Do(q *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(q.Body)
	form, _ := url.ParseQuery(string(body))
	s.forms = append(s.forms, form)
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(s.answers[len(s.forms)-1])), Request: q}, nil
}

func clientOf(s *server, service string) *awsapi.Client {
	return awsapi.New(aws.Config{
		Region: "ap-northeast-2", HTTPClient: s, Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", ""),
	}, models.Of(service))
}

type policies struct{ RoleName string }

var listRolePolicies = awsapi.List[policies, string]{Service: "iam", Operation: "ListRolePolicies"}

func policyPage(names, rest string) string {
	return "<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames>" + names + "</PolicyNames>" + rest + "</ListRolePoliciesResult></ListRolePoliciesResponse>"
}

func TestPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers []string
		want    []string
		tokens  []string
	}{
		"two":            {[]string{policyPage("<member>a</member>", "<IsTruncated>true</IsTruncated><Marker>m</Marker>"), policyPage("<member>b</member>", "<IsTruncated>false</IsTruncated>")}, []string{"a", "b"}, []string{"", "m"}},
		"one":            {[]string{policyPage("<member>a</member>", "")}, []string{"a"}, []string{""}},
		"no more":        {[]string{policyPage("<member>a</member>", "<IsTruncated>false</IsTruncated><Marker>m</Marker>")}, []string{"a"}, []string{""}},
		"none":           {[]string{policyPage("", "")}, nil, []string{""}},
		"first is empty": {[]string{policyPage("", "<IsTruncated>true</IsTruncated><Marker>m</Marker>"), policyPage("<member>b</member>", "")}, []string{"b"}, []string{"", "m"}},
	} {
		s := &server{answers: test.answers}
		got, err := listRolePolicies.All(t.Context(), clientOf(s, "iam"), policies{"r"})
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%s: error %v, %s", name, err, diff)
		}
		var tokens []string
		for _, form := range s.forms {
			tokens = append(tokens, form.Get("Marker"))
			if form.Get("RoleName") != "r" {
				t.Errorf("%s: a page was asked for with %v", name, form)
			}
		}
		if diff := cmp.Diff(test.tokens, tokens); diff != "" {
			t.Errorf("%s: tokens %s", name, diff)
		}
	}
	s := &server{answers: []string{policyPage("<member>a</member><member>b</member>", "")}}
	if _, err := listRolePolicies.One(t.Context(), clientOf(s, "iam"), policies{"r"}); err == nil || err.Error() != "asked for 1, got 2" {
		t.Errorf("error %v", err)
	}
}

// TestUnusable: what cannot be a request, or is not what was asked for, is an error that
// says so, and nothing is sent.
func TestUnusable(t *testing.T) {
	t.Parallel()
	for want, ask := range map[string]func(context.Context, *awsapi.Client) error{
		"no pages with one token": func(ctx context.Context, c *awsapi.Client) error {
			_, err := awsapi.List[struct{}, string]{Service: "iam", Operation: "GetRole"}.All(ctx, c, struct{}{})
			return err
		},
		"RoleName is required": func(ctx context.Context, c *awsapi.Client) error {
			_, err := listRolePolicies.All(ctx, c, policies{})
			return err
		},
		"has no member Role": func(ctx context.Context, c *awsapi.Client) error {
			_, err := awsapi.Call[struct{ RoleName, Role string }, struct{}]{Service: "iam", Operation: "GetRole"}.Do(ctx, c, struct{ RoleName, Role string }{"a", "b"})
			return err
		},
		"no operation GetRoles": func(ctx context.Context, c *awsapi.Client) error {
			_, err := awsapi.Call[struct{}, struct{}]{Service: "iam", Operation: "GetRoles"}.Do(ctx, c, struct{}{})
			return err
		},
		"no service ec2": func(ctx context.Context, c *awsapi.Client) error {
			_, err := awsapi.Call[struct{}, struct{}]{Service: "ec2", Operation: "DescribeVpcs"}.Do(ctx, c, struct{}{})
			return err
		},
		"no credentials": func(ctx context.Context, _ *awsapi.Client) error {
			_, err := listRolePolicies.All(ctx, awsapi.New(aws.Config{Region: "us-east-1"}, models.Of("iam")), policies{"r"})
			return err
		},
		"an AWS region is required": func(ctx context.Context, _ *awsapi.Client) error {
			_, err := listRolePolicies.All(ctx, awsapi.New(aws.Config{}, models.Of("iam")), policies{"r"})
			return err
		},
		"must be a URL with a host": func(ctx context.Context, _ *awsapi.Client) error {
			_, err := listRolePolicies.All(ctx, awsapi.New(aws.Config{Region: "us-east-1", BaseEndpoint: aws.String("nowhere")}, models.Of("iam")), policies{"r"})
			return err
		},
	} {
		s := &server{}
		if err := ask(t.Context(), clientOf(s, "iam")); err == nil || !strings.Contains(err.Error(), want) || len(s.forms) > 0 {
			t.Errorf("error %v, want %s; %d requests", err, want, len(s.forms))
		}
	}
	s := &server{answers: []string{policyPage("<member>a</member>", "")}}
	type number struct{ A int }
	if _, err := (awsapi.List[policies, number]{Service: "iam", Operation: "ListRolePolicies"}).All(t.Context(), clientOf(s, "iam"), policies{"r"}); err == nil || !strings.Contains(err.Error(), "does not fit into a") {
		t.Errorf("error %v", err)
	}
}

// TestTokens: a token that makes a call happen once is made where none is given.
func TestTokens(t *testing.T) {
	t.Parallel()
	s := &server{answers: []string{"<RunInstancesResponse/>", "<RunInstancesResponse/>"}}
	c := clientOf(s, "ec2")
	for _, in := range []map[string]any{
		{"MinCount": int64(1), "MaxCount": int64(1)}, {"MinCount": int64(1), "MaxCount": int64(1), "ClientToken": "mine"},
	} {
		before := len(in)
		if _, err := c.Do(t.Context(), "ec2", "RunInstances", in); err != nil || len(in) != before {
			t.Errorf("error %v, input %v", err, in)
		}
	}
	if made, given := s.forms[0].Get("ClientToken"), s.forms[1].Get("ClientToken"); len(made) != 36 || given != "mine" {
		t.Errorf("tokens %q and %q", made, given)
	}
}
