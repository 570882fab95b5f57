package proof

import (
	"slices"
	"strings"
)

// Trusted: Role, which the verifier runs as, can be assumed by Lambda alone, and may do
// nothing but look, invoke the probers, and keep its own notes. Whoever else assumed it could
// invoke the probers and read the network's layout; with more, the verifier could change what
// it judges.
const Trusted Kind = "trusted"

var _ = define(Trusted, definition[trustedFacts]{
	required: []string{"Role"},
	lookups:  always(VerifierRoleLookup),
	gather:   func(g *gatherer, c Claim) trustedFacts { return trustedFacts{g.verifierRole(c.Role)} },
	target:   func(c Claim) string { return roleName(c.Role) },
	subject:  func(c Claim) string { return "the role " + roleName(c.Role) + " of the verifier" },
	expected: func(Claim, trustedFacts) string {
		return "be assumed by Lambda alone, and to have no permission but for look-ups, the probers, and its own logs and parameters"
	},
	judge: judgeTrusted,
})

type trustedFacts struct{ role Role }

// ownActions are what the verifier does besides look-ups and logs: it invokes the probers, sees
// whether its stack rolls back, and keeps the nonce and its memory; where the proof goes on, it
// reads its schedule and tells the bus of changes.
var ownActions = []string{
	"cloudformation:DescribeStacks", "events:PutEvents", "lambda:InvokeFunction", "scheduler:GetSchedule",
	"ssm:GetParameter", "ssm:PutParameter",
}

// harmlessPolicies are managed policies of AWS that write logs, traces and metrics alone
// (docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html).
var harmlessPolicies = []string{
	"service-role/AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess", "CloudWatchLambdaInsightsExecutionRolePolicy",
}

// judgeTrusted wants every statement that allows something to be about known actions: on
// resources that it names, unless IAM cannot narrow the action to any.
func judgeTrusted(c Claim, f trustedFacts, _ Observation) finding {
	if f.role.ARN == "" {
		return unproven("", "the role's permissions are unknown")
	}
	if found := judgeTrust(f.role); found.state != Holds {
		return found
	}
	for _, arn := range f.role.Managed {
		if _, name, own := strings.Cut(arn, ":iam::aws:policy/"); !own || !slices.Contains(harmlessPolicies, name) {
			return refuted("the managed policies of "+roleName(c.Role), "it has the managed policy %s", printable(arn))
		}
	}
	for _, policy := range f.role.Policies {
		statements, err := statementsOf(policy.Document)
		if err != nil {
			return unproven("", "its policy %s could not be read: %v", policy.Name, err)
		}
		for _, s := range statements {
			if s.allow && !s.onlyActions(logActions...) && !s.onlyActions(lookupActions[AnyResource]...) && !s.isOfVerifier() {
				return refuted("the policy "+policy.Name+" of "+roleName(c.Role), "its policy %s allows %s", policy.Name, s.text())
			}
		}
	}
	return holds("Lambda alone; look-ups, the probers, and its own logs and parameters")
}

// isOfVerifier reports whether the statement is about what the verifier does, on resources
// that it names.
func (s statement) isOfVerifier() bool {
	known := slices.Clone(ownActions)
	for _, actions := range lookupActions {
		known = append(known, actions...)
	}
	named := len(s.exceptions) == 0 && len(s.resources) > 0 && !slices.ContainsFunc(s.resources, func(arn string) bool {
		return strings.ContainsAny(arn, "*?")
	})
	return named && s.onlyActions(known...)
}
