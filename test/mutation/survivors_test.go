package mutation

import (
	"regexp"
	"strings"
	"testing"

	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

// Explanation says why mutants may be in a class that is not right by itself: they
// are harmful by the oracle's matrix and deploy all the same, they are harmless and
// do not deploy, or they deploy and the oracle cannot measure what they change.
type Explanation struct {
	// Class is the class of the mutants.
	Class Class
	// Stack and Mutant are regular expressions that match from beginning to end;
	// an empty Stack is any.
	Stack, Mutant string
	// Why is the reason, for people.
	Why string
}

// measured are the types of resources whose effects the oracle measures: who
// reaches whom, what names mean, what calls are allowed.
var measured = []string{
	"AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation",
	"AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress",
	"AWS::EC2::SecurityGroupEgress", "AWS::EC2::VPCEndpoint", "AWS::EC2::VPCEndpointService", "AWS::EC2::VPCEndpointServicePermissions",
	"AWS::EC2::InstanceConnectEndpoint", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener",
	"AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::IAM::Role", "AWS::IAM::Policy",
}

// needsReason reports whether a mutant in a class needs an explanation.
func needsReason(t templates.Template, class Class, mutant string) bool {
	switch class {
	case Harmful, Strict:
		return true
	case Harmless:
		return !strings.HasPrefix(mutant, "add ") && !changesMeasured(t, mutant)
	}
	return false
}

// changesMeasured reports whether the first resource that a mutant's name names is
// one that the oracle measures.
func changesMeasured(t templates.Template, mutant string) bool {
	for _, word := range strings.Fields(mutant) {
		if typ := t.Type(word); typ != "" {
			return strings.Contains(strings.Join(measured, " ")+" ", typ+" ")
		}
	}
	return false
}

func TestChangesMeasured(t *testing.T) {
	t.Parallel()
	x := assembled.Template(t, assembled.Stack(t, assembled.GatewayEndpoint))
	for _, test := range []struct {
		typ  string
		want bool
	}{{"AWS::EC2::Route", true}, {"AWS::IAM::Policy", true}, {"AWS::EC2::Instance", false}, {"AWS::Logs::LogGroup", false}} {
		id := x.OfType(test.typ)[0]
		if got := changesMeasured(x, "remove "+id+" Something"); got != test.want {
			t.Errorf("%s is measured: %v, want %v", test.typ, got, test.want)
		}
	}
}

// explain finds the explanation of a mutant.
func explain(stack string, class Class, mutant string) (Explanation, bool) {
	for _, e := range explanations {
		if e.Class == class && matches(e.Stack, stack) && matches(e.Mutant, mutant) {
			return e, true
		}
	}
	return Explanation{}, false
}

func matches(pattern, text string) bool {
	return pattern == "" || regexp.MustCompile("^(?:"+pattern+")$").MatchString(text)
}
