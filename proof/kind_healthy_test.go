package proof

import (
	"testing"
)

var _ = exampleOf(Healthy, example{
	valid:  Claim{TargetGroup: "arn:aws:elasticloadbalancing:r:1:targetgroup/web/1", Hosts: []string{"i-1", "i-2"}},
	fields: "Hosts! TargetGroup!",
	gathered: []Claim{
		{TargetGroup: "tg"},
	},
})

func TestJudgeHealthy(t *testing.T) {
	t.Parallel()
	healthy := Claim{Kind: Healthy, TargetGroup: "arn:aws:elasticloadbalancing:r:1:targetgroup/web/0123", Hosts: []string{"i-1", "i-2"}}
	one, two := Target{ID: "i-1", Port: 80, State: "healthy"}, Target{ID: "i-2", Port: 80, State: "healthy"}
	bad := Target{ID: "i-2", Port: 80, State: "unhealthy", Reason: "Health checks failed"}
	second := Target{ID: "i-1", Port: 81, State: "draining"}
	in := func(targets ...Target) Facts { return Facts{healthyFacts{targets}} }
	checkJudged(t, map[string]judged{
		"healthy":            {claim: healthy, facts: in(two, one), state: Holds, text: "i-1 healthy, i-2 healthy"},
		"one is missing":     {claim: healthy, facts: in(one), state: Refuted, text: "i-2 is not registered", hint: "the targets of web"},
		"none is there":      {claim: healthy, state: Refuted, text: "i-1 is not registered", hint: "the targets of web"},
		"one too many":       {claim: healthy, facts: in(one, two, Target{ID: "i-3", State: "healthy"}), state: Refuted, text: "i-3 is registered as well", hint: "the targets of web"},
		"one is unhealthy":   {claim: healthy, facts: in(one, bad), state: Refuted, text: "the targets are i-1 healthy, i-2 unhealthy (Health checks failed)", hint: "the health check of web, then whether the security group of i-2 admits the load balancer"},
		"one port of two is": {claim: healthy, facts: in(one, two, second), state: Refuted, text: "the targets are i-1 draining, i-1 healthy, i-2 healthy", hint: "the health check of web, then whether the security group of i-1 admits the load balancer"},
	})
	if got := Judge(Claim{Kind: Healthy, TargetGroup: "odd"}, Facts{}, Observation{}); got.State != Unproven || got.Claim.target() != "odd" {
		t.Errorf("got %+v", got)
	}
}
