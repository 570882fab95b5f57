package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/template"
	"provenendpoints/proof"
)

// ResourceType is the type of the custom resource.
const ResourceType = template.ProofType

// Properties are those of a Custom::EndpointProof.
type Properties struct {
	// Subject describes what is verified, for people, such as "gateway endpoint
	// to S3". Required.
	Subject string
	// TimeLimit is how long a claim that does not hold is measured again before
	// it is judged, from [MinTimeLimit] to [MaxTimeLimit] in whole seconds. It ends
	// earlier where facts refute a claim for good ([proof.FactsSettle]).
	// Default: [DefaultTimeLimit].
	TimeLimit time.Duration
	// VantagePoints are the ARNs of the probers' functions by the name of the
	// vantage point. Default: none, for claims that facts alone decide.
	VantagePoints map[string]string
	// Claims are what must be true. Required, at least one.
	Claims []proof.Claim
	// Members are things that are verified together, each with claims of its own.
	// Default: none.
	Members []Member
	// Evidence are the ids of those claims, of all of them, whose evidence is wanted:
	// the resource has an attribute for each. Default: none.
	Evidence []string
	// Stacks are digests of the stack and of those that it depends on, by name. The
	// verifier does not read them: CloudFormation runs the verification again when
	// one changes. Default: none.
	Stacks any
	// Run is any value. A change of it, too, runs the verification again.
	// Default: none.
	Run any
	// Nonce differs in every update of the stack, so that CloudFormation runs the
	// verification in each, whatever it changes. The verifier does not read it. Default:
	// none; only what else differs runs it again.
	Nonce any
	// NonceParameter is the name of the parameter of Systems Manager in which the next
	// update finds its Nonce: the verifier writes another one there in every run.
	// Required with Nonce.
	NonceParameter string
	// Set names the set that the verification goes on with after the deployment, for its
	// metrics. Default: none; it does not go on.
	Set string
}

// table holds every property that the constructs write: how it travels, and
// what it must be.
var table = []property{
	of("Subject", text, func(p *Properties) *string { return &p.Subject }, checkSubject),
	of("TimeLimit", seconds, func(p *Properties) *time.Duration { return &p.TimeLimit }, checkTimeLimit),
	of("VantagePoints", functions, func(p *Properties) *map[string]string { return &p.VantagePoints }, checkVantagePoints),
	of(membersProperty, memberList, func(p *Properties) *[]Member { return &p.Members }, checkMembers),
	// After the members, whose claims are checked with all others.
	of(claimsProperty, claimList, func(p *Properties) *[]proof.Claim { return &p.Claims }, checkClaims),
	of(evidenceProperty, texts, func(p *Properties) *[]string { return &p.Evidence }, checkEvidence),
	of("Stacks", opaque, func(p *Properties) *any { return &p.Stacks }, nil),
	of("Run", opaque, func(p *Properties) *any { return &p.Run }, nil),
	of("Nonce", opaque, func(p *Properties) *any { return &p.Nonce }, nil),
	of("NonceParameter", optional(text), func(p *Properties) *string { return &p.NonceParameter }, checkNonce),
	of("Set", optional(text), func(p *Properties) *string { return &p.Set }, nil),
}

// Names are the names of all properties that the constructs write.
func Names() []string {
	names := []string{countProperty, callProperty}
	for _, property := range table {
		names = append(names, property.name)
	}
	return names
}

// countProperty holds the number of the claims. It travels with them, so that a
// claim that gets lost on the way into or out of the template is noticed.
const (
	claimsProperty   = "Claims"
	membersProperty  = "Members"
	countProperty    = "Count"
	evidenceProperty = "Evidence"
)

// cloudFormations are the properties that CloudFormation itself reads
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html).
var cloudFormations = []string{"ServiceToken", "ServiceTimeout"}

// Encode returns the properties as the template holds them: plain objects with
// every scalar a string, as CloudFormation would hand them over. Stacks, Run and Nonce
// stay as they are. It fails as [Properties.Validate] does.
func (p Properties) Encode() (map[string]any, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	p.TimeLimit = timeLimit(p.TimeLimit)
	raw := map[string]any{countProperty: fmt.Sprint(len(p.All()))}
	for _, property := range table {
		if value := property.encode(&p); value != nil {
			raw[property.name] = value
		}
	}
	shareCall(raw)
	return raw, nil
}

// Decode reads the properties of a resource as CloudFormation hands them over.
// It is strict: a misspelled property would otherwise weaken the proof silently.
// The error is one line; it names every property that is wrong, what it must be
// and what was received.
func Decode(raw map[string]any) (Properties, error) {
	var p Properties
	var errs []error
	for _, property := range table {
		value := raw[property.name]
		if property.name == claimsProperty {
			value = ClaimsOf(raw)
		}
		err := property.decode(&p, value)
		if err == nil {
			err = property.check(p)
		}
		errs = append(errs, err)
	}
	errs = append(errs, checkCount(raw), checkLast(p), checkCall(raw), checkNames(raw))
	if err := errors.Join(errs...); err != nil {
		return Properties{}, oneLine(err)
	}
	p.TimeLimit = timeLimit(p.TimeLimit)
	return p, nil
}

// Validate reports everything that is wrong with the properties, one error per
// line. Texts that hold tokens of CDK count as set and are not looked into.
func (p Properties) Validate() error {
	var errs []error
	for _, property := range table {
		errs = append(errs, property.check(p))
	}
	return errors.Join(errs...)
}

// checkCount compares the number of claims with the one that was declared, if
// there is one.
func checkCount(raw map[string]any) error {
	list, _ := raw[claimsProperty].([]any)
	total := len(list)
	members, _ := raw[membersProperty].([]any)
	for _, member := range members {
		object, _ := member.(map[string]any)
		claims, _ := ungrouped(object[claimsProperty]).([]any)
		total += len(claims)
	}
	if count, declared := raw[countProperty]; declared && fmt.Sprint(count) != fmt.Sprint(total) {
		return fmt.Errorf("%s: must be the number of claims, which is %d, got %s; a claim was lost or added on the way",
			countProperty, total, show(count))
	}
	return nil
}

// checkLast wants the claim that the proof has the last word on its stack, wherever there
// are digests of stacks: the constructs write both. Without that claim nobody would compare
// the others with those that were synthesized.
func checkLast(p Properties) error {
	if p.Stacks == nil || len(p.Claims) == 0 || slices.ContainsFunc(p.Claims, func(c proof.Claim) bool { return c.Kind == proof.Last }) {
		return nil
	}
	return fmt.Errorf("%s: must include one of the kind %s where there are Stacks, got none; it was lost on the way", claimsProperty, proof.Last)
}

// checkNames refuses properties that do not exist.
func checkNames(raw map[string]any) error {
	known := Names()
	slices.Sort(known)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if !slices.Contains(known, name) && !slices.Contains(cloudFormations, name) {
			errs = append(errs, fmt.Errorf("%s: unknown property, must be one of %s", printable(name), strings.Join(known, ", ")))
		}
	}
	return errors.Join(errs...)
}
