package verification

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/known"
	"provenendpoints/internal/suppression"
	"provenendpoints/proof"
)

// scheduled is what runs the proofs of a stack after its deployment.
//
//	AWS::Scheduler::Schedule ──role──▶ verifier ──▶ log ──▶ metrics ──▶ alarms, dashboard
//	  the proofs' properties              ├──▶ events of changed verdicts on the default bus
//	rules on changes ──permission────────▶┘──▶ parameter: what the last run found
//
// The schedule is EventBridge Scheduler's and not a rule's. The claims travel with it:
// a rule's target takes 8,192 characters of input, which are those of one endpoint or
// two, the scheduler's 256 KB
// (docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html,
// docs.aws.amazon.com/general/latest/gr/eventbridgescheduler.html). Its privilege is one
// action on one function, in a role that the scheduler of this account alone assumes; a
// rule's would be the same, in the function's policy. Neither costs anything at these
// numbers (aws.amazon.com/eventbridge/pricing: 14 million invocations a month are free).
type scheduled struct {
	scope    constructs.Construct
	schedule Schedule
	function awslambda.Function
	verifier *verifier
	probers  *probers
	memory   awsssm.StringParameter
	proofs   map[string]func() contract.Properties // complete when the template is written
	waiting  []constructs.IDependable              // for the proofs
}

// scheduleOf is the schedule of the stack's verifications, made when the first has one.
func (s *shared) scheduleOf(schedule *Schedule) *scheduled {
	if s.scheduled != nil {
		if s.scheduled.schedule != *schedule {
			panic(fmt.Errorf("Schedule: must be that of the stack's other verifications, which run together, got %s and %s",
				describe(&s.scheduled.schedule), describe(schedule)))
		}
		return s.scheduled
	}
	made := &scheduled{
		scope: constructs.NewConstruct(s.scope, jsii.String("Schedule")), schedule: *schedule, verifier: s.verifier, probers: s.probers,
		function: s.verifier.function, proofs: map[string]func() contract.Properties{},
	}
	s.scheduled = made
	s.verifier.allowTime(schedule.limit())
	made.addMemory()
	made.addSchedule()
	made.addAlarms(s.verifier)
	if schedule.OnChange {
		made.addRules()
	}
	return made
}

// describe is a schedule in an error.
func describe(s *Schedule) string {
	return fmt.Sprintf("%s with TimeLimit %s, Silence %s, OnChange %t, NoDashboard %t, Topic %t",
		s.expression(), s.limit(), s.silence(), s.OnChange, s.NoDashboard, s.Topic != nil)
}

// add adds a verification, by its path in the stack, to what is run.
func (s *scheduled) add(path string, described func() contract.Properties, resource awscdk.CustomResource) {
	base := proofName(path)
	name := base
	for n := 1; s.proofs[name] != nil; n++ {
		name = base + ordinal(n)
	}
	s.proofs[name] = described
	// The deployment's own proof is the first run: before it, all would be silence.
	for _, alarm := range s.waiting {
		alarm.(constructs.IConstruct).Node().AddDependency(resource)
	}
}

// again are the properties of a verification as it is run again. What makes CloudFormation
// run the proof makes no difference to a run. Without a digest it is the deployed template
// that is judged, whatever it is.
func again(properties contract.Properties) (map[string]any, error) {
	properties.Stacks, properties.Run, properties.Set, properties.Nonce, properties.NonceParameter = nil, nil, "", nil, ""
	properties.Claims = slices.Clone(properties.Claims)
	for i := range properties.Claims {
		if properties.Claims[i].Kind == proof.Last {
			properties.Claims[i].Digest, properties.Claims[i].Proofs = "", ""
		}
	}
	return properties.Encode()
}

// addMemory makes the parameter in which the verifier remembers the last run. Only it
// makes an event of a change: whatever else a function has between two runs can be gone.
func (s *scheduled) addMemory() {
	s.memory = awsssm.NewStringParameter(s.scope, jsii.String("Memory"), &awsssm.StringParameterProps{
		StringValue: jsii.String("{}"),
		Description: jsii.String("What the last run of the endpoint proofs has found; the verifier writes it"),
	})
	s.verifier.statement("RememberRuns", []string{"ssm:GetParameter", "ssm:PutParameter"}, *s.memory.ParameterArn())
	tell := iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid: jsii.String("TellVerdicts"), Actions: jsii.Strings("events:PutEvents"),
		Resources: &[]*string{s.arn("events", "event-bus", "default")},
		Conditions: &map[string]any{"StringEquals": map[string]any{
			"events:source": contract.EventSource, "events:detail-type": contract.EventType,
		}},
	})
	s.verifier.role.AddToPolicy(tell)
}

