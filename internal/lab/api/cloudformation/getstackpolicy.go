package cloudformation

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetStackPolicy.html
func init() {
	cloudformation.Register(api.QueryOperation[account]{
		Name: "GetStackPolicy", Resource: stackResource, Parameters: []string{"StackName"},
		Validate: func(r *api.Request) error {
			if r.Form.Get("StackName") == "" {
				return awserr.New("ValidationError", "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null")
			}
			return nil
		},
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			s, err := a.stack(r.Form.Get("StackName"))
			return struct {
				StackPolicyBody string `xml:",omitempty"`
			}{s.Policy}, err
		},
	})
}
