package lambda

import (
	"context"
	"net/http"

	"provenendpoints/internal/lab/api"
)

// docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html, …/API_GetFunction.html. The
// code is in the lab's memory, so its location is no URL.
func init() {
	register(http.MethodGet, "", operation{action: "GetFunction", run: func(_ context.Context, f Functions, arn string, _ *api.Request) (*api.Reply, error) {
		c, err := configuration(f, arn)
		if err != nil {
			return nil, err
		}
		return api.ReplyJSON(map[string]any{"Configuration": c, "Code": map[string]string{"RepositoryType": "S3"}})
	}})
}

// listFunctions answers in one page.
func listFunctions(f Functions) (*api.Reply, error) {
	list := []functionConfiguration{}
	for _, name := range f.Names() {
		c, err := configuration(f, f.ARN(name))
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return api.ReplyJSON(map[string]any{"Functions": list})
}
