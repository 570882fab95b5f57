package mutation

import (
	"testing"

	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/test/assembled"
)

// TestJudge gives each fate, in the light of what the oracle sees, its class.
func TestJudge(t *testing.T) {
	t.Parallel()
	worse := []reach.Difference{{Line: reach.Line{Who: "a", Verb: "reaches", What: "b"}, More: []string{"tcp 80"}}}
	base := assembled.Template(t, assembled.Stack(t, assembled.GatewayEndpoint))
	prober, route := base.OfType("AWS::Lambda::Function")[0], base.OfType("AWS::EC2::Route")[0]
	for name, test := range map[string]struct {
		edit string
		fate Fate
		seen seen
		want Class
	}{
		"worse, refused":              {"remove " + route, Refuted, seen{worse: worse}, Killed},
		"worse, no report":            {"remove " + route, Unreported, seen{worse: worse}, Killed},
		"worse, deployed":             {"remove " + route, Survived, seen{worse: worse}, Harmful},
		"equal, deployed":             {"remove " + route, Survived, seen{}, Harmless},
		"equal, refused":              {"remove " + route, Refuted, seen{}, Strict},
		"a prober, refused":           {"remove " + prober + " Role", Unverified, seen{}, Guarded},
		"a prober, worse, deployed":   {"remove " + prober + " Role", Survived, seen{worse: worse}, Harmful},
		"no template":                 {"remove " + route, Refused, seen{worse: worse}, Invalid},
		"fails without a proof":       {"remove " + route, Refuted, seen{fails: true}, Invalid},
		"fails only without a proof?": {"remove " + route, Survived, seen{fails: true}, Harmless},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := judge(Mutant{Edit: test.edit, Base: base}, Outcome{Fate: test.fate}, func() (seen, error) { return test.seen, nil })
			if err != nil || got.Class != test.want {
				t.Errorf("%s, %v; want %s", got.Class, err, test.want)
			}
		})
	}
}

// TestMerge: both edits of a pair are made, each with resources of its own.
func TestMerge(t *testing.T) {
	t.Parallel()
	x := &addition{Template: assembled.Template(t, assembled.Stack(t, assembled.EndpointService))}
	group := x.OfType("AWS::ElasticLoadBalancingV2::TargetGroup")[0]
	for _, e := range additions(x.Template) {
		if e.name == "another VPC" {
			e.make(x)
			x.merge(e.make)
		}
	}
	x.merge(func(a *addition) { a.change(group)["Port"] = 81.0 })
	if x.Type("AddedVpc") == "" || x.Type("SecondAddedVpc") == "" || x.Properties(group)["Port"] != 81.0 {
		t.Error("an edit is missing")
	}
	if got := x.Properties("SecondAddedSubnet")["VpcId"].(map[string]any)["Ref"]; got != "SecondAddedVpc" {
		t.Errorf("the second subnet is in %v", got)
	}
}
