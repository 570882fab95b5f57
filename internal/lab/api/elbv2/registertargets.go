package elbv2

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
)

// docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html,
// …/API_DeregisterTargets.html
func init() {
	for name, run := range map[string]func(*elb.LoadBalancing, string, ...elb.Target) error{
		"RegisterTargets":   (*elb.LoadBalancing).RegisterTargets,
		"DeregisterTargets": (*elb.LoadBalancing).DeregisterTargets,
	} {
		elbv2.Register(api.QueryOperation[account]{
			Name: name, Parameters: []string{"TargetGroupArn", "Targets."},
			Resource: func(_ account, r *api.Request) string { return r.Form.Get("TargetGroupArn") },
			Run: func(_ context.Context, a account, r *api.Request) (any, error) {
				targets, err := targetsOf(a.LoadBalancing, r)
				if err != nil {
					return nil, err
				}
				return struct{}{}, run(a.LoadBalancing, r.Form.Get("TargetGroupArn"), targets...)
			},
		})
	}
}

// targetsOf reads Targets.member.N. A target is an instance or an address.
func targetsOf(balancing *elb.LoadBalancing, r *api.Request) ([]elb.Target, error) {
	var out []elb.Target
	for i := 1; ; i++ {
		at := fmt.Sprintf("Targets.member.%d.", i)
		t := elb.Target{ID: r.Form.Get(at + "Id")}
		if t.ID == "" {
			break
		}
		if port := r.Form.Get(at + "Port"); port != "" {
			var err error
			if t.Port, err = strconv.Atoi(port); err != nil || t.Port < 1 || t.Port > 65535 {
				return nil, awserr.New("ValidationError", "Port %q is not between 1 and 65535", port)
			}
		}
		if strings.HasPrefix(t.ID, "i-") && balancing.InterfaceOf != nil {
			var err error
			if t.Interface, err = balancing.InterfaceOf(t.ID); err != nil {
				return nil, awserr.New("InvalidTarget", "The following targets are not valid instances: '%s'", t.ID)
			}
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		return nil, awserr.New("ValidationError", "1 validation error detected: Value null at 'targets' failed to satisfy constraint: Member must not be null")
	}
	return out, nil
}
