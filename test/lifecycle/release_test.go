package lifecycle

import (
	"testing"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/latency"
	"provenendpoints/internal/test/assembled"
)

// The decision not to detach the probers from their VPC when the proof is deleted rests
// on this: Lambda keeps their interfaces for at least as long as the table says from
// the moment when no function uses them, and the functions are deleted seconds after
// the proof. To detach them first would save these seconds of 20 to 45 minutes. It
// would cost the verifier lambda:UpdateFunctionConfiguration on the probers, with which
// it could move them away from where the proof says that they are.
func TestDetachingTheProbersWouldSaveNothing(t *testing.T) {
	t.Parallel()
	released, _ := latency.RowOf(latency.InterfaceReleased)
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			stack := assembled.Stack(t, id) // before there is a clock that the synthesis could let run
			w := newWorld(t, id)
			w.must(stack, cfn.CreateComplete)
			info, _ := w.Stack(id)
			w.Remove(id)
			var proof, prober, begun, ended time.Time
			for _, e := range w.Events(info.ID) {
				switch {
				case e.OfStack() && e.Status == cfn.DeleteInProgress:
					begun = e.Time
				case e.OfStack() && e.Status == cfn.DeleteComplete:
					ended = e.Time
				case e.Type == contract.ResourceType && e.Status == cfn.DeleteInProgress:
					proof = e.Time
				case e.Type == "AWS::Lambda::Function" && e.Status == cfn.DeleteComplete:
					prober = e.Time // the last one
				}
			}
			saved, whole := prober.Sub(proof), ended.Sub(begun)
			t.Logf("%v of %v", saved, whole)
			if saved <= 0 || whole < released.Min || saved > whole/5 {
				t.Errorf("detached when the proof is deleted, the interfaces would go %v earlier, of %v for the whole deletion", saved, whole)
			}
		})
	}
}
