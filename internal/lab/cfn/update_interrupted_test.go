package cfn

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// often repeats what depends on the order in which goroutines happen to run.
func often(f func()) {
	for range 30 {
		f()
	}
}

func TestInterruptedUpdateLosesNothing(t *testing.T) {
	t.Parallel()
	often(func() {
		b := newHarness(t)
		b.must(things(aThing("Z", `{"Fixed":"1"}`), aThing("B", `{"Z":{"Ref":"Z"}}`)))
		b.world.begun = make(chan string, 10)
		b.world.holds["update B"] = make(chan struct{})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() {
			_, err := b.Deploy(ctx, Stack{Name: "S", Template: []byte(things(aThing("Z", `{"Fixed":"2"}`), aThing("B", `{"Z":{"Ref":"Z"}}`)))})
			done <- err
		}()
		<-b.world.begun
		<-b.world.begun
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if s, _ := b.Stack("S"); s.Status != UpdateFailed || len(b.world.ids()) != 3 {
			t.Errorf("%+v, %v", s, b.world.ids())
		}
		if _, err := b.Delete(context.Background(), "S"); err != nil || len(b.world.ids()) != 0 {
			t.Errorf("%v, left %v", err, b.world.ids())
		}
	})
}

func TestDeletionAfterARollbackKeepsTheOrder(t *testing.T) {
	t.Parallel()
	often(func() {
		b := newHarness(t)
		b.must(things(aThing("Z", `{"Fixed":"1"}`), aThing("B", `{"Z":{"Ref":"Z"}}`)))
		b.world.faults["create C"] = errors.New("no")
		out, err := b.deploy(things(aThing("Z", `{"Fixed":"2"}`), aThing("B", `{"Z":{"Ref":"Z"}}`), aThing("C", `{"B":{"Ref":"B"}}`)))
		if err == nil || out.Status != UpdateRollbackComplete {
			t.Errorf("%v, %+v", err, out)
		}
		if _, err := b.Delete(context.Background(), "S"); err != nil || len(b.world.ids()) != 0 {
			t.Errorf("%v, left %v", err, b.world.ids())
		}
	})
}

// TestStuckRollbackLosesNothing has a replacement, a new resource and a resource
// whose way back fails.
func TestStuckRollbackLosesNothing(t *testing.T) {
	t.Parallel()
	often(func() {
		b := newHarness(t)
		b.must(things(aThing("Z", `{"Fixed":"1"}`), aThing("B", `{"Z":{"Ref":"Z"}}`)))
		b.world.faults["update B"] = errors.New("no")
		out, err := b.deploy(things(aThing("Z", `{"Fixed":"2"}`), aThing("New", `{}`), aThing("B", `{"Z":{"Ref":"Z"},"N":{"Ref":"New"}}`)))
		if err == nil || out.Status != UpdateRollbackFailed || len(b.world.ids()) != 4 {
			t.Errorf("%v, %+v, %v", err, out, b.world.ids())
		}
		if _, err := b.Delete(context.Background(), "S"); err != nil || len(b.world.ids()) != 0 {
			t.Errorf("%v, left %v", err, b.world.ids())
		}
	})
}

func TestStuckRollbackCanBeContinued(t *testing.T) {
	t.Parallel()
	often(func() {
		b := newHarness(t)
		before := things(aThing("Z", `{"Fixed":"1"}`), aThing("B", `{"Z":{"Ref":"Z"}}`), aThing("C", `{"Value":"1"}`))
		b.must(before)
		was := b.world.ids()
		b.world.faults["update B"] = errors.New("no")
		_, err := b.deploy(things(aThing("C", `{"Value":"2"}`), aThing("Z", `{"Fixed":"2"}`, `"DependsOn":"C"`), aThing("New", `{}`), aThing("B", `{"Z":{"Ref":"Z"},"N":{"Ref":"New"}}`)))
		if err == nil {
			t.Error("no failure")
		}
		if out, err := b.ContinueRollback(context.Background(), "S"); err == nil || out.Status != UpdateRollbackFailed || len(out.Failures) != 1 {
			t.Errorf("the fault is still there: %v, %+v", err, out)
		}
		delete(b.world.faults, "update B")
		b.world.calls = nil
		out, err := b.ContinueRollback(context.Background(), "S")
		if err != nil || out.Status != UpdateRollbackComplete {
			t.Errorf("%v, %+v", err, out)
		}
		if d := cmp.Diff([]string{"update B", "delete New", "delete Z"}, cleaned(b.world.calls)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(was, b.world.ids()); d != "" {
			t.Error(d)
		}
		if _, err := b.deploy(before); !errors.Is(err, ErrNoUpdates) {
			t.Errorf("the old template again: %v", err)
		}
		if _, err := b.ContinueRollback(context.Background(), "S"); err == nil || err.Error() != "stack S has no failed rollback to continue" {
			t.Error(err)
		}
		if _, err := b.Delete(context.Background(), "S"); err != nil || len(b.world.ids()) != 0 {
			t.Errorf("%v, left %v", err, b.world.ids())
		}
	})
}
