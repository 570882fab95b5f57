package labtest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/resources"
)

// limit bounds one deployment, by the wall's clock.
const limit = 10 * time.Minute

// Lab is stacks that are deployed.
type Lab struct {
	t testing.TB
	*state
}

// state is what the Labs of [Lab.For] share.
type state struct {
	lab *deployment.Lab

	running sync.Mutex // guards waiting
	waiting int        // how many calls the clock runs for

	looking sync.Mutex // one probe's preparations at a time: it may put hosts into subnets
	last    []deployment.Stack
}

// Deploy deploys an assembly: the directory that `cdk synth` leaves, or what [Synth]
// returns. It waits until what AWS has late is there: endpoints answer, policies are in
// effect, the instances' user data has ended, and targets are healthy. If a stack is
// refused or fails, the test fails and ends. The lab ends with the test.
func Deploy(t testing.TB, assembly string, options ...Option) *Lab {
	t.Helper()
	o := collect(options)
	l := open(t, o)
	if reason := l.deploy(assembly, o); reason != "" {
		l.t.Fatalf("the deployment failed: %s", reason)
	}
	return l
}

// DeployFails deploys an assembly that must not deploy: a stack is refused, or fails and
// is rolled back, and the reason contains a text. If it deploys, or the reason is another
// one, the test fails and ends.
func DeployFails(t testing.TB, assembly, reason string, options ...Option) *Lab {
	t.Helper()
	o := collect(options)
	l := open(t, o)
	l.fails(assembly, reason, o)
	return l
}

// Update deploys a further assembly into the same lab: it updates the stacks that exist,
// creates those that do not, and leaves all others alone. If a stack is refused or its
// update fails, the test fails and ends.
func (l *Lab) Update(assembly string, options ...Option) {
	l.t.Helper()
	if reason := l.deploy(assembly, collect(options)); reason != "" {
		l.t.Fatalf("the update failed: %s", reason)
	}
}

// UpdateFails is [Lab.Update] for an assembly that must not deploy, as with [DeployFails].
func (l *Lab) UpdateFails(assembly, reason string, options ...Option) {
	l.t.Helper()
	l.fails(assembly, reason, collect(options))
}

// Destroy deletes all stacks. The test fails if a deletion fails, or if anything is left
// that the templates do not say is to be retained.
func (l *Lab) Destroy() {
	l.t.Helper()
	defer l.run()()
	ctx, cancel := context.WithTimeout(l.t.Context(), limit)
	defer cancel()
	l.forgetAdministrators()
	for _, d := range l.lab.Delete(ctx) {
		if d.Err != nil {
			l.t.Errorf("%s: %v", d.ID, d.Err)
		}
	}
	if err := l.lab.Left(); err != nil {
		l.t.Error(err)
	}
}

// For returns the lab for a subtest: what fails, fails t.
func (l *Lab) For(t testing.TB) *Lab { return &Lab{t, l.state} }

// open makes a lab that ends with the test.
func open(t testing.TB, o options) *Lab {
	t.Helper()
	if err := cfn.CheckEnvironment(o.lab.Account, o.lab.Region); err != nil {
		t.Fatal(err)
	}
	l := &Lab{t, &state{lab: deployment.New(o.lab)}}
	l.lab.Clock().Pause()
	t.Cleanup(func() {
		defer l.run()()
		if err := l.lab.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// run lets the lab's clock run until stop is called.
func (s *state) run() (stop func()) {
	s.running.Lock()
	defer s.running.Unlock()
	if s.waiting++; s.waiting == 1 {
		s.lab.Clock().Resume()
	}
	return sync.OnceFunc(func() {
		s.running.Lock()
		defer s.running.Unlock()
		if s.waiting--; s.waiting == 0 {
			s.lab.Clock().Pause()
		}
	})
}

// deploy deploys an assembly and returns why that failed; empty: it did not.
func (l *Lab) deploy(assembly string, o options) (reason string) {
	l.t.Helper()
	for _, name := range o.lab.Accept {
		if err := resources.Acceptable(name); err != nil {
			l.t.Fatalf("Accept: %v", err)
		}
	}
	read, err := cfn.ReadAssembly(assembly)
	if err != nil {
		l.t.Fatal(err)
	}
	stacks, err := deployment.Choose(read, o.stacks)
	if err == nil {
		err = deployment.SetParameters(stacks, o.parameters)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	for _, s := range stacks {
		for _, note := range s.Notes {
			l.t.Log(note)
		}
	}
	defer l.run()()
	ctx, cancel := context.WithTimeout(l.t.Context(), limit)
	defer cancel()
	if l.last, err = l.lab.Deploy(ctx, stacks); err != nil {
		return err.Error()
	}
	l.lab.Settle(ctx, l.last)
	var reasons []string
	for _, s := range l.last {
		if why := s.Reason(); why != "" {
			reasons = append(reasons, why)
		}
		for _, warning := range s.Warnings {
			if o.strict {
				l.t.Errorf("%s: %s", s.ID, warning)
			} else {
				l.t.Logf("%s: %s", s.ID, warning)
			}
		}
	}
	return strings.Join(reasons, "\n")
}

// fails deploys an assembly that must not deploy.
func (l *Lab) fails(assembly, want string, o options) {
	l.t.Helper()
	switch got := l.deploy(assembly, o); {
	case got == "":
		l.t.Fatalf("it deployed, and should have failed with %q", want)
	case !strings.Contains(got, want):
		l.t.Fatalf("it failed as it should, but the reason does not say %q:\n%s", want, got)
	}
}

// fatal ends the test because a name is wrong.
func (l *Lab) fatal(err error) {
	l.t.Helper()
	l.t.Fatal(fmt.Errorf("labtest: %w", err))
}
