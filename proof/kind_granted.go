package proof

import (
	"slices"
	"strings"

	"provenendpoints/internal/template"
)

// Granted: Role, which the probers run as, can be assumed by Lambda alone and has no
// permission of any consequence but Action on Resource, and that only in requests
// that come through Endpoint. A call that is allowed has then come through the
// endpoint. Without an Endpoint it has no such permission at all.
//
// It may have grants for other calls, each through exactly one endpoint; for the
// same call through one of Endpoints.
//
// Besides it may write logs and traces, and have Lambda make its network interfaces,
// which must be denied to the code of functions. What only takes permissions away (a
// Deny, a permissions boundary, further conditions) makes no difference.
const Granted Kind = "granted"

var _ = define(Granted, definition[grantedFacts]{
	required: []string{"Role"},
	optional: []string{"Endpoint", "Endpoints", "Action", "Resource"},
	validate: func(c Claim, wrong fieldReporter) {
		for _, field := range [][2]string{{"Action", c.Action}, {"Resource", c.Resource}} {
			if c.Endpoint != "" && field[1] == "" {
				wrong(field[0], "required where Endpoint is set")
			}
			if c.Endpoint == "" && field[1] != "" {
				wrong(field[0], "used only with Endpoint, got %q", field[1])
			}
		}
		if c.Action != "" && !template.HasToken(c.Action) && !actionForm.MatchString(c.Action) {
			wrong("Action", "want an IAM action such as s3:ListBucket, got %q", c.Action)
		}
	},
	lookups:  always(RoleLookup),
	gather:   func(g *gatherer, c Claim) grantedFacts { return grantedFacts{g.role(c.Role)} },
	target:   func(c Claim) string { return roleName(c.Role) },
	subject:  func(c Claim) string { return "the role " + roleName(c.Role) + " of the probers" },
	expected: expectedGranted,
	judge:    judgeGranted,
})

type grantedFacts struct{ role Role }

// Permissions that do no harm: they reach nothing that is proved.
var (
	// logActions write the functions' own logs and traces.
	logActions = []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
	// InterfaceActions are what Lambda needs to connect a function to a VPC
	// (docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html).
	InterfaceActions = []string{
		"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
		"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
	}
)

func expectedGranted(c Claim, _ grantedFacts) string {
	if c.Endpoint == "" {
		return "be assumed by Lambda alone, and to have no permission but for logs and network interfaces"
	}
	return "be assumed by Lambda alone, and to have no permission but " + c.Action + " through " + c.Endpoint + ", besides those for logs and network interfaces and calls through other endpoints"
}

func judgeGranted(c Claim, f grantedFacts, _ Observation) finding {
	if f.role.ARN == "" {
		return unproven("", "the role's permissions are unknown")
	}
	if found := judgeTrust(f.role); found.state != Holds {
		return found
	}
	if len(f.role.Managed) > 0 {
		return refuted("the managed policies of "+roleName(c.Role), "it has the managed policy %s", joinWords(f.role.Managed))
	}
	var denied []statement
	interfaces, granted := false, false
	for _, policy := range f.role.Policies {
		statements, err := statementsOf(policy.Document)
		if err != nil {
			return unproven("", "its policy %s could not be read: %v", policy.Name, err)
		}
		for _, s := range statements {
			switch {
			case !s.allow:
				denied = append(denied, s)
			case s.onlyActions(logActions...):
			case s.onlyActions(InterfaceActions...):
				interfaces = true
			case s.isCall(c) && s.isThrough(c.Endpoint):
				granted = true
			case s.isGrantElsewhere(c):
			default:
				return refuted("the policy "+policy.Name+" of "+roleName(c.Role), "its policy %s allows %s", policy.Name, s.text())
			}
		}
	}
	switch {
	case c.Endpoint != "" && !granted:
		return refuted("the policies of "+roleName(c.Role), "none of its policies allows %s on %s through %s", c.Action, c.Resource, c.Endpoint)
	case interfaces && !slices.ContainsFunc(denied, statement.keepsInterfacesFromCode):
		return refuted("the policies of "+roleName(c.Role), "nothing denies the actions for network interfaces to the code of functions")
	case c.Endpoint == "":
		return holds("no permission but for logs and network interfaces")
	}
	return holds("%s through %s alone", c.Action, c.Endpoint)
}

