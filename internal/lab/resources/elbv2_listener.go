package resources

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/elb"
)

func init() { register("AWS::ElasticLoadBalancingV2::Listener", (*Resources).listenerType) }

type listenerAction struct {
	Type           string `cfn:"required,only=forward"`
	TargetGroupArn string
	ForwardConfig  *struct {
		TargetGroups []struct {
			TargetGroupArn string `cfn:"required"`
			Weight         *int   `cfn:"inert"` // one group gets everything
		} `cfn:"required"`
	}
	Order *int `cfn:"inert"` // there is one action
}

type listenerProps struct {
	LoadBalancerArn string           `cfn:"required,replace"`
	Port            int              `cfn:"required"`
	Protocol        string           `cfn:"required,only=TCP"`
	DefaultActions  []listenerAction `cfn:"required"`
}

// listener is the listener that the properties describe.
func (p listenerProps) listener(arn string) (elb.Listener, error) {
	l := elb.Listener{ID: arn, LoadBalancer: p.LoadBalancerArn, Protocol: p.Protocol, Port: p.Port}
	if len(p.DefaultActions) != 1 {
		return l, fmt.Errorf("property DefaultActions: one action is needed, there are %d", len(p.DefaultActions))
	}
	action := p.DefaultActions[0]
	groups := []string{}
	if action.TargetGroupArn != "" {
		groups = append(groups, action.TargetGroupArn)
	}
	if action.ForwardConfig != nil {
		for _, g := range action.ForwardConfig.TargetGroups {
			if !slices.Contains(groups, g.TargetGroupArn) {
				groups = append(groups, g.TargetGroupArn)
			}
		}
	}
	if len(groups) != 1 {
		return l, fmt.Errorf("property DefaultActions: one target group is needed, there are %d", len(groups))
	}
	l.TargetGroup = groups[0]
	return l, nil
}

// listenerType is AWS::ElasticLoadBalancingV2::Listener.
func (r *Resources) listenerType() cfn.Definition[listenerProps] {
	return cfn.Definition[listenerProps]{
		Attributes: []string{"ListenerArn"},
		Create: func(_ context.Context, c cfn.TypedRequest[listenerProps]) (cfn.Result, error) {
			arn := strings.Replace(c.Props.LoadBalancerArn, ":loadbalancer/", ":listener/", 1) + "/" + r.suffix(c.Request)
			l, err := c.Props.listener(arn)
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.LoadBalancing.CreateListener(l); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"ListenerArn": arn}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[listenerProps]) (cfn.Result, error) {
			l, err := c.Props.listener(c.PhysicalID)
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.LoadBalancing.ModifyListener(l)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[listenerProps]) error {
			return r.remove(ctx, c.PhysicalID, r.LoadBalancing.DeleteListener)
		},
	}
}
