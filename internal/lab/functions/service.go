package functions

import (
	"context"
	"crypto/x509"
	"net/http"
	"slices"
	"strings"
	"sync"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/proof"
)

// Options describe a Lambda service.
type Options struct {
	// Scope is the Region and account that the functions belong to. Required.
	Scope awsid.Scope
	// Clock passes the time of timeouts and retries. Required.
	Clock proof.Clock
	// Roots are the certificate authorities that the functions trust.
	Roots *x509.CertPool
	// RootsPEM are Roots as text.
	RootsPEM []byte
	// Concurrency is how many invocations of all functions may run at once; further ones
	// are throttled. An account has 1,000, a new one may have 10
	// (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). Default: 1,000.
	Concurrency int
	// OnLog is called with every line that a function logs. Optional.
	OnLog func(c Config, line Line)
	// Fault decides what goes wrong with an invocation. Default: nothing.
	Fault func(Invocation) Fault
}

// Service keeps the functions of one account in one Region. It is safe for
// concurrent use.
type Service struct {
	Options
	ctx    context.Context
	cancel context.CancelFunc
	// work counts what runs: invocations and waiting events.
	work sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	functions map[string]*function
	qualified map[string]bool // versions and aliases, as NAME:QUALIFIER
	running   int             // invocations
	streams   int
	requests  int
	logs      map[string][]Line
	policies  map[string]map[string]Permission // by the ARN of a function, a version or an alias, and by statement
	events    map[string]EventConfig           // by such an ARN
}

// New makes a service without functions.
func New(o Options) *Service {
	if o.Concurrency == 0 {
		o.Concurrency = 1000
	}
	s := &Service{Options: o, functions: map[string]*function{}, qualified: map[string]bool{}, logs: map[string][]Line{}, policies: map[string]map[string]Permission{}, events: map[string]EventConfig{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Close cuts off all invocations and waits for their ends.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.work.Wait()
}

// ARN returns the ARN of the function with this name.
func (s *Service) ARN(name string) string {
	return s.Scope.ARN("lambda", "function:"+name)
}

// Create makes a function and returns its ARN.
func (s *Service) Create(c Config) (string, error) {
	f, err := s.start(c)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, exists := s.functions[c.Name]; exists {
		f.cancel()
		return "", awserr.WithStatus(http.StatusConflict, "ResourceConflictException", "Function already exist: %s", c.Name)
	}
	s.functions[c.Name] = f
	return f.arn, nil
}

// Update gives a function new code, configuration and networks. Invocations that
// are under way end with the old ones.
func (s *Service) Update(c Config) error {
	f, err := s.start(c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.find(c.Name)
	if err != nil {
		f.cancel()
		return err
	}
	f.cancel()
	f.ctx, f.cancel = old.ctx, old.cancel // deletion ends both
	s.functions[c.Name] = f
	old.retired = true
	if old.running == 0 {
		old.leave()
	}
	return nil
}

// Delete removes a function and cuts off its invocations.
func (s *Service) Delete(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(name)
	if err != nil {
		return err
	}
	f.cancel()
	f.leave()
	delete(s.functions, f.Name)
	s.forget(f.arn)
	return nil
}

// ConfigureEvents configures the retries of failed asynchronous invocations of a function,
// of one of its versions or of an alias. The zero value restores the defaults.
func (s *Service) ConfigureEvents(nameOrARN string, c EventConfig) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.find(nameOrARN); err != nil {
		return err
	}
	s.events[s.qualifiedARN(nameOrARN)] = c
	return nil
}

// Config returns the configuration of a function, its defaults filled in. The error is an *[awserr.Error] if there is none of this name or ARN.
func (s *Service) Config(nameOrARN string) (Config, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(nameOrARN)
	if err != nil {
		return Config{}, err
	}
	return f.Config, nil
}

// Pending reports whether a function cannot be invoked yet.
func (s *Service) Pending(nameOrARN string) bool {
	c, err := s.Config(nameOrARN)
	return err == nil && s.Clock.Now().Before(c.Active)
}

// Names returns the names of all functions, sorted.
func (s *Service) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.functions))
	for name := range s.functions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Qualify makes a version or an alias of a function, which is the function itself, and
// Unqualify deletes it. The ARN is the function's with the qualifier at its end.
func (s *Service) Qualify(nameOrARN, qualifier string) (arn string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(nameOrARN)
	if err != nil {
		return "", err
	}
	if s.qualified[f.Name+":"+qualifier] {
		return "", awserr.WithStatus(http.StatusConflict, "ResourceConflictException", "%s already exists: %s", qualifier, f.Name)
	}
	s.qualified[f.Name+":"+qualifier] = true
	return s.ARN(f.Name) + ":" + qualifier, nil
}

// Unqualify deletes a version or an alias by its ARN.
func (s *Service) Unqualify(arn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.qualified, strings.TrimPrefix(arn, s.ARN("")))
}

// find returns a function by its name or ARN, with a qualifier or without. The caller holds
// the lock.
func (s *Service) find(nameOrARN string) (*function, error) {
	name := strings.TrimSuffix(nameOrARN, ":$LATEST")
	name = strings.TrimPrefix(name, s.ARN(""))
	if s.qualified[name] {
		name, _, _ = strings.Cut(name, ":")
	}
	if f, ok := s.functions[name]; ok {
		return f, nil
	}
	return nil, awserr.WithStatus(http.StatusNotFound, "ResourceNotFoundException", "Function not found: %s", nameOrARN)
}
