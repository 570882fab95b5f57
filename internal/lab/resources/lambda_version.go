package resources

import (
	"context"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

func init() {
	register("AWS::Lambda::Version", (*Resources).versionType)
	register("AWS::Lambda::Alias", (*Resources).aliasType)
}

type versionProps struct {
	FunctionName                 string `cfn:"required,replace"`
	Description                  string `cfn:"inert,replace"` // text for people
	CodeSha256                   string `cfn:"inert,replace"` // the code is the template's
	ProvisionedConcurrencyConfig any    `cfn:"inert"`         // how fast it starts
	FunctionScalingConfig        any    `cfn:"inert"`         // how many run at once
	RuntimePolicy                any    `cfn:"inert"`         // the machine has one version of each runtime
}

// versionType is AWS::Lambda::Version. A version is the function as it is now: an older one
// has no code of its own in the lab.
func (r *Resources) versionType() cfn.Definition[versionProps] {
	return cfn.Definition[versionProps]{
		Attributes: []string{"FunctionArn", "Version"},
		Create: func(_ context.Context, c cfn.TypedRequest[versionProps]) (cfn.Result, error) {
			key := "version of " + c.Props.FunctionName
			number := strings.TrimPrefix(r.generation(key), key+"/")
			arn, err := r.Functions.Qualify(c.Props.FunctionName, number)
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"FunctionArn": arn, "Version": number}}, err
		},
		Update: func(context.Context, cfn.TypedRequest[versionProps]) (cfn.Result, error) { return cfn.Result{}, nil },
		Delete: func(_ context.Context, c cfn.TypedRequest[versionProps]) error {
			r.Functions.Unqualify(c.PhysicalID)
			return nil
		},
	}
}

type aliasProps struct {
	FunctionName                 string `cfn:"required,replace"`
	Name                         string `cfn:"required,replace"`
	FunctionVersion              string `cfn:"required"`
	Description                  string `cfn:"inert"` // text for people
	ProvisionedConcurrencyConfig any    `cfn:"inert"` // how fast it starts
	RoutingConfig                any    `cfn:"inert"` // all versions are the function as it is now
}

// aliasType is AWS::Lambda::Alias.
func (r *Resources) aliasType() cfn.Definition[aliasProps] {
	return cfn.Definition[aliasProps]{
		Attributes: []string{"AliasArn"},
		Validate: func(p map[string]any) cfn.Findings {
			if name, ok := cfn.Literal(p["Name"]); ok {
				if _, err := strconv.Atoi(name); err == nil {
					return cfn.Findings{"property Name: the name of an alias cannot be a number"}
				}
			}
			return nil
		},
		Create: func(_ context.Context, c cfn.TypedRequest[aliasProps]) (cfn.Result, error) {
			arn, err := r.Functions.Qualify(c.Props.FunctionName, c.Props.Name)
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"AliasArn": arn}}, err
		},
		Update: func(context.Context, cfn.TypedRequest[aliasProps]) (cfn.Result, error) { return cfn.Result{}, nil },
		Delete: func(_ context.Context, c cfn.TypedRequest[aliasProps]) error {
			r.Functions.Unqualify(c.PhysicalID)
			return nil
		},
	}
}
