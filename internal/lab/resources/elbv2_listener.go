package resources

import (
	"context"
	"fmt"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/elb"
)

func init() { register("AWS::ElasticLoadBalancingV2::Listener", (*Resources).listenerType) }

type listenerCertificate struct {
	CertificateArn string
}

type listenerProps struct {
	LoadBalancerArn      string `cfn:"required,replace"`
	Port                 int
	Protocol             string                        `cfn:"only=TCP|UDP|TCP_UDP|TLS|HTTP|HTTPS"`
	DefaultActions       []listenerAction              `cfn:"required"`
	Certificates         []listenerCertificate         // one; further ones are ListenerCertificates
	AlpnPolicy           []string                      `cfn:"inert"` // no protocol is agreed on
	SslPolicy            string                        `cfn:"inert"` // clients agree with the newest in any case
	ListenerAttributes   []struct{ Key, Value string } `cfn:"inert"` // idle times and headers of answers
	MutualAuthentication any                           `cfn:"inert"` // no client certificates are checked
}

// listener is the listener that the properties describe.
func (r *Resources) listener(p listenerProps, arn string) (elb.Listener, error) {
	l := elb.Listener{ID: arn, LoadBalancer: p.LoadBalancerArn, Protocol: p.Protocol, Port: p.Port}
	for _, c := range p.Certificates {
		l.Certificates = append(l.Certificates, c.CertificateArn)
	}
	action, err := r.theAction("DefaultActions", p.DefaultActions)
	if err != nil {
		return l, err
	}
	l.Action = action
	if p.Protocol == "HTTP" || p.Protocol == "HTTPS" {
		return l, nil
	}
	// A Network Load Balancer's, or a Gateway Load Balancer's without protocol and port.
	if action.Type != elb.ActionForward || len(action.Groups) != 1 {
		return l, fmt.Errorf("property DefaultActions: one target group is needed, there are %d", len(action.Groups))
	}
	l.TargetGroup, l.Action = action.Groups[0].Group, elb.Action{}
	return l, nil
}

// listenerType is AWS::ElasticLoadBalancingV2::Listener.
func (r *Resources) listenerType() cfn.Definition[listenerProps] {
	return cfn.Definition[listenerProps]{
		Attributes: []string{"ListenerArn"},
		Inert: func(p listenerProps, _ map[string]string) string {
			switch {
			case p.MutualAuthentication != nil:
				return "no client certificates are checked"
			case p.Protocol == "TLS":
				return "targets see the load balancer's address in place of the client's"
			}
			return ""
		},
		Create: func(_ context.Context, c cfn.TypedRequest[listenerProps]) (cfn.Result, error) {
			arn := strings.Replace(c.Props.LoadBalancerArn, ":loadbalancer/", ":listener/", 1) + "/" + r.suffix(c.Request)
			l, err := r.listener(c.Props, arn)
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.LoadBalancing.CreateListener(l); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"ListenerArn": arn}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[listenerProps]) (cfn.Result, error) {
			l, err := r.listener(c.Props, c.PhysicalID)
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