// judgeTrust wants a trust policy that names Lambda and nobody else.
func judgeTrust(role Role) finding {
	statements, err := statementsOf(role.Trust)
	if err != nil {
		return unproven("", "its trust policy could not be read: %v", err)
	}
	for _, s := range statements {
		if !s.allow {
			continue
		}
		who, _ := s.principal.(map[string]any)
		if s.notPrincipal != nil || len(who) != 1 || who["Service"] != "lambda.amazonaws.com" {
			return refuted("the trust policy of "+roleName(role.ARN), "its trust policy lets %s assume it", principalText(s))
		}
		if !s.onlyActions("sts:AssumeRole") {
			return refuted("the trust policy of "+roleName(role.ARN), "its trust policy allows %s", s.text())
		}
	}
	return holds("")
}

// principalText is who a statement is about, for people.
func principalText(s statement) string {
	if s.notPrincipal != nil {
		return "everybody but some"
	}
	who, ok := s.principal.(map[string]any)
	if !ok {
		return listed(s.principal)
	}
	var all []string
	for _, kind := range []string{"AWS", "CanonicalUser", "Federated", "Service"} {
		if who[kind] != nil {
			all = append(all, listed(who[kind]))
		}
	}
	return printable(joinWords(all))
}

// isCall reports whether the statement is about exactly the claim's call.
func (s statement) isCall(c Claim) bool {
	return c.Endpoint != "" && s.onlyActions(c.Action) && len(s.exceptions) == 0 && slices.Equal(s.resources, []string{c.Resource})
}

// isThrough reports whether the statement is only about requests that come through
// the endpoint. aws:SourceVpce exists in no others, and the operators with IfExists
// or ForAllValues hold where a key does not exist
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
func (s statement) isThrough(endpoint string) bool {
	values, limited := s.onlyIf("aws:SourceVpce", "StringEquals", "StringLike")
	return limited && slices.Equal(values, []string{endpoint})
}

// isGrantElsewhere reports whether the statement is about other calls than the
// claim's and only about requests through exactly one endpoint; or about the same
// call through one of the claim's further Endpoints.
func (s statement) isGrantElsewhere(c Claim) bool {
	values, limited := s.onlyIf("aws:SourceVpce", "StringEquals")
	if !limited || len(values) != 1 || !strings.HasPrefix(values[0], "vpce-") || len(s.notActions) > 0 || len(s.actions) == 0 {
		return false
	}
	if slices.ContainsFunc(s.actions, func(action string) bool { return strings.ContainsAny(action, "*?") }) {
		return false
	}
	return !containsFold(s.actions, c.Action) || slices.Contains(c.Endpoints, values[0])
}

// keepsInterfacesFromCode reports whether the statement denies the actions for network
// interfaces to calls of any function's code, on every resource. Such calls carry
// lambda:SourceFunctionArn, Lambda's own do not
// (docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html).
func (s statement) keepsInterfacesFromCode() bool {
	functions, limited := s.onlyIf("lambda:SourceFunctionArn", "ArnLike", "ArnEquals", "StringLike")
	if len(s.conditions) != 1 || !limited || !slices.Equal(s.resources, []string{"*"}) {
		return false
	}
	for _, action := range InterfaceActions {
		if !containsFold(s.actions, action) {
			return false
		}
	}
	return slices.ContainsFunc(functions, func(arn string) bool {
		return arn == "*" || strings.HasPrefix(arn, "arn:") && strings.HasSuffix(arn, ":function:*")
	})
}
