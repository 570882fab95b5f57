package elbv2

import (
	"context"
	"slices"
	"strconv"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// DescribeTargetHealth takes no resource in policies
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html,
// docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
func init() {
	elbv2.Register(api.QueryOperation[account]{
		Name: "DescribeTargetHealth", Parameters: []string{"TargetGroupArn"}, Run: describeTargetHealth,
	})
}

// targetHealthXML is a member of DescribeTargetHealth's answer.
type targetHealthXML struct {
	Target struct {
		ID               string `xml:"Id"`
		Port             int
		AvailabilityZone string `xml:",omitempty"`
	}
	HealthCheckPort string
	TargetHealth    struct {
		State       string
		Reason      string `xml:",omitempty"`
		Description string `xml:",omitempty"`
	}
}

func describeTargetHealth(_ context.Context, a account, r *api.Request) (any, error) {
	group := r.Form.Get("TargetGroupArn")
	if !slices.ContainsFunc(targetGroups.Seen(a, a.reads, r.Caller), func(g targetGroup) bool { return g.ID == group }) {
		return nil, awserr.New("TargetGroupNotFound", "One or more target groups not found")
	}
	var result struct {
		TargetHealthDescriptions []targetHealthXML `xml:"TargetHealthDescriptions>member"`
	}
	for _, t := range targets.Seen(a, a.reads, r.Caller) {
		if t.group != group {
			continue
		}
		x := targetHealthXML{HealthCheckPort: strconv.Itoa(t.Port)}
		x.Target.ID, x.Target.Port, x.Target.AvailabilityZone = t.ID, t.Port, t.Zone
		x.TargetHealth.State, x.TargetHealth.Reason, x.TargetHealth.Description = t.State, t.Reason, t.Description
		result.TargetHealthDescriptions = append(result.TargetHealthDescriptions, x)
	}
	return result, nil
}
