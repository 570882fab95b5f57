package cloud

import (
	"net/netip"
	"strconv"
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
	return call
}
