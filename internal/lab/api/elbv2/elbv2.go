// Package elbv2 is the API of Elastic Load Balancing, version 2: one file an
// operation. The load balancers are in package elb.
package elbv2

import (
	"fmt"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/replicas"
)

var elbv2 = api.QueryAPI[account]{
	Name: "elasticloadbalancing", Protocol: api.Query, Version: "2015-12-01", Namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
}

// account is what the operations work on.
type account struct {
	*elb.LoadBalancing
	reads *replicas.Reads // nil: what is there is seen
}

// Service is Elastic Load Balancing. Without reads every call sees what is there.
func Service(balancing *elb.LoadBalancing, reads *replicas.Reads) api.Service {
	a := account{balancing, reads}
	loadBalancers.Track(a, reads)
	listeners.Track(a, reads)
	targetGroups.Track(a, reads)
	targets.Track(a, reads)
	return elbv2.Service(a)
}

// What the calls that describe see.
var (
	loadBalancers = replicas.Kind[account, elb.LoadBalancer]{
		Name: "elasticloadbalancing:load balancers", There: func(a account) []elb.LoadBalancer { return a.LoadBalancers() },
		ID: func(b elb.LoadBalancer) string { return b.ID },
	}
	listeners = replicas.Kind[account, elb.Listener]{
		Name: "elasticloadbalancing:listeners", There: func(a account) []elb.Listener {
			return of(a.LoadBalancers(), func(b elb.LoadBalancer) []elb.Listener {
				found, _ := a.Listeners(b.ID) // an error: the load balancer is gone by now
				return found
			})
		},
		ID: func(l elb.Listener) string { return l.ID },
	}
	targetGroups = replicas.Kind[account, targetGroup]{
		Name: "elasticloadbalancing:target groups", There: func(a account) []targetGroup {
			return of(a.TargetGroups(), func(g elb.TargetGroup) []targetGroup {
				balancers, err := a.BalancersOf(g.ID)
				if err != nil {
					return nil // it is gone by now
				}
				return []targetGroup{{g, balancers}}
			})
		},
		ID: func(g targetGroup) string { return g.ID },
	}
	targets = replicas.Kind[account, target]{
		Name: "elasticloadbalancing:targets", There: func(a account) []target {
			return of(a.TargetGroups(), func(g elb.TargetGroup) (out []target) {
				health, _ := a.TargetHealth(g.ID) // an error: the group is gone by now
				for _, t := range health {
					out = append(out, target{t, g.ID})
				}
				return out
			})
		},
		ID: func(t target) string { return fmt.Sprint(t.group, " ", t.ID, " ", t.Port) },
	}
)

// targetGroup is a target group with the load balancers that use it.
type targetGroup struct {
	elb.TargetGroup
	balancers []string
}

// target is the health of a target of a group.
type target struct {
	elb.TargetHealth
	group string
}

// of are the things of all owners.
func of[O, T any](owners []O, things func(O) []T) (out []T) {
	for _, o := range owners {
		out = append(out, things(o)...)
	}
	return out
}

// loadBalancer is the load balancer with an ARN, as the caller sees it.
func (a account) loadBalancer(r *api.Request, arn string) (elb.LoadBalancer, error) {
	for _, b := range loadBalancers.Seen(a, a.reads, r.Caller) {
		if b.ID == arn {
			return b, nil
		}
	}
	return elb.LoadBalancer{}, awserr.New("LoadBalancerNotFound", "One or more load balancers not found")
}
