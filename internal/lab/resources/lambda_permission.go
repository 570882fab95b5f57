package resources

import (
	"context"
	"fmt"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
)

func init() { register("AWS::Lambda::Permission", (*Resources).permissionType) }

type permissionProps struct {
	FunctionName  string `cfn:"required,replace"`
	Action        string `cfn:"required,replace,only=lambda:InvokeFunction"`
	Principal     string `cfn:"required,replace"`
	SourceArn     string `cfn:"replace"`
	SourceAccount string `cfn:"replace"`
}

// permissionType is AWS::Lambda::Permission for services. Of them the lab has
// EventBridge, which invokes functions by it. A permission for any other principal
// than a service would change something else and is refused.
func (r *Resources) permissionType() cfn.Definition[permissionProps] {
	return cfn.Definition[permissionProps]{
		Attributes: []string{"Id"},
		Validate: func(p map[string]any) cfn.Findings {
			if principal, ok := cfn.Literal(p["Principal"]); ok && !isService(principal) {
				return cfn.Findings{fmt.Sprintf("property Principal: %q is not supported, only services", principal)}
			}
			return nil
		},
		Create: func(_ context.Context, c cfn.TypedRequest[permissionProps]) (cfn.Result, error) {
			id := r.name(c.Request, 100)
			err := r.Functions.AddPermission(c.Props.FunctionName, id, functions.Permission{
				Principal: c.Props.Principal, SourceARN: c.Props.SourceArn, SourceAccount: c.Props.SourceAccount,
			})
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, err
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[permissionProps]) error {
			r.Functions.RemovePermission(c.Props.FunctionName, c.PhysicalID)
			return nil
		},
	}
}

// isService reports whether a principal is an AWS service.
func isService(principal string) bool { return strings.HasSuffix(principal, ".amazonaws.com") }
