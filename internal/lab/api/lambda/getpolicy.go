package lambda

import (
	"context"
	"encoding/json"
	"net/http"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
func init() {
	register(http.MethodGet, "policy", operation{action: "GetPolicy", run: getPolicy})
}

func getPolicy(_ context.Context, f Functions, arn string, _ *api.Request) (*api.Reply, error) {
	if _, err := f.Config(arn); err != nil {
		return nil, err
	}
	policy := f.Policy(arn)
	if policy == nil {
		return nil, awserr.WithStatus(http.StatusNotFound, "ResourceNotFoundException", "The resource you requested does not exist.")
	}
	document, err := policyDocument(*policy)
	if err != nil {
		return nil, err
	}
	return api.ReplyJSON(map[string]string{"Policy": document, "RevisionId": "1"})
}

// policyDocument is a resource policy as JSON text.
func policyDocument(policy iam.Policy) (string, error) {
	var statements []any
	for _, s := range policy.Statements {
		statement := map[string]any{"Effect": "Allow", "Principal": principalOf(*s.Principal), "Action": s.Actions[0], "Resource": s.Resources[0]}
		conditions := map[string]map[string]any{}
		for _, c := range s.Conditions {
			if conditions[c.Operator] == nil {
				conditions[c.Operator] = map[string]any{}
			}
			conditions[c.Operator][c.Key] = c.Values
		}
		if len(conditions) > 0 {
			statement["Condition"] = conditions
		}
		statements = append(statements, statement)
	}
	text, err := json.Marshal(map[string]any{"Version": policy.Version, "Id": "default", "Statement": statements})
	return string(text), err
}

func principalOf(p iam.Principal) any {
	switch {
	case p.Any:
		return "*"
	case len(p.Services) > 0:
		return map[string]any{"Service": p.Services[0]}
	}
	return map[string]any{"AWS": p.AWS[0]}
}
