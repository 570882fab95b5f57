// Package verification proves claims about a private connection from inside the
// VPC, while a stack is deployed.
//
//	Custom::EndpointProof ──▶ verifier ──invoke──▶ prober in a subnet   (one per vantage point)
//	  claims, digests           outside every VPC   prober outside      (the negative control)
//	        ▲                        │
//	        └── report, evidence ────┘   a claim that does not hold fails the resource
//
// [New] takes any claims, also about existing endpoints and imported VPCs.
// constructs/endpoint has the claims of each of its patterns. What travels between
// the resource and the verifier is described by internal/contract.
//
// The proof has the last word on its stack. It runs after everything else in it, in
// every update, whatever that changes and whoever edited the template; and when a stack
// of the same app that it depends on has changed, or the text given with `-c run=TEXT`. Synthesis refuses what waits
// for the proof and could change what was proved. While a stack rolls back, the
// outcome is reported and does not fail; a deletion always succeeds.
//
// A verification adds claims about each prober: that it is where its vantage point
// says, has the role that all probers share, and that neither its security group nor
// a network ACL holds it back. A negative control from another place, with another
// role, or by a prober that can reach nothing would show nothing. One claim more is
// about the role: Lambda alone may assume it, and its one permission is the grant.
package verification

import (
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/known"
	"provenendpoints/internal/suppression"
	"provenendpoints/proof"
)

// RunContext is the context key that forces a run, with any text that differs from
// that of the last deployment, as in `cdk deploy -c run=today`.
const RunContext = "run"

// The default and the greatest value of [Props.TimeLimit]: 8 minutes, in which what
// AWS shows and makes effective late has come, and 13 minutes, by which Lambda's own
// limit of 15 is kept.
const (
	DefaultTimeLimit = contract.DefaultTimeLimit
	MaxTimeLimit     = contract.MaxTimeLimit
)

// Props describe a verification.
type Props struct {
	// Subject describes what is verified, for people, such as "gateway endpoint to
	// S3". It may hold tokens. Required.
	Subject string
	// Claims are what must be true. Their texts may hold tokens. Required, at
	// least one.
	Claims []proof.Claim
	// VantagePoints are the places from which the claims are measured. Each From of a
	// claim must name one, and each must be named by a claim.
	// Default: none, for claims that facts alone decide.
	VantagePoints []VantagePoint
	// Grant is the one permission of the probers, which they have only through an
	// endpoint. Default: none; no call of theirs is allowed.
	Grant *Grant
	// TimeLimit is how long a claim that does not hold is measured again before
	// it is judged, from 10 s to [MaxTimeLimit] in whole seconds. It ends earlier
	// where AWS's APIs refute a claim and nothing will change that any more
	// ([proof.FactsSettle]). A verification that holds lasts [proof.ReadsSettle], or half of
	// TimeLimit if that is less: AWS's APIs may show what was before the last change.
	// Default: [DefaultTimeLimit].
	TimeLimit time.Duration
	// SkipUnchanged leaves the proof out of updates in which nothing has changed that
	// synthesis knows of: the stack's template, those of the stacks of the app that it
	// depends on, and `-c run=TEXT`. What is lost: a template that somebody edits after
	// synthesis (in a pipeline, in CloudFormation's console, with a macro) keeps the
	// digest that the proof is run by, and is deployed unproved. What is saved: a nested
	// stack and two parameters of Systems Manager, which cost nothing, and the proof's
	// time in updates that change nothing of the stack.
	// Default: false; every update of the stack runs the proof.
	SkipUnchanged bool
	// Schedule runs the proof again after the deployment, for as long as the stack lives.
	// Default: none; the proof is part of deployments alone.
	Schedule *Schedule
}

// properties are what the verifier reads, given the ARNs of the probers'
// functions and the claims about the verification itself.
func (p *Props) properties(functions map[string]string, own []proof.Claim) contract.Properties {
	return contract.Properties{
		Subject:       p.Subject,
		TimeLimit:     p.TimeLimit,
		VantagePoints: functions,
		Claims:        slices.Concat(p.Claims, own),
	}
}

