package verification

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/known"
	"provenendpoints/internal/suppression"
	"provenendpoints/proof"
)

// SetProps describe a set.
type SetProps struct {
	// TimeLimit is as for a verification. Default: the longest of its members.
	TimeLimit time.Duration
	// Schedule runs the set again after the deployment, for as long as the stack lives.
	// Default: none; the proof is part of deployments alone.
	Schedule *Schedule
	// SkipUnchanged is as for a verification; its members have none of their own.
	// Default: false; every update of the stack runs the proof.
	SkipUnchanged bool
}

// Set is a verification of several things together, with one resource: one run of the
// verifier measures them all, and each prober is asked once a round. Where each has a
// resource of its own, so many verifiers and probers run at the same time, and a new
// account lets ten functions run. What does not hold is told with the name of its
// member.
type Set interface {
	Verification
	// Add adds what Props describe to the set, under a name of letters and digits that
	// begins the ids of its claims there, and returns the verification as its own:
	// Evidence takes the claims' own ids, Report and Summary are the set's. It panics
	// with every property that is wrong. The scope and the id are those of a construct
	// to depend on.
	Add(scope constructs.Construct, id, name string, props *Props) Verification
}

type set struct {
	constructs.Construct
	answers   answers
	props     SetProps
	last      *lastWord
	described contract.Properties
	evidence  evidence
	points    []setPoint
	names     []string
}

// setPoint is a vantage point of the set: a prober, which members may know by several
// names.
type setPoint struct {
	name     string
	function prober
}

// NewSet makes a set without members. It needs one at least. It panics with every
// property that is wrong.
func NewSet(scope constructs.Construct, id string, props *SetProps) Set {
	if props == nil {
		props = &SetProps{}
	}
	if err := errors.Join(known.CheckScope(scope, id), contract.CheckTimeLimit(props.TimeLimit), props.Schedule.check()); err != nil {
		panic(err)
	}
	s := &set{props: *props, evidence: newEvidence()}
	constructs.NewConstruct_Override(s, scope, &id)
	stack := known.Stack(known.Within(s, known.Stack(scope)))
	s.answers.shared, s.last = sharedOf(stack), lastWordOf(stack)
	s.described = contract.Properties{
		Subject: "the endpoints of " + *s.Node().Path(), TimeLimit: props.TimeLimit, VantagePoints: map[string]string{},
		Claims: []proof.Claim{trustClaim(s.answers.shared.verifier.roleARN), s.last.claim()},
	}
	if !props.SkipUnchanged {
		nonce := s.answers.shared.nonceOf()
		s.described.Nonce, s.described.NonceParameter = nonce.value, nonce.parameter
	}
	s.answers.shared.verifier.allow(known.StackID(stack), s.described.Claims, s.answers.shared.probers, nil)
	s.answers.shared.verifier.allowTime(props.TimeLimit)
	if props.Schedule != nil {
		s.described.Set = *awscdk.Aws_STACK_NAME()
	}
	s.addResource()
	if props.Schedule != nil {
		described := func() contract.Properties { return s.complete() }
		s.answers.shared.scheduleOf(props.Schedule).add(pathIn(stack, s), described, s.answers.resource)
	}
	s.Node().AddValidation(&setValidation{s})
	return s
}

// addResource makes the resource. All that members add is in it when the template is
// written.
func (s *set) addResource() {
	written := map[string]any{}
	for _, name := range contract.Names() {
		written[name] = awscdk.Lazy_UncachedAny(&setProperty{s, name}, nil)
	}
	written["Stacks"] = s.last.digests
	if s.props.SkipUnchanged {
		delete(written, "Nonce")
		delete(written, "NonceParameter")
	}
	if run := s.Node().TryGetContext(jsii.String(RunContext)); run != nil {
		written["Run"] = run
	} else {
		delete(written, "Run")
	}
	s.answers.resource = awscdk.NewCustomResource(s, jsii.String("Proof"), &awscdk.CustomResourceProps{
		ServiceToken: &s.answers.shared.verifier.arn,
		ResourceType: jsii.String(contract.ResourceType),
		Properties:   &written,
	})
	resource := s.answers.resource.Node().DefaultChild().(awscdk.CfnResource)
	resource.AddPropertyOverride(jsii.String("ServiceTimeout"), awscdk.Lazy_UncachedAny(&setTimeout{s}, nil))
	s.last.order(resource)
	suppression.Add(s.answers.resource, suppression.StableFirst)
}

func (s *set) Report() *string  { return s.answers.attribute(contract.AttributeReport) }
func (s *set) Summary() *string { return s.answers.attribute(contract.AttributeSummary) }
func (s *set) LogURL() *string  { return s.answers.attribute(contract.AttributeLog) }

func (s *set) Evidence(claimID string) *string {
	s.evidence.add(s.described.All(), *s.Node().Path(), claimID)
	return s.answers.attribute(claimID)
}

