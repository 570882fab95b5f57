package cloud

import (
	"net/netip"
	"sync"
	"time"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/vpc"
)

// Call is a call that was made, for comparison with the policies that allowed it.
type Call struct {
	// Time is the lab's.
	Time time.Time
	// Role is the ARN of the caller's role; empty for anonymous and presigned calls.
	Role string
	// Session is the name of the role's session.
	Session string
	// Service is the service that was asked, such as s3; Action and Resource what
	// had to be allowed. Action is empty for calls that need no permission.
	Service, Action, Resource string
	// Endpoint and VPC are the path's; empty from the internet. Source is the
	// caller's address.
	Endpoint, VPC string
	Source        netip.Addr
	// Allowed says whether the policies allowed it, Reason why not.
	Allowed bool
	Reason  string
	// Code is the error code of the answer; empty where it succeeded.
	Code string
}

// recorder keeps the calls in the order in which they ended.
type recorder struct {
	mu    sync.Mutex
	calls []Call
}

func (r *recorder) add(c Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
}

// Calls returns every call so far.
func (c *Cloud) Calls() []Call {
	c.calls.mu.Lock()
	defer c.calls.mu.Unlock()
	return append([]Call(nil), c.calls.calls...)
}

func (c *Cloud) describe(r *request, op *operation) Call {
	call := Call{
		Time: c.clock.Now(), Service: r.service.name, Action: op.action, Resource: op.resource,
		Endpoint: r.path.Endpoint, VPC: r.path.VPC, Source: r.path.Source,
	}
	if s := r.caller.session; s != nil {
		call.Role, call.Session = s.role, s.name
	}
	return call
}

// serviceAccount stands for the account of AWS's own by which presigned URLs
// are signed.
const serviceAccount = "999999999999"

// authorise decides on a request by the caller's policies, the policy of the
// path's endpoint and the resource's policy.
func (c *Cloud) authorise(r *request, op *operation) iam.Decision {
	if op.action == "" {
		return iam.Decision{Allowed: true}
	}
	q := iam.Request{Action: op.action, Resource: op.resource, Context: map[string][]string{
		"aws:SecureTransport": {boolText(r.TLS != nil)},
		"aws:RequestedRegion": {c.scope.Region},
		"aws:ResourceAccount": {c.scope.Account},
		"aws:ViaAWSService":   {"false"},
	}}
	set := func(key, value string) { q.Context[key] = []string{value} }
	for key, value := range op.context {
		set(key, value)
	}
	pathContext(r.path, set)
	var identity []iam.Policy
	switch {
	case r.caller.session != nil:
		identity = c.asSession(&q, r.caller.session)
	case r.caller.presigned != nil:
		// AWS's own account both signs the URL and owns the bucket.
		q.Account = serviceAccount
		q.Principal = awsid.Scope{Partition: c.scope.Partition, Account: serviceAccount}.Root()
		set("aws:PrincipalAccount", serviceAccount)
		set("aws:PrincipalArn", q.Principal)
		set("aws:ResourceAccount", serviceAccount)
		identity = []iam.Policy{{Version: "2012-10-17", Statements: []iam.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}}
	default:
		set("aws:PrincipalType", "Anonymous")
	}
	return iam.Evaluate(q, identity, c.endpointPolicy(r.path), op.policy)
}

// pathContext sets the condition keys about the path. Only one of
// aws:SourceIp and aws:VpcSourceIp is there
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
func pathContext(path vpc.Path, set func(key, value string)) {
	source := ""
	if path.Source.IsValid() {
		source = path.Source.String()
	}
	switch {
	case path.Endpoint != "":
		set("aws:SourceVpce", path.Endpoint)
		set("aws:SourceVpc", path.VPC)
		set("aws:VpcSourceIp", source)
	case source != "":
		set("aws:SourceIp", source)
	}
}

// endpointPolicy is the policy of the path's endpoint that is in effect; nil if
// there is no endpoint on the path. The network keeps the policy's text.
func (c *Cloud) endpointPolicy(path vpc.Path) *iam.Policy {
	if path.Endpoint == "" {
		return nil
	}
	e, err := c.network.Endpoint(path.Endpoint)
	if err != nil {
		return &iam.Policy{} // it was deleted meanwhile: nothing is allowed
	}
	c.endpoints.mu.Lock()
	defer c.endpoints.mu.Unlock()
	seen := c.endpoints.byID[e.ID]
	if seen == nil {
		seen = &endpointPolicy{}
		c.endpoints.byID[e.ID] = seen
	}
	now := c.clock.Now()
	if from := now; len(seen.versions) == 0 || seen.text != e.Policy {
		if len(seen.versions) == 0 {
			from = e.Created
		}
		seen.text = e.Policy
		seen.put(readEndpointPolicy(e.Policy), from.Add(c.faults.PolicyDelay))
	}
	if p := seen.at(now); p != nil {
		return p
	}
	return &iam.Policy{} // none has taken effect yet: nothing is allowed
}

// readEndpointPolicy reads a policy's text. What cannot be read allows nothing.
func readEndpointPolicy(text string) *iam.Policy {
	if text == "" {
		full := iam.FullAccess()
		return &full
	}
	p, err := iam.Parse(text)
	if err != nil {
		return &iam.Policy{}
	}
	return &p
}

// endpointPolicies are the policies of VPC endpoints by id, as they were seen.
type endpointPolicies struct {
	mu   sync.Mutex
	byID map[string]*endpointPolicy
}

type endpointPolicy struct {
	history
	text string // that was seen last
}

func (e *endpointPolicies) init() { e.byID = map[string]*endpointPolicy{} }

// history is a policy with its past, because a new one takes effect late. It
// has a lock of its own.
type history struct {
	mu       sync.Mutex
	versions []version
}

type version struct {
	policy *iam.Policy // nil: deleted
	from   time.Time
}

func (h *history) put(p *iam.Policy, from time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.versions = append(h.versions, version{p, from})
}

// at is the policy in effect at a time; nil for none.
func (h *history) at(now time.Time) *iam.Policy {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.versions) - 1; i >= 0; i-- {
		if !h.versions[i].from.After(now) {
			return h.versions[i].policy
		}
	}
	return nil
}

// last is the policy that was put last, in effect or not.
func (h *history) last() *iam.Policy {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.versions) == 0 {
		return nil
	}
	return h.versions[len(h.versions)-1].policy
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
