package verifier

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// TestBalancerErrors: what is not known about a load balancer is an error, never
// half of an answer.
func TestBalancerErrors(t *testing.T) {
	t.Parallel()
	const empty = `<R><DescribeLoadBalancersResult/><DescribeLoadBalancerAttributesResult/></R>`
	for _, test := range []struct{ action, answer, want string }{
		{"DescribeLoadBalancers", empty, "asked for 1, got 0"},
		{"DescribeLoadBalancerAttributes", empty, "the load balancer was described without attributes"},
		{"DescribeListeners", `<R><DescribeListenersResult><Listeners><member><ListenerArn>l</ListenerArn><Port>80</Port></member></Listeners></DescribeListenersResult></R>`, "the listener l was described without its protocol or port"},
		{"DescribeLoadBalancers", "", "AccessDenied: no"},
		{"DescribeLoadBalancerAttributes", "", "AccessDenied: no"},
		{"DescribeListeners", "", "AccessDenied: no"},
	} {
		fake := answering(test.action, test.answer)
		_, err := proof.BalancerLookup.Ask(t.Context(), onLoopback(t, fake), lambdatest.Balancer)
		if err == nil || !strings.HasSuffix(err.Error(), ": "+test.want) {
			t.Errorf("%s: error %v, want %s", test.action, err, test.want)
		}
	}
	fake := &lambdatest.AWS{}
	if _, err := proof.BalancerLookup.Ask(t.Context(), onLoopback(t, fake), ""); err == nil || len(fake.Actions()) != 0 {
		t.Errorf("error %v: every load balancer of the account was asked for", err)
	}
	if _, err := proof.ConnectionsLookup.Ask(t.Context(), onLoopback(t, fake), ""); err == nil || len(fake.Actions()) != 0 {
		t.Errorf("error %v: every connection of the account was asked for", err)
	}
}

// TestBalancerOpenByIPv6: only the attribute keeps an internet gateway away from
// a load balancer's IPv6 addresses.
func TestBalancerOpenByIPv6(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind  string
		value string
		want  bool
	}{
		{"ipv4", "", false},
		{"dualstack", "true", false},
		{"dualstack", "false", true},
		{"dualstack", "", true},
		{"newer", "", true},
	} {
		attributes := []api.LoadBalancerAttribute{{Key: "other", Value: "true"}}
		if test.value != "" {
			attributes = append(attributes, api.LoadBalancerAttribute{Key: denyGateway, Value: test.value})
		}
		if got := balancerOf(api.LoadBalancer{IpAddressType: test.kind}, attributes).OpenIPv6; got != test.want {
			t.Errorf("%s with %q: %t", test.kind, test.value, got)
		}
	}
}

func TestListenerOf(t *testing.T) {
	t.Parallel()
	listener := api.Listener{ListenerArn: "l", Protocol: "TCP", Port: 80, DefaultActions: []api.Action{
		{Type: "forward", ForwardConfig: api.ForwardActionConfig{TargetGroups: []api.TargetGroupTuple{{TargetGroupArn: "b"}, {TargetGroupArn: "a"}}}},
		{Type: "forward", TargetGroupArn: "a"}, {Type: "redirect"}, {Type: "forward"},
	}}
	want := proof.Listener{
		ID: "l", Protocol: "TCP", Port: 80, TargetGroups: []string{"a", "b"},
		Others: []string{"an action of the type redirect", "an action of the type forward"},
	}
	got, err := listenerOf(listener)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
}

// TestTargetGroupErrors: a target group whose targets are not known may lead to a
// host.
func TestTargetGroupErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ action, answer, want string }{
		{"DescribeTargetGroups", `<R><DescribeTargetGroupsResult/></R>`, "asked for target groups, got 0"},
		{"DescribeTargetGroups", "", "AccessDenied: no"},
		{"DescribeTargetHealth", "", "AccessDenied: no"},
	} {
		fake := answering(test.action, test.answer)
		_, err := proof.TargetGroupsLookup.Ask(t.Context(), onLoopback(t, fake), lambdatest.VPC)
		if err == nil || !strings.HasSuffix(err.Error(), ": "+test.want) {
			t.Errorf("%s: error %v, want %s", test.action, err, test.want)
		}
	}
}

// answering is an AWS that gives an answer to one action, or denies it if the answer
// is empty.
func answering(action, answer string) *lambdatest.AWS {
	return &lambdatest.AWS{Fault: func(called string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		switch {
		case called != action:
			return false
		case answer == "":
			lambdatest.Fail(w, 403, "AccessDenied", "no")
		default:
			_, _ = w.Write([]byte(answer))
		}
		return true
	}}
}
