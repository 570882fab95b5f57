package elbv2

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/elb"
)

// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html)
func init() {
	elbv2.Register(api.QueryOperation[account]{
		Name: "DescribeListeners", Parameters: []string{"LoadBalancerArn", "PageSize"}, Run: describeListeners,
	})
}

// listenerXML is a member of DescribeListeners' answer.
type listenerXML struct {
	ARN      string      `xml:"ListenerArn"`
	Balancer string      `xml:"LoadBalancerArn"`
	Port     int         `xml:"Port"`
	Protocol string      `xml:"Protocol"`
	Actions  []actionXML `xml:"DefaultActions>member"`
}

// actionXML is an action. AWS tells of its one target group twice.
type actionXML struct {
	Type    string     `xml:"Type"`
	Group   string     `xml:"TargetGroupArn,omitempty"`
	Forward []groupXML `xml:"ForwardConfig>TargetGroups>member"`
}

type groupXML struct {
	ARN    string `xml:"TargetGroupArn"`
	Weight int    `xml:"Weight,omitempty"`
}

// actionOf is the action of a listener.
func actionOf(l elb.Listener) actionXML {
	if l.TargetGroup != "" {
		return actionXML{elb.ActionForward, l.TargetGroup, []groupXML{{ARN: l.TargetGroup}}}
	}
	x := actionXML{Type: l.Action.Type}
	for _, g := range l.Action.Groups {
		x.Forward = append(x.Forward, groupXML{g.Group, g.Weight})
	}
	if len(x.Forward) == 1 {
		x.Group = x.Forward[0].ARN
	}
	return x
}

func describeListeners(_ context.Context, a account, r *api.Request) (any, error) {
	balancer, err := a.loadBalancer(r, r.Form.Get("LoadBalancerArn"))
	if err != nil {
		return nil, err
	}
	var result struct {
		Listeners []listenerXML `xml:"Listeners>member"`
	}
	for _, l := range listeners.Seen(a, a.reads, r.Caller) {
		if l.LoadBalancer != balancer.ID {
			continue
		}
		result.Listeners = append(result.Listeners, listenerXML{l.ID, l.LoadBalancer, l.Port, l.Protocol, []actionXML{actionOf(l)}})
	}
	return result, nil
}
