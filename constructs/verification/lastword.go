package verification

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/known"
	"provenendpoints/internal/lazy"
	"provenendpoints/internal/rendering"
	"provenendpoints/internal/template"
	"provenendpoints/proof"
)

// lastWord gives the proofs of a stack the last word on it: they run after
// everything that could change who reaches whom, and again whenever anything
// changes.
//
// It reads the stack's template while CDK writes it. So it sees routes, rules
// and statements that are added after the construct, in other constructs and by
// escape hatches, and it asks nobody to list what a proof rests on.
type lastWord struct {
	stack    awscdk.Stack
	rendered map[awscdk.Stack]*template.Template
	// What every proof of the stack has in the same way, as tokens: its DependsOn, the
	// digests of the stack and of those of the same app that it depends on, and the digest
	// of the stack alone.
	// What its proofs say has a digest as well.
	dependencies, digests, digest, said string
	// proofs are the resources of the proofs, in the order in which they were made.
	proofs []awscdk.CfnResource
}

// maxAtOnce is how many proofs of a stack run at a time. Each has a verifier running
// for as long as it lasts, and needs probers besides. A new account runs ten functions
// at a time (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html): ten
// verifiers would wait for each other's probers until their time is over.
const maxAtOnce = 4

// lastWords are those of the stacks that have proofs. jsii is not safe for
// concurrent use; the lock is for apps that take turns.
var lastWords = struct {
	sync.Mutex
	of map[awscdk.Stack]*lastWord
}{of: map[awscdk.Stack]*lastWord{}}

// lastWordOf is the one lastWord of a stack, made when it is first asked for.
func lastWordOf(stack awscdk.Stack) *lastWord {
	lastWords.Lock()
	defer lastWords.Unlock()
	word, ok := lastWords.of[stack]
	if !ok {
		word = &lastWord{stack: stack, rendered: map[awscdk.Stack]*template.Template{}}
		word.dependencies = lazy.Written(stack, word.awaited)
		word.digests = lazy.Written(stack, word.allDigests)
		word.digest = lazy.Written(stack, word.ownDigest)
		word.said = lazy.Written(stack, word.proofsDigest)
		lastWords.of[stack] = word
		stack.Node().AddValidation(word)
	}
	return word
}

// Validate implements constructs.IValidation: it refuses what waits for a proof
// and could change what was proved. CDK calls it before it writes any template,
// so what was rendered for an earlier synthesis is forgotten. JavaScript calls it: it must not
// panic.
func (l *lastWord) Validate() *[]*string {
	clear(l.rendered)
	// Not kept: the synthesizer of the stack is still to add its own parts.
	rendered, err := rendering.Of(l.stack)
	if err != nil {
		return jsii.Strings(err.Error())
	}
	unseen := rendered.Unseen(contract.ResourceType)
	found := []*string{}
	for _, id := range slices.Sorted(maps.Keys(unseen)) {
		found = append(found, jsii.String(fmt.Sprintf(
			"%s waits for the proof, which could not see it: %s; let it not depend on the verification, and the proof will wait for it", id, unseen[id])))
	}
	return &found
}

// render is a stack's template, rendered once while the templates are written.
func (l *lastWord) render(stack awscdk.Stack) (*template.Template, error) {
	if rendered := l.rendered[stack]; rendered != nil {
		return rendered, nil
	}
	rendered, err := rendering.Of(stack)
	if err == nil {
		l.rendered[stack] = rendered
	}
	return rendered, err
}

// awaited is the DependsOn of a proof: all that could change who reaches whom, and
// does not wait for a proof itself, and the proofs' functions.
func (l *lastWord) awaited() (any, error) {
	rendered, err := l.render(l.stack)
	if err != nil {
		return nil, err
	}
	awaited := append(rendered.Awaited(contract.ResourceType), rendered.Functions(contract.ResourceType)...)
	slices.Sort(awaited)
	return rendered.Ends(slices.Compact(awaited)), nil
}

// after is the DependsOn of a proof that runs after an earlier one: that one alone, which
// waits for all that this one would wait for. If the earlier one has a condition, it may
// not be there, and nobody would wait for anything.
func (l *lastWord) after(earlier string) (any, error) {
	rendered, err := l.render(l.stack)
	if err != nil {
		return nil, err
	}
	if _, conditional := rendered.Resource(earlier)["Condition"]; conditional {
		awaited, err := l.awaited()
		return append(awaited.([]string), earlier), err
	}
	return []string{earlier}, nil
}

// order gives a proof its DependsOn: from the fifth on, an earlier proof.
func (l *lastWord) order(proof awscdk.CfnResource) {
	l.proofs = append(l.proofs, proof)
	dependencies := l.dependencies
	if n := len(l.proofs); n > maxAtOnce {
		earlier, _ := l.stack.Resolve(l.proofs[n-1-maxAtOnce].LogicalId()).(string)
		dependencies = lazy.Written(l.stack, func() (any, error) { return l.after(earlier) })
	}
	proof.AddOverride(jsii.String("DependsOn"), dependencies)
}

// allDigests are the digests of the stack and of those of the same app that it
// depends on, by their paths. A change in any of them is a change of the proof,
// and so CloudFormation runs the proof again when it deploys the stack.
func (l *lastWord) allDigests() (any, error) {
	digests := map[string]any{}
	for _, stack := range append([]awscdk.Stack{l.stack}, *l.stack.Dependencies()...) {
		rendered, err := l.render(stack)
		if err != nil {
			return nil, err
		}
		digests[known.Path(stack)] = rendered.Digest(contract.ResourceType)
	}
	return digests, nil
}

// ownDigest is the digest of the stack alone, as text.
func (l *lastWord) ownDigest() (any, error) {
	rendered, err := l.render(l.stack)
	if err != nil {
		return nil, err
	}
	return rendered.Digest(contract.ResourceType), nil
}

// proofsDigest is the digest of what the proofs of the stack say, as text.
func (l *lastWord) proofsDigest() (any, error) {
	rendered, err := l.render(l.stack)
	if err != nil {
		return nil, err
	}
	return rendered.ProofsDigest(), nil
}

// claim is the claim that the proof has the last word on its stack.
func (l *lastWord) claim() proof.Claim {
	return proof.Claim{ID: "Last", Kind: proof.Last, Stack: known.StackID(l.stack), Digest: l.digest, Proofs: l.said}
}
