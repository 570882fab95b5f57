package cloudformation

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
//
// What it answers while an update is under way is documented nowhere. The lab
// answers with the new template.
func init() {
	cloudformation.Register(api.QueryOperation[account]{
		Name: "GetTemplate", Resource: stackResource, Parameters: []string{"StackName", "TemplateStage"},
		Validate: func(r *api.Request) error {
			if stage := r.Form.Get("TemplateStage"); stage != "" && stage != "Original" && stage != "Processed" {
				return awserr.New("ValidationError", "1 validation error detected: Value '%s' at 'templateStage' failed to satisfy constraint: Member must satisfy enum value set: [Original, Processed]", stage)
			}
			return nil
		},
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			s, err := a.stack(r.Form.Get("StackName"))
			if err != nil {
				return nil, err
			}
			return struct {
				TemplateBody    string
				StagesAvailable []string `xml:"StagesAvailable>member"`
			}{string(a.stacks.Template(s.ID)), []string{"Original", "Processed"}}, nil
		},
	})
}
