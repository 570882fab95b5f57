package lifecycle

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

var scenarios = []string{"GatewayEndpoint", "InterfaceEndpoint", "InterfaceEndpointPrivateDns", "EndpointService"}

// world is a Region with one stack, and a switch that cuts every connection of
// its VPCs to what the proofs measure.
type world struct {
	*testing.T
	*region.Region
	id  string
	cut atomic.Bool
}

func newWorld(t *testing.T, id string) *world {
	t.Helper()
	w := &world{T: t, id: id}
	var err error
	w.Region, err = region.New(region.Options{Faults: region.Faults{Network: vpc.Faults{
		Packet: func(p vpc.Packet) vpc.Fate {
			port := p.Destination.Port()
			return vpc.Fate{Drop: w.cut.Load() && strings.HasPrefix(p.From, "eni-") && (port == 80 || port == 443)}
		},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, e := range w.Region.Events(id) {
				t.Log(e)
			}
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// deploy deploys the stack and returns its status and the reason of its proof's
// failure, if there is one.
func (w *world) deploy(s cfn.Stack) (cfn.Status, string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 2*time.Minute)
	defer cancel()
	out, err := w.Deploy(ctx, s)
	if err == nil {
		return out.Status, ""
	}
	failure, ok := errors.AsType[*cfn.Failure](err)
	if !ok {
		w.Fatalf("deploy: %v", err)
	}
	for _, f := range failure.Failures {
		if f.Type == proofType {
			return failure.Status, f.Reason
		}
	}
	return failure.Status, failure.Error()
}

// must deploys and expects a status.
func (w *world) must(s cfn.Stack, want cfn.Status) string {
	w.Helper()
	status, reason := w.deploy(s)
	if status != want {
		w.Fatalf("the stack is in %s, want %s: %s", status, want, reason)
	}
	return reason
}

// remove deletes the stack, after which nothing may be left.
func (w *world) remove() {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 2*time.Minute)
	defer cancel()
	if _, err := w.Delete(ctx, w.id); err != nil {
		w.Errorf("delete: %v", err)
	}
	if err := w.Left(); err != nil {
		w.Error(err)
	}
}

// output returns an output of the stack.
func (w *world) output(key string) string {
	w.Helper()
	info, _ := w.Stack(w.id)
	for _, o := range info.Outputs {
		if o.Key == key {
			return o.Value
		}
	}
	w.Fatalf("no output %s", key)
	return ""
}

const proofType = "Custom::EndpointProof"

type object = templates.Object

// resynthesized changes the digests by which a proof runs again when its stack has
// changed, as synthesis does.
func resynthesized(t templates.Template, what string) {
	t.Each(proofType, func(_ string, p object) { p["Stacks"].(object)["change"] = what })
}

// again makes the proof run again.
func again(run string) func(templates.Template) {
	return func(t templates.Template) { resynthesized(t, run) }
}

// more adds a claim: the first one once more, under another id.
func more(t templates.Template) {
	t.Each(proofType, func(_ string, p object) {
		claims := p["Claims"].([]any)
		claim := object{}
		for k, v := range claims[0].(object) {
			claim[k] = v
		}
		claim["Id"] = "OnceMore"
		p["Claims"] = append(claims, claim)
		if n, err := strconv.Atoi(text(p["Count"])); err == nil {
			p["Count"] = strconv.Itoa(n + 1)
		}
	})
}

func text(v any) string { s, _ := v.(string); return s }

// renamed gives a resource another logical id, so that CloudFormation replaces it.
func renamed(t *testing.T, s cfn.Stack, typ string) cfn.Stack {
	t.Helper()
	var name string
	for _, id := range assembled.Template(t, s).OfType(typ) {
		name = id
	}
	s.Template = []byte(strings.ReplaceAll(string(s.Template), `"`+name+`"`, `"`+name+`Next"`))
	return assembled.Changed(t, s, again("renamed"))
}