// arn is an ARN in the stack's Region and account.
func (s *scheduled) arn(service, resource, name string) *string {
	return arnIn(s.scope, service, resource, name)
}

func arnIn(scope constructs.Construct, service, resource, name string) *string {
	return known.Stack(scope).FormatArn(&awscdk.ArnComponents{Service: &service, Resource: &resource, ResourceName: &name})
}

// addSchedule makes the schedule and the role that it invokes the verifier with.
func (s *scheduled) addSchedule() {
	role := iam.NewRole(s.scope, jsii.String("Role"), &iam.RoleProps{
		Description: jsii.String("Invokes the verifier of endpoint proofs"),
		// Against the confused deputy
		// (docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html).
		AssumedBy: iam.NewServicePrincipal(jsii.String("scheduler.amazonaws.com"), &iam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]any{
				"aws:SourceAccount": *awscdk.Aws_ACCOUNT_ID(),
				"aws:SourceArn":     *s.arn("scheduler", "schedule-group", "default"),
			}},
		}),
		// In the role itself: a policy that an update takes away, a proof refuses, because it
		// could have denied something.
		InlinePolicies: &map[string]iam.PolicyDocument{"InvokeVerifier": iam.NewPolicyDocument(&iam.PolicyDocumentProps{
			Statements: &[]iam.PolicyStatement{iam.NewPolicyStatement(&iam.PolicyStatementProps{
				Sid: jsii.String("InvokeVerifier"), Actions: jsii.Strings("lambda:InvokeFunction"), Resources: &[]*string{s.function.FunctionArn()},
			})},
		})},
	})
	input := map[string]any{
		"Kind": contract.ScheduledKind, "Set": *awscdk.Aws_STACK_NAME(), "Stack": *awscdk.Aws_STACK_ID(),
		"Time": contract.ScheduledTime, "Memory": *s.memory.ParameterName(),
		"TimeLimit": int(s.schedule.limit().Seconds()), "Latest": int(s.schedule.latest().Seconds()),
		// Further verifications add to them.
		"Proofs": awscdk.Lazy_UncachedAny(&proofsWhenWritten{s}, nil),
	}
	var zone *string
	if s.schedule.TimeZone != "" {
		zone = &s.schedule.TimeZone
	}
	schedule := awsscheduler.NewCfnSchedule(s.scope, jsii.String("Resource"), &awsscheduler.CfnScheduleProps{
		Name:                       s.name(),
		Description:                jsii.String("Runs the endpoint proofs of the stack again"),
		ScheduleExpression:         jsii.String(s.schedule.expression()),
		ScheduleExpressionTimezone: zone,
		FlexibleTimeWindow:         map[string]any{"mode": "OFF"},
		Target: map[string]any{
			"arn": *s.function.FunctionArn(), "roleArn": *role.RoleArn(),
			"input": *awscdk.Stack_Of(s.scope).ToJsonString(input, nil),
			// What cannot be delivered by then would begin too late.
			"retryPolicy": map[string]any{"maximumEventAgeInSeconds": max(60, int(s.schedule.latest().Seconds())), "maximumRetryAttempts": 10},
		},
	})
	// The role must be in effect: the scheduler refuses one that it may not assume yet.
	schedule.Node().AddDependency(role)
	suppression.Add(schedule, suppression.StableFirst)
}

// name is the schedule's: the verifier's role names it, and the schedule waits for the
// verifier. It has the id of the stack, the last part of its ARN, because a stack's name
// can be longer than a schedule's.
func (s *scheduled) name() *string {
	id := awscdk.Fn_Select(jsii.Number(2), awscdk.Fn_Split(jsii.String("/"), awscdk.Aws_STACK_ID(), nil))
	return jsii.String("endpoint-proofs-" + *id)
}

// proofsWhenWritten are the proofs of a schedule, when the template is written.
type proofsWhenWritten struct{ of *scheduled }

// Produce implements awscdk.IAnyProducer. JavaScript calls it: it must not panic.
func (p *proofsWhenWritten) Produce(awscdk.IResolveContext) any {
	proofs := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(p.of.proofs)) {
		encoded, err := again(p.of.proofs[name]())
		if err != nil {
			return nil // the validation has told of it
		}
		proofs[name] = encoded
	}
	return proofs
}
