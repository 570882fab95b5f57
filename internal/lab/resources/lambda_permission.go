package resources

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
)

func init() { register("AWS::Lambda::Permission", (*Resources).permissionType) }

type permissionProps struct {
	FunctionName        string `cfn:"required,replace"`
	Action              string `cfn:"required,replace"`
	Principal           string `cfn:"required,replace"`
	SourceArn           string `cfn:"replace"`
	SourceAccount       string `cfn:"replace"`
	PrincipalOrgID      string `cfn:"replace"`
	FunctionUrlAuthType string `cfn:"replace,only=AWS_IAM|NONE"`
	// Nobody calls a function by a URL or for a skill of Alexa here.
	InvokedViaFunctionUrl *bool  `cfn:"inert,replace"`
	EventSourceToken      string `cfn:"inert,replace"`
}

// permissionAction is an action of Lambda's on functions, or all of them.
var permissionAction = regexp.MustCompile(`^(lambda:[*]|lambda:[a-zA-Z]+|[*])$`)

// permissionType is AWS::Lambda::Permission: a statement of a function's policy. Of the
// services the lab has those that invoke functions for events, messages, schedules and
// requests
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html).
func (r *Resources) permissionType() cfn.Definition[permissionProps] {
	return cfn.Definition[permissionProps]{
		Attributes: []string{"Id"},
		Validate: func(p map[string]any) (f cfn.Findings) {
			if action, ok := cfn.Literal(p["Action"]); ok && !permissionAction.MatchString(action) {
				f = append(f, fmt.Sprintf("property Action: %q is no action on functions, such as lambda:InvokeFunction", action))
			}
			if principal, ok := cfn.Literal(p["Principal"]); ok && !isPrincipal(principal) {
				f = append(f, fmt.Sprintf("property Principal: %q is no service, account, ARN or *", principal))
			}
			return f
		},
		Inert: func(p permissionProps, _ map[string]string) string {
			if p.Action == "lambda:InvokeFunctionUrl" || p.FunctionUrlAuthType != "" {
				return noEdge
			}
			return ""
		},
		Create: func(_ context.Context, c cfn.TypedRequest[permissionProps]) (cfn.Result, error) {
			id := r.name(c.Request, 100)
			err := r.Functions.AddPermission(c.Props.FunctionName, id, functions.Permission{
				Principal: c.Props.Principal, Action: c.Props.Action, SourceARN: c.Props.SourceArn, SourceAccount: c.Props.SourceAccount,
				Organization: c.Props.PrincipalOrgID, URLAuth: c.Props.FunctionUrlAuthType,
			})
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, err
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[permissionProps]) error {
			r.Functions.RemovePermission(c.Props.FunctionName, c.PhysicalID)
			return nil
		},
	}
}

var accountID = regexp.MustCompile(`^\d{12}$`)

// isPrincipal reports whether a text has the form of somebody who may call a function.
func isPrincipal(principal string) bool {
	return isService(principal) || principal == "*" || accountID.MatchString(principal) || strings.HasPrefix(principal, "arn:")
}

// isService reports whether a principal is an AWS service.
func isService(principal string) bool { return strings.HasSuffix(principal, ".amazonaws.com") }
