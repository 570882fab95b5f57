package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/api/logs"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
)

func init() { register("AWS::Logs::LogGroup", (*Resources).logGroupType) }

type logGroupProps struct {
	LogGroupName  string `cfn:"replace"`
	LogGroupClass string `cfn:"inert"` // what storage costs
	// RetentionInDays is not visible: nothing in the lab lives for a day.
	RetentionInDays *int     `cfn:"inert,only=1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653"`
	KmsKeyId        string   `cfn:"inert"` // nothing is encrypted
	Tags            cfn.Tags `cfn:"inert"` // names for people

	DataProtectionPolicy             any   `cfn:"inert"` // no line is masked
	FieldIndexPolicies               any   `cfn:"inert"` // there are no queries
	ResourcePolicyDocument           any   `cfn:"inert"` // there are no other accounts to share with
	BearerTokenAuthenticationEnabled *bool `cfn:"inert"` // nobody signs in by a token
	DeletionProtectionEnabled        *bool `cfn:"inert"` // stacks delete what they made
}

// logGroupType is AWS::Logs::LogGroup. Its Ref is the name.
func (r *Resources) logGroupType() cfn.Definition[logGroupProps] {
	return cfn.Definition[logGroupProps]{
		Attributes: []string{"Arn"},
		Create: func(_ context.Context, c cfn.TypedRequest[logGroupProps]) (cfn.Result, error) {
			name := c.Props.LogGroupName
			if name == "" {
				name = r.name(c.Request, 512)
			}
			if err := r.Groups.Create(logs.Group{Name: name, Retention: valueOr(c.Props.RetentionInDays, 0), Template: true}); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: name, Attributes: map[string]any{"Arn": r.logGroupARN(name) + ":*"}}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[logGroupProps]) error {
			r.Functions.DropLogs(c.PhysicalID)
			return ignoreGone(r.Groups.Delete(c.PhysicalID))
		},
	}
}

// LogGroups returns the names of the log groups: those of templates, and those that
// functions have begun by themselves. It implements [logs.Source].
func (r *Resources) LogGroups() []string {
	var names []string
	for _, g := range r.Groups.All() {
		names = append(names, g.Name)
	}
	names = append(names, r.Functions.LogGroups()...)
	slices.Sort(names)
	return slices.Compact(names)
}

// Lines implements [logs.Source].
func (r *Resources) Lines(group string) []functions.Line { return r.Functions.Logs(group) }

// logGroupARN is a log group's ARN without the ":*" that stands for its streams.
func (r *Resources) logGroupARN(name string) string { return r.Groups.ARN(name) }

// mayLog reports whether a role may write a function's log: the log group exists,
// or the role may create it
// (docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html).
func (r *Resources) mayLog(role, group string) bool {
	streams := r.logGroupARN(group) + ":*"
	exists := r.Groups.Has(group)
	if !exists && !r.Cloud.Authorize(role, "logs:CreateLogGroup", r.logGroupARN(group), nil).Allowed {
		return false
	}
	return r.Cloud.Authorize(role, "logs:CreateLogStream", streams, nil).Allowed &&
		r.Cloud.Authorize(role, "logs:PutLogEvents", streams, nil).Allowed
}
