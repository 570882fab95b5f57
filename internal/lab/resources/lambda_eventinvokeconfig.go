package resources

import (
	"context"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
)

func init() { register("AWS::Lambda::EventInvokeConfig", (*Resources).eventConfigType) }

type eventConfigProps struct {
	FunctionName             string `cfn:"required,replace"`
	Qualifier                string `cfn:"required,replace,only=$LATEST"`
	MaximumRetryAttempts     *int
	MaximumEventAgeInSeconds *int
}

// eventConfigType is AWS::Lambda::EventInvokeConfig.
func (r *Resources) eventConfigType() cfn.Definition[eventConfigProps] {
	set := func(p eventConfigProps) error {
		return r.Functions.ConfigureEvents(p.FunctionName, functions.EventConfig{
			Retries: p.MaximumRetryAttempts,
			Age:     time.Duration(or(p.MaximumEventAgeInSeconds, 0)) * time.Second,
		})
	}
	return cfn.Definition[eventConfigProps]{
		Validate: func(p map[string]any) cfn.Findings {
			return append(between(p, "MaximumRetryAttempts", 0, 2), between(p, "MaximumEventAgeInSeconds", 60, 21600)...)
		},
		Create: func(_ context.Context, c cfn.TypedRequest[eventConfigProps]) (cfn.Result, error) {
			return cfn.Result{PhysicalID: c.Props.FunctionName + "|" + c.Props.Qualifier}, set(c.Props)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[eventConfigProps]) (cfn.Result, error) {
			return cfn.Result{}, set(c.Props)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[eventConfigProps]) error {
			err := set(eventConfigProps{FunctionName: c.Props.FunctionName})
			if awserr.IsNotFound(err) {
				return nil
			}
			return err
		},
	}
}
