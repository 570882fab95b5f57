package cloud

import (
	"context"
	"encoding/xml"
	"strconv"

	"provenendpoints/internal/lab/awserr"
)

const balancingNamespace = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"

// planBalancing has DescribeTargetHealth, which takes no resource in policies
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html,
// docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
func planBalancing(c *Cloud, r *request) (*operation, error) {
	action, err := planQuery(r, "2015-12-01")
	if err != nil {
		return nil, err
	}
	if action != "DescribeTargetHealth" {
		return nil, invalidAction(action)
	}
	return &operation{
		action: "elasticloadbalancing:DescribeTargetHealth", resource: "*",
		run: func(context.Context) (*reply, error) { return c.describeTargetHealth(r) },
	}, r.refuseOthers("TargetGroupArn")
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

func (c *Cloud) describeTargetHealth(r *request) (*reply, error) {
	targets, err := c.network.TargetHealth(r.form.Get("TargetGroupArn"))
	if err != nil {
		return nil, awserr.New("TargetGroupNotFound", "One or more target groups not found")
	}
	var answer struct {
		XMLName                  xml.Name          `xml:"DescribeTargetHealthResult"`
		TargetHealthDescriptions []targetHealthXML `xml:"TargetHealthDescriptions>member"`
	}
	for _, t := range targets {
		x := targetHealthXML{HealthCheckPort: strconv.Itoa(t.Port)}
		x.Target.ID, x.Target.Port, x.Target.AvailabilityZone = t.ID, t.Port, t.Zone
		x.TargetHealth.State, x.TargetHealth.Reason, x.TargetHealth.Description = t.State, t.Reason, t.Description
		answer.TargetHealthDescriptions = append(answer.TargetHealthDescriptions, x)
	}
	return queryReply(r, "DescribeTargetHealth", balancingNamespace, answer)
}
