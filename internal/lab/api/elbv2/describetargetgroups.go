package elbv2

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html)
func init() {
	elbv2.Register(api.QueryOperation[account]{
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

func describeTargetGroups(_ context.Context, a account, r *api.Request) (any, error) {
	balancer, arns := r.Form.Get("LoadBalancerArn"), r.List("TargetGroupArns.member")
	var result struct {
		TargetGroups []targetGroupXML `xml:"TargetGroups>member"`
	}
	for _, g := range targetGroups.Seen(a, a.reads, r.Caller) {
		if len(arns) > 0 && !slices.Contains(arns, g.ID) || balancer != "" && !slices.Contains(g.balancers, balancer) {
			continue // it was not asked for
		}
		result.TargetGroups = append(result.TargetGroups, targetGroupXML{g.ID, g.Name, g.Protocol, g.Port, g.VPC, g.Type, g.balancers})
	}
	if len(result.TargetGroups) < len(arns) {
		return nil, awserr.New("TargetGroupNotFound", "One or more target groups not found")
	}
	return result, nil
}
