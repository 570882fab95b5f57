package elbv2

import (
	"context"
	"strconv"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
)

// DescribeTargetHealth takes no resource in policies
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html,
// docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
func init() {
	elbv2.Register(api.QueryOperation[*elb.LoadBalancing]{
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

func describeTargetHealth(_ context.Context, balancing *elb.LoadBalancing, r *api.Request) (any, error) {
	targets, err := balancing.TargetHealth(r.Form.Get("TargetGroupArn"))
	if err != nil {
		return nil, awserr.New("TargetGroupNotFound", "One or more target groups not found")
	}
	var result struct {
		TargetHealthDescriptions []targetHealthXML `xml:"TargetHealthDescriptions>member"`
	}
	for _, t := range targets {
		x := targetHealthXML{HealthCheckPort: strconv.Itoa(t.Port)}
		x.Target.ID, x.Target.Port, x.Target.AvailabilityZone = t.ID, t.Port, t.Zone
		x.TargetHealth.State, x.TargetHealth.Reason, x.TargetHealth.Description = t.State, t.Reason, t.Description
		result.TargetHealthDescriptions = append(result.TargetHealthDescriptions, x)
	}
	return result, nil
}
