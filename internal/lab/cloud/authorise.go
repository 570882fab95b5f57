package cloud

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/vpc"
)

// serviceAccount stands for AWS's own account, which signs the presigned URLs.
const serviceAccount = "999999999999"

// authorise decides on a request by the caller's policies, the policy of the
// path's endpoint and the resource's policy.
func (c *Cloud) authorise(x *exchange, op *api.Operation) iam.Decision {
	if op.Action == "" {
		return iam.Decision{Allowed: true}
	}
	q := iam.Request{Action: op.Action, Resource: op.Resource, Context: map[string][]string{
		"aws:SecureTransport": {api.Bool(x.TLS != nil)},
		"aws:RequestedRegion": {c.scope.Region},
		"aws:ResourceAccount": {c.scope.Account},
		"aws:ViaAWSService":   {"false"},
	}}
	set := func(key, value string) { q.Context[key] = []string{value} }
	for key, value := range op.Keys {
		set(key, value)
	}
	now := c.clock.Now().UTC()
	set("aws:CurrentTime", now.Format(time.RFC3339))
	set("aws:EpochTime", strconv.FormatInt(now.Unix(), 10))
	for key, header := range map[string]string{"aws:UserAgent": "User-Agent", "aws:Referer": "Referer"} {
		if value := x.Header.Get(header); value != "" {
			set(key, value)
		}
	}
	pathContext(x.path, set)
	var identity []iam.Policy
	switch {
	case x.session != nil:
		identity = c.Roles.SignIn(x.session, &q)
	case x.Caller.Instance != "":
		if !op.ByInstance {
			return iam.Decision{Reason: "because the request carries an instance's identity and no credentials"}
		}
		// Which stack it may ask about is the service's to decide; the endpoint's policy
		// sees a caller of the account.
		q.Principal = awsid.Scope{Partition: c.scope.Partition, Account: c.scope.Account}.Root()
		q.Account = c.scope.Account
		identity = []iam.Policy{{Version: "2012-10-17", Statements: []iam.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}}
	case x.Caller.Presigned:
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
	evaluate := iam.Evaluate
	if op.Assumes {
		evaluate = iam.EvaluateTrust
	}
	decision := evaluate(q, identity, c.endpointPolicy(x.path), op.Policy)
	if x.session == nil {
		return decision
	}
	if decision = c.bound(decision, x.session.Role, q); !decision.Allowed || op.Passes == "" {
		return decision
	}
	q.Action, q.Resource = "iam:PassRole", op.Passes
	set("iam:PassedToService", op.PassedTo)
	return c.bound(iam.Evaluate(q, identity, c.endpointPolicy(x.path), nil), x.session.Role, q)
}

// bound denies what the role's permissions boundary does not allow.
func (c *Cloud) bound(decision iam.Decision, role string, q iam.Request) iam.Decision {
	boundary := c.Roles.Boundary(role)
	if boundary == nil || !decision.Allowed {
		return decision
	}
	if bounded := iam.Evaluate(q, []iam.Policy{*boundary}, nil, nil); !bounded.Allowed {
		bounded.Reason = "permissions boundary: " + bounded.Reason
		return bounded
	}
	return decision
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
	e, err := c.privateLink.Endpoint(path.Endpoint)
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
	if from := now; seen.IsNew() || seen.text != e.Policy {
		if seen.IsNew() {
			from = e.Created
		}
		seen.text = e.Policy
		seen.Put(readEndpointPolicy(e.Policy), from.Add(c.faults.PolicyDelay))
	}
	if p := seen.At(now); p != nil {
		return p
	}
	return &iam.Policy{} // none has taken effect yet: nothing is allowed
}

// readEndpointPolicy parses a policy. A text that is no policy allows nothing.
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
	iam.History
	text string // that was seen last
}

// Authorize decides on a call that an AWS service makes with a role, such as
// Lambda making network interfaces, and records it. resource is an ARN
// or "*"; context may be nil.
func (c *Cloud) Authorize(roleARN, action, resource string, context map[string]string) iam.Decision {
	service, _, _ := strings.Cut(action, ":")
	q := iam.Request{Action: action, Resource: resource, Context: map[string][]string{
		"aws:RequestedRegion": {c.scope.Region},
		"aws:ResourceAccount": {c.scope.Account},
		"aws:SecureTransport": {"true"},
		"aws:ViaAWSService":   {"true"},
	}}
	identity := c.Roles.SignIn(&roles.Session{Role: roleARN, Name: "service"}, &q)
	for key, value := range context {
		q.Context[key] = []string{value}
	}
	d := c.bound(iam.Evaluate(q, identity, nil, nil), roleARN, q)
	call := Call{Time: c.clock.Now(), Role: roleARN, Service: service, Action: action, Resource: resource, Allowed: d.Allowed, Reason: d.Reason}
	if !d.Allowed {
		call.Code = "AccessDenied"
	}
	c.calls.add(call)
	return d
}
