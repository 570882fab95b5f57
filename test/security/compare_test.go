package security

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

const role = "arn:aws:iam::123456789012:role/R"

// given is a grant of the role.
func given(action, resource string, conditions ...iam.Condition) grant {
	return grant{holder: role, name: "R", action: action, resource: resource, conditions: conditions}
}

// called is a call that the role's code made and was allowed.
func called(action, resource string) cloud.Call {
	return cloud.Call{Role: role, Session: "code", Action: action, Resource: resource, Allowed: true}
}

// The comparison finds what it is there to find.
func TestCompare(t *testing.T) {
	t.Parallel()
	through := iam.Condition{Operator: "StringEquals", Key: "aws:SourceVpce", Values: []string{"vpce-1"}}
	inside := called("s3:ListBucket", "arn:aws:s3:::b")
	inside.Endpoint, inside.VPC = "vpce-1", "vpc-1"
	outside := called("s3:ListBucket", "arn:aws:s3:::b")
	outside.Allowed, outside.Reason = false, "no"
	byItself := called("logs:PutLogEvents", "l")
	byItself.Session = ""
	for name, test := range map[string]struct {
		grants []grant
		calls  []cloud.Call
		want   []string
	}{
		"equal":          {[]grant{given("a:X", "r")}, []cloud.Call{called("a:X", "r")}, nil},
		"a service's":    {[]grant{given("logs:PutLogEvents", "l")}, []cloud.Call{byItself}, nil},
		"no call at all": {[]grant{given("a:X", "r")}, nil, []string{"R: a:X on r is granted and never used"}},
		"another action": {
			[]grant{given("a:X", "r"), given("a:Y", "r")}, []cloud.Call{called("a:X", "r")},
			[]string{"R: a:Y on r is granted and never used"},
		},
		"another resource": {
			[]grant{given("a:X", "r"), given("a:X", "s")}, []cloud.Call{called("a:X", "r")},
			[]string{"R: a:X on s is granted and never used"},
		},
		"any resource": {
			[]grant{given("a:X", "*")}, []cloud.Call{called("a:X", "r")},
			[]string{"R: a:X on * is wider than its use, a:X on r"},
		},
		"any action": {
			[]grant{given("a:*", "r")}, []cloud.Call{called("a:X", "r")},
			[]string{"R: a:* on r is wider than its use, a:X on r"},
		},
		"not granted": {
			nil, []cloud.Call{called("a:X", "r")},
			[]string{`session "code" of ` + role + ": a:X on r is used and not granted"},
		},
		"a condition with its control": {
			[]grant{given("s3:ListBucket", "arn:aws:s3:::b", through)}, []cloud.Call{inside, outside}, nil,
		},
		"a condition without its control": {
			[]grant{given("s3:ListBucket", "arn:aws:s3:::b", through)}, []cloud.Call{inside},
			[]string{`R: s3:ListBucket on arn:aws:s3:::b if StringEquals aws:SourceVpce ["vpce-1"] was never seen to be refused where its condition does not hold`},
		},
		"denied although granted": {
			[]grant{given("s3:ListBucket", "arn:aws:s3:::b")}, []cloud.Call{inside, outside},
			[]string{`session "code" of ` + role + ": s3:ListBucket on arn:aws:s3:::b was denied: no"},
		},
		"denied and not granted": {
			nil, []cloud.Call{outside},
			[]string{`session "code" of ` + role + ": s3:ListBucket on arn:aws:s3:::b was denied: no"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, compare(test.grants, test.calls).findings); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An endpoint's policy is used by calls through that endpoint alone.
func TestUnused(t *testing.T) {
	t.Parallel()
	through, past := called("s3:PutObject", "arn:aws:s3:::b/k"), called("s3:GetObject", "arn:aws:s3:::b/k")
	through.Endpoint, past.Endpoint = "vpce-1", "vpce-2"
	of := func(action string) grant {
		return grant{holder: "vpce-1", name: "E", action: action, resource: "arn:aws:s3:::b/*"}
	}
	got := unused([]grant{of("s3:PutObject"), of("s3:GetObject")}, []cloud.Call{through, past})
	if diff := cmp.Diff([]string{"E: s3:GetObject on arn:aws:s3:::b/* is granted and never used"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A template that grants more than it needs still deploys, and is found out.
func TestWiderTemplatesAreFound(t *testing.T) {
	t.Parallel()
	// statement edits the statement with the sid, wherever it is.
	statement := func(sid string, edit func(statement object)) func(templates.Template) {
		return func(template templates.Template) {
			found := false
			template.Each("AWS::IAM::Policy", func(_ string, properties object) {
				for _, s := range properties["PolicyDocument"].(object)["Statement"].([]any) {
					if s := s.(object); s["Sid"] == sid {
						found = true
						edit(s)
					}
				}
			})
			if !found {
				t.Errorf("no statement %s", sid)
			}
		}
	}
	add := func(property, value string) func(object) {
		return func(s object) {
			if list, ok := s[property].([]any); ok {
				s[property] = append(list, value)
			} else {
				s[property] = []any{s[property], value}
			}
		}
	}
	set := func(property string, value any) func(object) {
		return func(s object) { s[property] = value }
	}
	// unclaimed takes the claims about the roles away: they would stop the stack.
	unclaimed := func(edit func(templates.Template)) func(templates.Template) {
		return func(template templates.Template) {
			edit(template)
			template.Each("Custom::EndpointProof", func(_ string, properties object) {
				claims := slices.DeleteFunc(properties["Claims"].([]any), func(c any) bool { return slices.Contains([]any{"ProbersGranted", "VerifierTrusted"}, c.(object)["Id"]) })
				properties["Claims"], properties["Count"] = claims, strconv.Itoa(len(claims))
			})
			if err := templates.Restate(template); err != nil {
				t.Error(err)
			}
		}
	}
	for name, test := range map[string]struct {
		stack string
		edit  func(templates.Template)
		want  string
	}{
		"another look-up":         {"GatewayEndpoint", unclaimed(statement("LookUpFacts", add("Action", "ec2:DescribeInstances"))), "ec2:DescribeInstances on * is granted and never used"},
		"every look-up":           {"GatewayEndpoint", unclaimed(statement("LookUpFacts", set("Action", []any{"ec2:Describe*", "route53:List*", "route53profiles:List*", "route53resolver:List*"}))), "ec2:Describe* on * is wider"},
		"any stack":               {"GatewayEndpoint", unclaimed(statement("DescribeOwnStack", set("Resource", "*"))), "cloudformation:DescribeStacks on * is wider"},
		"any function":            {"EndpointService", unclaimed(statement("InvokeProbers", set("Resource", "*"))), "lambda:InvokeFunction on * is wider"},
		"any log":                 {"EndpointService", statement("WriteOwnLog", set("Resource", "*")), "logs:PutLogEvents on * is wider"},
		"another call":            {"InterfaceEndpoint", unclaimed(statement("ThroughEndpointOnly", add("Action", "cloudformation:ListStacks"))), "cloudformation:ListStacks on"},
		"a Deny that denies less": {"EndpointService", unclaimed(statement("DenyInterfacesToFunctionCode", set("Condition", object{"ArnLike": object{"lambda:SourceFunctionArn": "arn:aws:lambda:*:*:function:other"}}))), "does not keep it from the code"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := live(t, assembled.Changed(t, assembled.Stack(t, test.stack), test.edit))
			grants, _ := roleGrants(t, l.resources)
			findings := compare(grants, l.calls).findings
			for what, holds := range l.forbidden {
				if !holds {
					findings = append(findings, what+": does not keep it from the code")
				}
			}
			if all := strings.Join(findings, "\n"); !strings.Contains(all, test.want) {
				t.Errorf("found %q, want %q", all, test.want)
			}
		})
	}
}
