package cloud

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/proof"
)

// routes are the services by name.
type routes struct {
	mu     sync.Mutex
	byName map[string]api.Service
}

func (r *routes) set(s api.Service) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byName == nil {
		r.byName = map[string]api.Service{}
	}
	r.byName[s.Name] = s
}

func (r *routes) get(name string) (api.Service, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.byName[name]
	return s, ok
}

// Handle registers services at their endpoints. It panics if the Region has no
// endpoint of that name, or one of another protocol: these are mistakes in the
// program.
func (c *Cloud) Handle(services ...api.Service) {
	for _, s := range services {
		if at, ok := c.routes.get(s.Name); !ok || at.Protocol != s.Protocol {
			panic(fmt.Sprintf("cloud: no endpoint for service %q with its protocol", s.Name))
		}
		c.routes.set(s)
	}
}

// Protocol is the protocol of the service with the name. It panics if the Region has
// no endpoint of that name.
func (c *Cloud) Protocol(name string) api.Protocol {
	service, ok := c.routes.get(name)
	if !ok {
		panic(fmt.Sprintf("cloud: no endpoint for service %q", name))
	}
	return service.Protocol
}

// exchange is a request on its way to becoming an answer.
type exchange struct {
	*api.Request
	service api.Service
	path    vpc.Path
	// session is the caller's; nil for anonymous and presigned requests.
	session *roles.Session
	// outside is true for a request of a client outside of the lab.
	outside bool
}

// The limits of what is read of a request, in bytes. Lambda's 6 MB is the largest limit
// of the services but for S3, whose objects the lab keeps in memory.
const (
	maxBody   = 8 << 20
	maxObject = 512 << 20
)

// limit is the limit of a service.
func limit(s api.Service) int64 {
	if s.Protocol == api.RESTXML {
		return maxObject
	}
	return maxBody
}

// handler answers with the service that is registered at the time.
func (c *Cloud) handler(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		service, _ := c.routes.get(name)
		x := &exchange{Request: &api.Request{Request: hr, ID: c.calls.requestID()}, service: service}
		x.path, _ = hr.Context().Value(pathKey{}).(vpc.Path)
		c.serveExchange(w, x)
	})
}

// serveExchange answers one request.
func (c *Cloud) serveExchange(w http.ResponseWriter, x *exchange) {
	answer, err := c.answer(x)
	if err != nil {
		answer = x.service.Protocol.Error(x.Request, awserr.From(err))
	}
	if answer == nil { // a fault cuts the connection
		panic(http.ErrAbortHandler)
	}
	c.write(w, x, answer)
}

// write sends an answer with the headers that every answer of AWS's has.
func (c *Cloud) write(w http.ResponseWriter, x *exchange, answer *api.Reply) {
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	if x.service.Protocol == api.RESTXML {
		w.Header().Set("x-amz-request-id", x.ID)
		w.Header().Set("Server", "AmazonS3")
	} else {
		w.Header().Set("x-amzn-RequestId", x.ID)
	}
	now := c.clock.Now()
	if x.outside { // SDKs take a difference from their own clock for an error of it
		now = proof.SystemClock().Now()
	}
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Length", strconv.Itoa(len(answer.Body)))
	status := answer.Status
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	if x.Method != http.MethodHead {
		_, _ = w.Write(answer.Body) // a client that is gone needs no answer
	}
}

// answer authenticates, routes, authorises and runs a request. Both results are
// nil where the connection is to be cut.
func (c *Cloud) answer(x *exchange) (*api.Reply, error) {
	var err error
	if x.Body, err = io.ReadAll(io.LimitReader(x.Request.Request.Body, limit(x.service)+1)); err != nil {
		return nil, awserr.New("IncompleteBody", "the request's body ended early")
	}
	if int64(len(x.Body)) > limit(x.service) {
		return nil, awserr.WithStatus(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "the request's body is too large")
	}
	if err := c.authenticate(x); err != nil {
		return nil, err
	}
	op, err := x.service.Route(x.Request)
	if err != nil {
		return nil, err
	}
	call := c.describe(x, op)
	if c.faults.Call != nil {
		fault := c.faults.Call(call)
		c.wait(x.Context(), fault.Delay)
		if fault.Cut || fault.Code != "" {
			call.Allowed, call.Code, call.Reason = false, fault.Code, "fault"
			c.calls.add(call)
		}
		if fault.Cut {
			return nil, nil
		}
		if fault.Code != "" {
			return nil, awserr.WithStatus(max(fault.Status, http.StatusBadRequest), fault.Code, "%s", fault.Message)
		}
	}
	decision := c.authorise(x, op)
	call.Allowed, call.Reason = decision.Allowed, decision.Reason
	if decision.Unknown != "" {
		call.Code = "NotImplemented"
		c.calls.add(call)
		return nil, awserr.WithStatus(http.StatusNotImplemented, call.Code, "the lab cannot tell whether AWS allows %s on %s: it does not know the condition key %s, which decides", op.Action, op.Resource, decision.Unknown)
	}
	if !decision.Allowed {
		denial := x.service.Protocol.Denied(x.Request, op, decision.Reason)
		call.Code = awserr.Code(denial)
		c.calls.add(call)
		return nil, denial
	}
	if x.outside {
		defer c.work()()
	}
	done, err := op.Run(x.Context())
	if err != nil {
		call.Code = awserr.From(err).Code
	}
	c.calls.add(call)
	c.tell(x, call)
	return done, err
}
