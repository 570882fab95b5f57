package security

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// lambdasOwn are the grants that no code uses, only Lambda itself, each with its
// reason. A grant that is not here must be used by code, and each one here must
// be used by Lambda.
var lambdasOwn = map[string]string{
	"ec2:AssignPrivateIpAddresses":   connects,
	"ec2:CreateNetworkInterface":     connects,
	"ec2:DeleteNetworkInterface":     connects,
	"ec2:DescribeNetworkInterfaces":  connects + " (of the verifier, it is the code that needs it)",
	"ec2:UnassignPrivateIpAddresses": connects,
	"logs:CreateLogStream":           logs,
	"logs:PutLogEvents":              logs,
}

// documented is a grant that AWS asks for and that nobody uses here: the page lists it,
// the lab's Lambda does without (see the lab's lambda_executionrole.go).
const documented = "ec2:DescribeSubnets on * is granted and never used"

const (
	connects = "Lambda connects the function to the VPC with it (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html)"
	logs     = "Lambda writes what the function prints with it (docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html)"
)

// life is the record of a stack that was deployed, verified once more, and
// deleted.
type life struct {
	resources []cfn.ResourceInfo // as they were before the deletion
	calls     []cloud.Call       // all that were made
	// forbidden are the answers to calls made in the name of the functions' code
	// that its role denies, by grant.
	forbidden map[string]bool
}

func live(t *testing.T, s cfn.Stack) life {
	t.Helper()
	r := deployed.New(t, s.Name, region.Options{})
	again := assembled.Changed(t, s, func(template templates.Template) {
		template.Each(contract.ResourceType, func(_ string, properties object) { properties["Run"] = "again" })
	})
	for _, stack := range []cfn.Stack{s, again} {
		if err := r.Deploy(stack); err != nil {
			t.Fatal(err)
		}
	}
	l := life{resources: r.Resources(s.Name)}
	functions := functionsByRole(l.resources)
	grants, _ := roleGrants(t, l.resources)
	// Before the probes of denials below are recorded as calls, too.
	deployed := len(r.Cloud.Calls())
	l.forbidden = map[string]bool{}
	for _, g := range grants {
		if !g.deny {
			continue
		}
		for _, function := range functions[g.holder] {
			byCode := r.Cloud.Authorize(g.holder, g.action, g.resource, map[string]string{"lambda:SourceFunctionArn": function})
			byLambda := r.Cloud.Authorize(g.holder, g.action, g.resource, nil)
			l.forbidden[g.String()+" by "+function] = !byCode.Allowed && byCode.Explicit && byLambda.Allowed
		}
	}
	probed := len(r.Cloud.Calls())
	r.Remove(s.Name)
	calls := r.Cloud.Calls()
	l.calls = slices.Concat(calls[:deployed], slices.DeleteFunc(calls[probed:], isLateLog))
	return l
}

// isLateLog reports whether a call during a deletion is Lambda's own, for the last
// lines of a function's log. The function has answered, and CloudFormation is
// faster than the log: the lines are lost. The role cannot create the log group,
// so none is left behind.
func isLateLog(c cloud.Call) bool {
	return byService(c) && c.Service == "logs" && !c.Allowed
}

// functionsByRole are the ARNs of the functions by those of their roles.
func functionsByRole(resources []cfn.ResourceInfo) map[string][]string {
	functions := map[string][]string{}
	for _, function := range resources {
		if function.Type == "AWS::Lambda::Function" {
			role := text(function.Properties["Role"])
			functions[role] = append(functions[role], text(function.Attributes["Arn"]))
		}
	}
	return functions
}

// Each role is granted exactly the calls that are made with it.
func TestRolesUseWhatTheyAreGranted(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			l := live(t, assembled.Stack(t, id))
			grants, names := roleGrants(t, l.resources)
			audit := compare(grants, l.calls)
			asked := false
			for _, finding := range audit.findings {
				if strings.HasSuffix(finding, documented) {
					asked = true
					continue
				}
				t.Error(finding)
			}
			if !asked {
				t.Error("the grant that AWS documents is used, or not there: " + documented)
			}
			if diff := cmp.Diff(slices.Sorted(maps.Keys(lambdasOwn)), audit.byServiceOnly); diff != "" {
				t.Errorf("grants that Lambda itself uses (-table +got):\n%s", diff)
			}
			for _, finding := range unused(endpointGrants(t, l.resources), l.calls) {
				t.Error(finding)
			}
			for _, c := range l.calls {
				if c.Role != "" && names[c.Role] == "" {
					t.Errorf("a call with a role that is not of the stack: %+v", c)
				}
				if c.Role == "" && c.Action != "" && !isAnswer(c) {
					t.Errorf("a call without a role that is no answer to CloudFormation: %+v", c)
				}
			}
			wantForbidden(t, l)
			wantIdleInstances(t, l, grants, names)
		})
	}
}

// isAnswer reports whether a call without a role is an upload to a URL that
// CloudFormation signed: a custom resource's response, or a wait condition's
// signal, which in these stacks comes through an endpoint.
func isAnswer(c cloud.Call) bool {
	signal := strings.HasPrefix(c.Resource, "arn:aws:s3:::cloudformation-waitcondition-ap-northeast-2/")
	response := strings.HasPrefix(c.Resource, "arn:aws:s3:::cloudformation-custom-resource-response-apnortheast2/")
	return c.Allowed && c.Action == "s3:PutObject" && (signal && c.Endpoint != "" || response && c.Endpoint == "")
}

// wantForbidden checks that what a role denies to the functions' code is denied
// to it, and to nobody else: each statement of a Deny forbids something.
func wantForbidden(t *testing.T, l life) {
	t.Helper()
	if len(l.forbidden) == 0 {
		t.Error("no role denies its functions' code anything")
	}
	for what, holds := range l.forbidden {
		if !holds {
			t.Errorf("%s: the Deny does not keep it from the code, or keeps it from Lambda as well", what)
		}
	}
}

// wantIdleInstances checks the roles of instances. An instance has one because
// CDK makes none without; it grants nothing, and nothing is called with it.
func wantIdleInstances(t *testing.T, l life, grants []grant, names map[string]string) {
	t.Helper()
	found := 0
	for _, profile := range l.resources {
		if profile.Type != "AWS::IAM::InstanceProfile" {
			continue
		}
		for _, role := range profile.Properties["Roles"].([]any) {
			for arn, name := range names {
				if !strings.HasSuffix(arn, "/"+text(role)) {
					continue
				}
				found++
				if slices.ContainsFunc(grants, func(g grant) bool { return g.holder == arn }) {
					t.Errorf("%s: an instance may do something in AWS", name)
				}
				if slices.ContainsFunc(l.calls, func(c cloud.Call) bool { return c.Role == arn }) {
					t.Errorf("%s: an instance used it", name)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no instance has a role of the stack: the test looks at nothing")
	}
}

type object = templates.Object
