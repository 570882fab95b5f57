package resources

import (
	"context"

	"provenendpoints/internal/lab/api/ssm"
	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::SSM::Parameter", (*Resources).parameterType) }

type parameterProps struct {
	Name           string `cfn:"replace"`
	Type           string `cfn:"required,only=String|StringList"`
	Value          string `cfn:"required"`
	AllowedPattern string `cfn:"inert"` // what later values must look like, which the template says
	DataType       string `cfn:"only=text"`
	Description    string `cfn:"inert"` // text for people
	Policies       string `cfn:"inert"` // nothing expires while the lab runs
	Tier           string `cfn:"inert"` // what it costs, and how long a value may be
	Tags           any    `cfn:"inert"` // names for people
}

// parameterType is AWS::SSM::Parameter. Its Ref is the name.
func (r *Resources) parameterType() cfn.Definition[parameterProps] {
	return cfn.Definition[parameterProps]{
		Attributes: []string{"Type", "Value"},
		Create: func(_ context.Context, c cfn.TypedRequest[parameterProps]) (cfn.Result, error) {
			name := c.Props.Name
			if name == "" {
				name = r.name(c.Request, 255)
			}
			out := cfn.Result{PhysicalID: name, Attributes: c.Props.attributes()}
			if err := r.Parameters.Create(ssm.Parameter{Name: name, Type: c.Props.Type, Value: c.Props.Value}); err != nil {
				return cfn.Result{}, err
			}
			return out, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[parameterProps]) (cfn.Result, error) {
			r.Parameters.Put(ssm.Parameter{Name: c.PhysicalID, Type: c.Props.Type, Value: c.Props.Value})
			return cfn.Result{Attributes: c.Props.attributes()}, nil
		},
		Read: func(_ context.Context, c cfn.TypedRequest[parameterProps]) (parameterProps, error) {
			now, err := r.Parameters.Parameter(c.PhysicalID)
			p := c.Props
			p.Type, p.Value = now.Type, now.Value
			return p, err
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[parameterProps]) error {
			return ignoreGone(r.Parameters.Delete(c.PhysicalID))
		},
	}
}

func (p parameterProps) attributes() map[string]any {
	return map[string]any{"Type": p.Type, "Value": p.Value}
}
