package lifecycle

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// world is a Region with one stack, and a switch that cuts every connection of
// its VPCs to what the proofs measure.
type world struct {
	*deployed.World
	id  string
	cut atomic.Bool
}

func newWorld(t *testing.T, id string) *world {
	t.Helper()
	w := &world{id: id}
	w.World = deployed.New(t, id, region.Options{Faults: region.Faults{Network: vpc.Faults{
		Packet: func(p vpc.Packet) vpc.Fate {
			port := p.Destination.Port()
			return vpc.Fate{Drop: w.cut.Load() && strings.HasPrefix(p.From, "eni-") && (port == 80 || port == 443)}
		},
	}}})
	return w
}

// must deploys the stack, expects a status, and returns why the deployment failed.
func (w *world) must(s cfn.Stack, want cfn.Status) (reason string) {
	w.Helper()
	if err := w.Deploy(s); err != nil {
		reason = deployed.Reason(err)
	}
	info, _ := w.Stack(w.id)
	if info.Status != want {
		w.Fatalf("the stack is in %s, want %s: %s", info.Status, want, reason)
	}
	return reason
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

type object = templates.Object

// again makes the proof run again, as `-c run=…` does.
func again(run string) func(templates.Template) {
	return func(t templates.Template) {
		t.Each(contract.ResourceType, func(_ string, p object) { p["Run"] = run })
	}
}

// more adds a claim: the first one once more, under another id.
func more(t templates.Template) {
	t.Each(contract.ResourceType, func(_ string, p object) {
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
	restated(t)
}

// restated gives the proofs the digest that a synthesis would give them.
func restated(t templates.Template) {
	if err := templates.Restate(t); err != nil {
		panic(err) // the template was written from JSON
	}
}

func text(v any) string { s, _ := v.(string); return s }

// renamed gives a resource another logical id, so that CloudFormation replaces it.
func renamed(t testing.TB, s cfn.Stack, typ string) cfn.Stack {
	t.Helper()
	var name string
	for _, id := range assembled.Template(t, s).OfType(typ) {
		name = id
	}
	s.Template = []byte(strings.ReplaceAll(string(s.Template), `"`+name+`"`, `"`+name+`Next"`))
	return assembled.Changed(t, s, again("renamed"), restated)
}
