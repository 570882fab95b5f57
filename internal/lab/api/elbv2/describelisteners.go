package elbv2

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
)

// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html)
func init() {
	elbv2.Register(api.QueryOperation[*elb.LoadBalancing]{
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
	Type    string `xml:"Type"`
	Group   string `xml:"TargetGroupArn"`
	Forward string `xml:"ForwardConfig>TargetGroups>member>TargetGroupArn"`
}

func describeListeners(_ context.Context, balancing *elb.LoadBalancing, r *api.Request) (any, error) {
	listeners, err := balancing.Listeners(r.Form.Get("LoadBalancerArn"))
	if err != nil {
		return nil, awserr.New("LoadBalancerNotFound", "One or more load balancers not found")
	}
	var result struct {
		Listeners []listenerXML `xml:"Listeners>member"`
	}
	for _, l := range listeners {
		result.Listeners = append(result.Listeners, listenerXML{l.ID, l.LoadBalancer, l.Port, l.Protocol, []actionXML{{"forward", l.TargetGroup, l.TargetGroup}}})
	}
	return result, nil
}
