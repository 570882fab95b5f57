package readcalls

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
)

// Each call finds its operation, with its permission; what is not one of them goes to
// the service itself.
func TestCalls(t *testing.T) {
	t.Parallel()
	scope := awsid.Scope{Partition: "aws", Region: "r", Account: "1"}
	for _, c := range calls {
		rest := false
		service := With(api.Service{Name: c.service, Protocol: api.Query, Route: func(*api.Request) (*api.Operation, error) {
			rest = true
			return nil, nil
		}}, scope)
		request := func(action string) *api.Request {
			r := &api.Request{Request: &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/"}, Header: http.Header{}}}
			switch {
			case c.get != "":
				r.Method, r.URL.Path = http.MethodGet, c.get+action
			case c.target != "":
				r.Header.Set("X-Amz-Target", c.target+action)
			default:
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
				r.Body = []byte("Action=" + c.query + action + "&Version=1")
			}
			return r
		}
		op, err := service.Route(request(""))
		if err != nil || op == nil || op.Action != c.action || !strings.HasSuffix(op.Resource, c.resource) {
			t.Fatalf("%+v: operation %+v, error %v", c, op, err)
		}
		reply, err := op.Run(t.Context())
		if err != nil || !strings.Contains(string(reply.Body), c.answer) {
			t.Errorf("%+v: reply %v, error %v", c, reply, err)
		}
		if _, err := service.Route(request("More")); err != nil || !rest {
			t.Errorf("%+v: another call was taken for it", c)
		}
	}
	own := []api.Service{{Name: "ec2"}}
	for _, service := range Services(scope, func(string) api.Protocol { return api.JSON }, own) {
		if service.Name == "ec2" {
			t.Error("a service with a package of its own is served twice")
		}
	}
}
