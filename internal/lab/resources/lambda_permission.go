package resources

import (
	"context"
	"fmt"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::Lambda::Permission", (*Resources).permissionType) }

type permissionProps struct {
	FunctionName  string `cfn:"required,replace"`
	Action        string `cfn:"required,replace,only=lambda:InvokeFunction"`
	Principal     string `cfn:"required,replace"`
	SourceArn     string `cfn:"replace"`
	SourceAccount string `cfn:"replace"`
}

// permissionType is AWS::Lambda::Permission for services. It changes nothing: the
// lab has none of the services that need one. A permission for any other
// principal would change something and is refused.
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
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
	}
}

// isService reports whether a principal is an AWS service.
func isService(principal string) bool { return strings.HasSuffix(principal, ".amazonaws.com") }
