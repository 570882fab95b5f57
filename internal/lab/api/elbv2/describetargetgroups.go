package elbv2

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
)

// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html)
func init() {
	elbv2.Register(api.QueryOperation[*elb.LoadBalancing]{
		Name: "DescribeTargetGroups", Parameters: []string{"LoadBalancerArn", "TargetGroupArns.", "PageSize"}, Run: describeTargetGroups,
	})
}

// targetGroupXML is a member of DescribeTargetGroups' answer.
type targetGroupXML struct {
	ARN       string   `xml:"TargetGroupArn"`
	Name      string   `xml:"TargetGroupName"`
	Protocol  string   `xml:"Protocol"`
	Port      int      `xml:"Port"`
	VPC       string   `xml:"VpcId"`
	Type      string   `xml:"TargetType"`
	Balancers []string `xml:"LoadBalancerArns>member"`
}

func describeTargetGroups(_ context.Context, balancing *elb.LoadBalancing, r *api.Request) (any, error) {
	balancer, arns := r.Form.Get("LoadBalancerArn"), r.List("TargetGroupArns.member")
	var result struct {
		TargetGroups []targetGroupXML `xml:"TargetGroups>member"`
	}
	for _, g := range balancing.TargetGroups() {
		balancers, err := balancing.BalancersOf(g.ID)
		if err != nil || len(arns) > 0 && !slices.Contains(arns, g.ID) || balancer != "" && !slices.Contains(balancers, balancer) {
			continue // one that is gone by now, or that was not asked for
		}
		result.TargetGroups = append(result.TargetGroups, targetGroupXML{g.ID, g.Name, g.Protocol, g.Port, g.VPC, g.Type, balancers})
	}
	if len(result.TargetGroups) < len(arns) {
		return nil, awserr.New("TargetGroupNotFound", "One or more target groups not found")
	}
	return result, nil
}
