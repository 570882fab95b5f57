package resources

import (
	"context"
	"fmt"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/elb"
)

func init() {
	register("AWS::ElasticLoadBalancingV2::ListenerRule", (*Resources).listenerRuleType)
	register("AWS::ElasticLoadBalancingV2::ListenerCertificate", (*Resources).listenerCertificateType)
}

type ruleValues struct{ Values []string }

type ruleCondition struct {
	Field                   string `cfn:"only=path-pattern|host-header|http-header|http-request-method|query-string|source-ip"`
	Values                  []string
	PathPatternConfig       *ruleValues
	HostHeaderConfig        *ruleValues
	HttpRequestMethodConfig *ruleValues
	SourceIpConfig          *ruleValues
	HttpHeaderConfig        *struct {
		HttpHeaderName string
		Values         []string
	}
	QueryStringConfig *struct {
		Values []struct{ Key, Value string }
	}
}

// condition is the condition in one form: the values stand in Values or in the field's own
// configuration.
func (c ruleCondition) condition() (elb.Condition, error) {
	out := elb.Condition{Field: c.Field, Values: c.Values}
	for field, v := range map[string]*ruleValues{"path-pattern": c.PathPatternConfig, "host-header": c.HostHeaderConfig, "http-request-method": c.HttpRequestMethodConfig, "source-ip": c.SourceIpConfig} {
		if v != nil {
			out.Field, out.Values = field, append(out.Values, v.Values...)
		}
	}
	if h := c.HttpHeaderConfig; h != nil {
		out.Field, out.Header, out.Values = "http-header", h.HttpHeaderName, h.Values
	}
	if q := c.QueryStringConfig; q != nil {
		out.Field = "query-string"
		for _, v := range q.Values {
			text := v.Value
			if v.Key != "" {
				text = v.Key + "=" + v.Value
			}
			out.Values = append(out.Values, text)
		}
	}
	if out.Field == "" || len(out.Values) == 0 {
		return out, fmt.Errorf("property Conditions: a condition needs a field and values")
	}
	return out, nil
}

type listenerRuleProps struct {
	ListenerArn string           `cfn:"replace"`
	Priority    int              `cfn:"required"`
	Conditions  []ruleCondition  `cfn:"required"`
	Actions     []listenerAction `cfn:"required"`
	Tags        cfn.Tags         `cfn:"inert"` // names for people
}

func (r *Resources) rule(p listenerRuleProps, arn string) (elb.Rule, error) {
	out := elb.Rule{ID: arn, Listener: p.ListenerArn, Priority: p.Priority}
	for _, c := range p.Conditions {
		condition, err := c.condition()
		if err != nil {
			return out, err
		}
		out.Conditions = append(out.Conditions, condition)
	}
	var err error
	out.Action, err = r.theAction("Actions", p.Actions)
	return out, err
}

// listenerRuleType is AWS::ElasticLoadBalancingV2::ListenerRule. Its Ref is the ARN.
func (r *Resources) listenerRuleType() cfn.Definition[listenerRuleProps] {
	put := func(arn string, p listenerRuleProps) error {
		rule, err := r.rule(p, arn)
		if err != nil {
			return err
		}
		return r.LoadBalancing.PutRule(rule)
	}
	return cfn.Definition[listenerRuleProps]{
		Attributes: []string{"RuleArn", "IsDefault"},
		Create: func(_ context.Context, c cfn.TypedRequest[listenerRuleProps]) (cfn.Result, error) {
			arn := strings.Replace(c.Props.ListenerArn, ":listener/", ":listener-rule/", 1) + "/" + r.suffix(c.Request)
			if err := put(arn, c.Props); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"RuleArn": arn, "IsDefault": false}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[listenerRuleProps]) (cfn.Result, error) {
			return cfn.Result{}, put(c.PhysicalID, c.Props)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[listenerRuleProps]) error {
			return ignoreGone(r.LoadBalancing.DeleteRule(c.PhysicalID))
		},
	}
}

type listenerCertificateProps struct {
	ListenerArn  string                `cfn:"required,replace"`
	Certificates []listenerCertificate `cfn:"required"`
}

func (p listenerCertificateProps) arns() []string {
	var out []string
	for _, c := range p.Certificates {
		out = append(out, c.CertificateArn)
	}
	return out
}

// listenerCertificateType is AWS::ElasticLoadBalancingV2::ListenerCertificate: further
// certificates of a listener.
func (r *Resources) listenerCertificateType() cfn.Definition[listenerCertificateProps] {
	return cfn.Definition[listenerCertificateProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[listenerCertificateProps]) (cfn.Result, error) {
			id := r.name(c.Request, 128)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, r.LoadBalancing.AddCertificates(c.Props.ListenerArn, c.Props.arns(), nil)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[listenerCertificateProps]) (cfn.Result, error) {
			return cfn.Result{}, r.LoadBalancing.AddCertificates(c.Props.ListenerArn, c.Props.arns(), c.Old.arns())
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[listenerCertificateProps]) error {
			return ignoreGone(r.LoadBalancing.AddCertificates(c.Props.ListenerArn, nil, c.Props.arns()))
		},
	}
}
