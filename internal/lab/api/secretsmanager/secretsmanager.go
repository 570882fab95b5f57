// Package secretsmanager is the API of Secrets Manager: what reads a secret.
package secretsmanager

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// Secrets are the account's secrets.
type Secrets interface {
	// SecretByID finds a secret by its ARN, with or without its end, or its name.
	SecretByID(id string) (arn, name, value string, ok bool)
}

type of struct {
	SecretID     string `json:"SecretId"`
	VersionID    string `json:"VersionId"`
	VersionStage string
}

var service = api.TargetAPI[Secrets]{Name: "secretsmanager", Target: "secretsmanager"}

// Service is Secrets Manager of an account.
func Service(secrets Secrets) api.Service { return service.Service(secrets) }

func init() {
	resource := func(s Secrets, q of) string {
		if arn, _, _, ok := s.SecretByID(q.SecretID); ok {
			return arn
		}
		return q.SecretID
	}
	find := func(s Secrets, q of) (arn, name, value string, err error) {
		arn, name, value, ok := s.SecretByID(q.SecretID)
		if !ok || q.VersionStage != "" && q.VersionStage != "AWSCURRENT" {
			err = awserr.New("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		}
		return arn, name, value, err
	}
	// docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
	api.RegisterTarget(&service, api.TargetOperation[Secrets, of]{
		Name: "GetSecretValue", Resource: resource,
		Run: func(_ context.Context, s Secrets, q of) (any, error) {
			arn, name, value, err := find(s, q)
			return map[string]any{"ARN": arn, "Name": name, "SecretString": value, "VersionId": awsid.UUID("secret", arn), "VersionStages": []string{"AWSCURRENT"}}, err
		},
	})
	// docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
	api.RegisterTarget(&service, api.TargetOperation[Secrets, of]{
		Name: "DescribeSecret", Resource: resource,
		Run: func(_ context.Context, s Secrets, q of) (any, error) {
			arn, name, _, err := find(s, q)
			return map[string]any{"ARN": arn, "Name": name}, err
		},
	})
}
