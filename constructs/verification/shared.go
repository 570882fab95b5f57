package verification

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/lazy"
)

// sharedID is the id of what the verifications of a stack share, below the stack.
const sharedID = "EndpointVerification"

// shared are the verifier and the probers of a stack. All its verifications use
// them, however many there are: what an endpoint adds is claims and one grant.
type shared struct {
	scope     constructs.Construct
	verifier  *verifier
	probers   *probers
	scheduled *scheduled // nil: the proofs end with the deployment
	nonce     *nonce     // nil: nobody has asked for it
}

// sharedBy are those of the stacks that have verifications. jsii is not safe for
// concurrent use; the lock is for apps that take turns.
var sharedBy = struct {
	sync.Mutex
	stacks map[awscdk.Stack]*shared
}{stacks: map[awscdk.Stack]*shared{}}

// sharedOf is what the verifications of a stack share, made when it is first
// asked for.
func sharedOf(stack awscdk.Stack) *shared {
	sharedBy.Lock()
	defer sharedBy.Unlock()
	if s, known := sharedBy.stacks[stack]; known {
		return s
	}
	scope := constructs.NewConstruct(stack, jsii.String(sharedID))
	functions, props := binaries(scope), configurationOf(stack)
	s := &shared{scope: scope, verifier: newVerifier(scope, props, functions.Verifier), probers: newProbers(scope, props, packed(functions.Prober))}
	sharedBy.stacks[stack] = s
	return s
}

// maxGrants is how many grants fit the policies of a role: 10,240 characters in
// all (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html), of
// which a grant takes up to 200.
const maxGrants = 45

// through are the endpoints through which the probers may make a call, by its action.
func (p *probers) through(action string) lazy.Set {
	action = strings.ToLower(action) // IAM does not tell them apart
	set, ok := p.endpoints[action]
	if !ok {
		set = lazy.NewSet()
		p.endpoints[action] = set
	}
	return set
}

// addGrant records a grant, unless the very same was recorded before.
func (p *probers) addGrant(grant Grant) {
	if slices.Contains(p.grants, grant) {
		return
	}
	if len(p.grants) == maxGrants {
		panic(fmt.Errorf("Grant: a stack's verifications can have at most %d, got one more for %s", maxGrants, grant.Action))
	}
	p.grants = append(p.grants, grant)
	p.through(grant.Action).Add(grant.Endpoint)
	p.allowCall(grant)
}
