package resources

import (
	"context"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
)

func init() { register("AWS::Lambda::EventInvokeConfig", (*Resources).eventInvokeConfigType) }

type eventInvokeConfigProps struct {
	FunctionName             string `cfn:"required,replace"`
	Qualifier                string `cfn:"required,replace"`
	MaximumRetryAttempts     *int
	MaximumEventAgeInSeconds *int
	DestinationConfig        *struct{ OnSuccess, OnFailure *struct{ Destination string } } `cfn:"inert"` // nobody is told
}

// eventInvokeConfigType is AWS::Lambda::EventInvokeConfig.
func (r *Resources) eventInvokeConfigType() cfn.Definition[eventInvokeConfigProps] {
	set := func(p eventInvokeConfigProps) error {
		return r.Functions.ConfigureEvents(p.FunctionName+":"+p.Qualifier, functions.EventConfig{
			Retries: p.MaximumRetryAttempts,
			Age:     time.Duration(valueOr(p.MaximumEventAgeInSeconds, 0)) * time.Second,
		})
	}
	return cfn.Definition[eventInvokeConfigProps]{
		Validate: func(p map[string]any) cfn.Findings {
			return append(between(p, "MaximumRetryAttempts", 0, 2), between(p, "MaximumEventAgeInSeconds", 60, 21600)...)
		},
		Inert: func(p eventInvokeConfigProps, _ map[string]string) string {
			if p.DestinationConfig != nil {
				return "its destinations are not told how events end"
			}
			return ""
		},
		Create: func(_ context.Context, c cfn.TypedRequest[eventInvokeConfigProps]) (cfn.Result, error) {
			return cfn.Result{PhysicalID: c.Props.FunctionName + "|" + c.Props.Qualifier}, set(c.Props)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[eventInvokeConfigProps]) (cfn.Result, error) {
			return cfn.Result{}, set(c.Props)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[eventInvokeConfigProps]) error {
			err := set(eventInvokeConfigProps{FunctionName: c.Props.FunctionName, Qualifier: c.Props.Qualifier})
			if awserr.IsNotFound(err) {
				return nil
			}
			return err
		},
	}
}