func (s *set) Add(scope constructs.Construct, id, name string, props *Props) Verification {
	if err := check(props); err != nil {
		panic(err)
	}
	if props.Schedule != nil {
		panic(fmt.Errorf("Schedule: must be left out in a set, which is scheduled as a whole, got one for %s; give it to NewSet", name))
	}
	if props.SkipUnchanged {
		panic(fmt.Errorf("SkipUnchanged: must be left out in a set, got it for %s: the set has one for all", name))
	}
	name = s.freeName(name)
	functions, own := s.answers.shared.probers.at(props.VantagePoints)
	names := map[string]string{}
	for _, function := range functions {
		names[function.point] = s.point(function)
	}
	s.addControls(own, names)
	claims := slices.Clone(props.Claims)
	if len(props.VantagePoints) > 0 {
		claims = append(claims, s.answers.shared.probers.granted(props.Grant))
	}
	for i := range claims {
		if claims[i].From != "" {
			claims[i].From = names[claims[i].From]
		}
	}
	s.described.Members = append(s.described.Members, contract.Member{Name: name, Subject: props.Subject, Claims: claims})
	if s.props.TimeLimit == 0 {
		s.described.TimeLimit = max(s.described.TimeLimit, props.TimeLimit)
	}
	s.answers.shared.verifier.allow(known.StackID(known.Stack(s)), slices.Concat(claims, own), s.answers.shared.probers, functions)
	s.answers.shared.verifier.allowTime(s.described.TimeLimit)
	return newMember(s, scope, id, name)
}

// freeName is a name of letters and digits that no other member has.
func (s *set) freeName(wanted string) string {
	base := notID.ReplaceAllString(wanted, "")
	if base == "" {
		base = "Member"
	}
	base = base[:min(len(base), MaxPointName-2)]
	name := base
	for n := 2; slices.Contains(s.names, name); n++ {
		name = base + strconv.Itoa(n)
	}
	s.names = append(s.names, name)
	return name
}

// point is the set's name of a prober: the one that it has there already, or the
// member's if it is free.
func (s *set) point(function prober) string {
	for _, point := range s.points {
		if point.function.deployed == function.deployed {
			return point.name
		}
	}
	name := function.point
	base := name[:min(len(name), MaxPointName-2)]
	for n := 2; slices.ContainsFunc(s.points, func(p setPoint) bool { return p.name == name }); n++ {
		name = base + strconv.Itoa(n)
	}
	s.points = append(s.points, setPoint{name, function})
	s.described.VantagePoints[name] = function.arn
	return name
}

// addControls adds the claims about probers, each once. Network ACLs that one member
// declares are declared.
func (s *set) addControls(controls []proof.Claim, names map[string]string) {
	for _, control := range controls {
		kind := control.ID[len(control.From):]
		control.From = names[control.From]
		control.ID = control.From + kind
		at := slices.IndexFunc(s.described.Claims, func(c proof.Claim) bool { return c.ID == control.ID })
		if at < 0 {
			s.described.Claims = append(s.described.Claims, control)
			continue
		}
		known := &s.described.Claims[at]
		for _, acl := range control.NetworkACLs {
			if !slices.Contains(known.NetworkACLs, acl) {
				known.NetworkACLs = append(slices.Clip(known.NetworkACLs), acl)
			}
		}
	}
}

// encode is what the template will hold.
func (s *set) encode() (map[string]any, error) {
	if len(s.described.Members) == 0 {
		return nil, fmt.Errorf("%s: a set needs a member, got none", *s.Node().Path())
	}
	properties, err := s.complete().Encode()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", *s.Node().Path(), err)
	}
	return properties, nil
}

// complete is the set with all that has been added by now.
func (s *set) complete() contract.Properties {
	described := s.described
	described.Evidence = s.evidence.ids
	return described
}

// setProperty is a property of the resource.
type setProperty struct {
	set  *set
	name string
}

// Produce implements awscdk.IAnyProducer. JavaScript calls it: it must not panic.
func (p *setProperty) Produce(awscdk.IResolveContext) any {
	properties, err := p.set.encode()
	if err != nil {
		return nil // the validation has told of it
	}
	return properties[p.name]
}

// setTimeout is the time-out of the resource.
type setTimeout struct{ set *set }

// Produce implements awscdk.IAnyProducer. JavaScript calls it: it must not panic.
func (t *setTimeout) Produce(awscdk.IResolveContext) any {
	return strconv.Itoa(int(contract.ServiceTimeout(t.set.described.TimeLimit).Seconds()))
}

// setValidation refuses a set whose members do not go together.
type setValidation struct{ set *set }

// Validate implements constructs.IValidation. JavaScript calls it: it must not panic.
func (v *setValidation) Validate() *[]*string {
	if _, err := v.set.encode(); err != nil {
		return jsii.Strings(err.Error())
	}
	return &[]*string{}
}

// member is a verification as part of a set.
type member struct {
	constructs.Construct
	set  *set
	name string
}

// newMember makes the construct of a member. What depends on it waits for the set.
func newMember(s *set, scope constructs.Construct, id, name string) Verification {
	m := &member{set: s, name: name}
	constructs.NewConstruct_Override(m, scope, &id)
	constructs.Dependable_Implement(m, constructs.Dependable_Get(s))
	return m
}

func (m *member) Report() *string                 { return m.set.Report() }
func (m *member) Summary() *string                { return m.set.Summary() }
func (m *member) LogURL() *string                 { return m.set.LogURL() }
func (m *member) Evidence(claimID string) *string { return m.set.Evidence(m.name + claimID) }