// Verification is a proof that runs with the deployment.
type Verification interface {
	constructs.Construct
	// Report returns all verdicts as text, as a token.
	Report() *string
	// Summary returns how many claims hold, as a token.
	Summary() *string
	// Evidence returns what was observed for a claim, as a token. The answer to
	// CloudFormation has room for that of some dozens; the report has all. It panics if
	// there is no such claim, or no more room.
	Evidence(claimID string) *string
	// LogURL returns the address of the verifier's log in AWS's console, as a token. The
	// log has the whole report, and outlives the stack.
	LogURL() *string
}

type verification struct {
	constructs.Construct
	answers   answers
	described contract.Properties
	evidence  evidence
}

// New makes a verification. It panics with an error that names every invalid
// property.
func New(scope constructs.Construct, id string, props *Props) Verification {
	if err := errors.Join(known.CheckScope(scope, id), check(props)); err != nil {
		panic(err)
	}
	v := &verification{evidence: newEvidence()}
	constructs.NewConstruct_Override(v, scope, &id)
	stack := known.Stack(known.Within(v, known.Stack(scope)))
	shared, last := sharedOf(stack), lastWordOf(stack)
	v.answers.shared = shared
	stackID := known.StackID(stack)
	functions, own := shared.probers.at(props.VantagePoints)
	if len(props.VantagePoints) > 0 {
		own = append(own, shared.probers.granted(props.Grant))
	}
	own = append(own, trustClaim(shared.verifier.roleARN), last.claim())
	claims := slices.Concat(props.Claims, own)
	shared.verifier.allow(stackID, claims, shared.probers, functions)
	shared.verifier.allowTime(props.TimeLimit)
	v.addResource(props, functions, own, shared.verifier, last)
	return v
}

func (v *verification) addResource(props *Props, functions []prober, own []proof.Claim, verifier *verifier, last *lastWord) {
	arns := map[string]string{}
	for _, prober := range functions {
		arns[prober.point] = prober.arn
	}
	v.described = props.properties(arns, own)
	v.described.Stacks = last.digests
	v.described.Run = v.Node().TryGetContext(jsii.String(RunContext))
	if !props.SkipUnchanged {
		nonce := v.answers.shared.nonceOf()
		v.described.Nonce, v.described.NonceParameter = nonce.value, nonce.parameter
	}
	v.described.Evidence = v.evidence.list()
	if props.Schedule != nil {
		v.described.Set = *awscdk.Aws_STACK_NAME()
	}
	properties, err := v.described.Encode()
	if err != nil {
		panic(err)
	}
	v.answers.resource = awscdk.NewCustomResource(v, jsii.String("Proof"), &awscdk.CustomResourceProps{
		ServiceToken:   &verifier.arn,
		ResourceType:   jsii.String(contract.ResourceType),
		ServiceTimeout: duration(contract.ServiceTimeout(props.TimeLimit)),
		Properties:     &properties,
	})
	last.order(v.answers.resource.Node().DefaultChild().(awscdk.CfnResource))
	suppression.Add(v.answers.resource, suppression.StableFirst)
	if props.Schedule != nil {
		stack, described := known.Stack(v), v.described
		sharedOf(stack).scheduleOf(props.Schedule).add(pathIn(stack, v), func() contract.Properties { return described }, v.answers.resource)
	}
}

func (v *verification) Report() *string  { return v.answers.attribute(contract.AttributeReport) }
func (v *verification) Summary() *string { return v.answers.attribute(contract.AttributeSummary) }
func (v *verification) LogURL() *string  { return v.answers.attribute(contract.AttributeLog) }

func (v *verification) Evidence(claimID string) *string {
	v.evidence.add(v.described.All(), *v.Node().Path(), claimID)
	return v.answers.attribute(claimID)
}
