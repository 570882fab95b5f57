package lifecycle

import (
	"context"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

// The lab finds each dependency that our templates once lacked, or could lack, and
// names it: under some seed the stack fails without it.
func TestSeedsFindWhatLacks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stack, from, to string // types
	}{
		"a service on a balancer that is not active": {"EndpointService", "AWS::EC2::VPCEndpointService", "AWS::ElasticLoadBalancingV2::LoadBalancer"},
		"an endpoint that may not connect yet":       {"EndpointService", "AWS::EC2::VPCEndpoint", "AWS::EC2::VPCEndpointServicePermissions"},
		"a route to a gateway that is not attached":  {"GatewayEndpoint", "AWS::EC2::Route", "AWS::EC2::VPCGatewayAttachment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var from, to []string
			stack := assembled.Changed(t, assembled.Stack(t, test.stack), func(tpl templates.Template) {
				from, to = tpl.OfType(test.from), tpl.OfType(test.to)
				for _, id := range from {
					tpl.SetDependsOn(id, slices.DeleteFunc(tpl.DependsOn(id), func(on string) bool {
						return slices.Contains(to, on) || tpl.Type(on) == "AWS::ElasticLoadBalancingV2::Listener"
					}))
				}
			})
			for seed := range uint64(20) {
				found := deployment.Search(context.Background(), []cfn.Stack{stack}, deployment.Options{Seed: seed}, 1, nil)
				if len(found) == 0 {
					continue
				}
				t.Logf("%v", found[0])
				if !slices.ContainsFunc(found[0].Lacking, func(e cfn.Edge) bool {
					return slices.Contains(from, e.From) && slices.Contains(to, e.To)
				}) {
					t.Errorf("the dependency is not named: %v", strings.ReplaceAll(found[0].String(), "\n", " "))
				}
				return
			}
			t.Error("no seed finds it")
		})
	}
}
