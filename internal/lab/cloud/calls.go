package cloud

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
)

// Call is a call that was made, for comparison with the policies that allowed it.
type Call struct {
	// Time is the lab's.
	Time time.Time
	// Role is the ARN of the caller's role; empty for anonymous and presigned calls.
	Role string
	// Session is the name of the role's session.
	Session string
	// Caller is the ARN of who calls, set for those who are told of the call.
	Caller string
	// Service is the service that was asked, such as s3; Action and Resource what
	// had to be allowed. Action is empty for calls that need no permission.
	Service, Action, Resource string
	// Endpoint and VPC are the path's; empty from the internet. Source is the
	// caller's address.
	Endpoint, VPC string
	Source        netip.Addr
	// Allowed reports whether the policies allowed it. Reason says why not.
	Allowed bool
	Reason  string
	// Parameters are the request's own texts, in the protocols that have them by name.
	Parameters map[string]string
	// Code is the error code of the answer; empty where it succeeded.
	Code string
}

// recorder keeps the calls in the order in which they ended.
type recorder struct {
	mu       sync.Mutex
	calls    []Call
	requests uint64
}

// requestID makes the id that AWS gives each request.
func (r *recorder) requestID() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	return awsid.UUID("request", strconv.FormatUint(r.requests, 10))
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

func (c *Cloud) describe(x *exchange, op *api.Operation) Call {
	call := Call{
		Time: c.clock.Now(), Service: x.service.Name, Action: op.Action, Resource: op.Resource,
		Endpoint: x.path.Endpoint, VPC: x.path.VPC, Source: x.path.Source,
	}
	if s := x.session; s != nil {
		call.Role, call.Session = s.Role, s.Name
	}
	for name, values := range x.Form {
		if name != "Action" && name != "Version" && !strings.Contains(name, ".") {
			if call.Parameters == nil {
				call.Parameters = map[string]string{}
			}
			call.Parameters[name] = values[0]
		}
	}
	return call
}

// reads are what the names of calls begin with that change nothing.
var reads = []string{"Describe", "List", "Get", "Head", "Search", "Lookup", "Filter", "Simulate", "Validate", "Estimate", "Detect", "BatchGet", "Query", "Scan", "Select", "Test"}

// tell tells of a call that was made from outside, if it changed something.
func (c *Cloud) tell(x *exchange, call Call) {
	_, name, _ := strings.Cut(call.Action, ":")
	if c.told == nil || !x.outside || call.Code != "" || name == "" || slices.ContainsFunc(reads, func(verb string) bool { return strings.HasPrefix(name, verb) }) {
		return
	}
	call.Caller = x.Caller.ARN
	c.told(call)
}
