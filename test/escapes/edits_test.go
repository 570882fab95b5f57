package escapes

import (
	"fmt"
	"strings"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
)

// edits change what the proof itself says, by hand: the template was synthesized before.
var edits = []escape{
	{name: "a claim less", stack: gateway, refuted: []string{"say something else than those that were synthesized"}, add: claiming(func(c object) bool { return c["Kind"] != "accounted" })},
	{name: "a claim less", stack: service, refuted: []string{"say something else than those that were synthesized"}, add: claiming(func(c object) bool { return c["Kind"] != "shielded" })},
	{name: "a NAT gateway that is declared", stack: iface, refuted: []string{"say something else than those that were synthesized"}, add: func(t template) {
		natGateway(t)
		claiming(func(c object) bool {
			switch c["Kind"] {
			case "enclosed":
				c["Ways"] = []any{object{"Ref": "Nat"}}
			case "unaddressed":
				c["Public"] = []any{object{"Ref": "Nat"}}
			}
			return c["Kind"] != "unreachable"
		})(t)
		delete(proofOf(t), "Evidence")
		delete(t, "Outputs")
	}},
	{name: "claims about another subnet", stack: privateOn, refuted: []string{"say something else than those that were synthesized"}, add: claiming(func(c object) bool {
		if c["Kind"] == "sole" {
			c["Endpoints"] = []any{"vpce-0123456789abcdef0"}
		}
		return true
	})},
	{name: "no claim about the stack", stack: gateway, refuted: []string{"must include one of the kind last"}, add: claiming(func(c object) bool { return c["Kind"] != "last" })},
	{name: "less time", stack: gateway, add: func(t template) { proofOf(t)["TimeLimit"] = "300" }},
}

// TestEdits deploys the stacks with each edit, as a new one and as an update.
func TestEdits(t *testing.T) {
	t.Parallel()
	for _, row := range edits {
		for _, update := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%s/update=%t", row.stack, row.name, update), func(t *testing.T) {
				t.Parallel()
				first := assembled.Stack(t, row.stack)
				edited := assembled.Changed(t, first, row.add)
				w := deployed.New(t, row.stack, region.Options{})
				if update {
					if err := w.Deploy(first); err != nil {
						t.Fatal(err)
					}
				}
				err := w.Deploy(edited)
				w.Remove(row.stack)
				if wanted := len(row.refuted) == 0; wanted != (err == nil) {
					t.Fatalf("it deployed: %t, want %t: %v", err == nil, wanted, err)
				}
				for _, text := range row.refuted {
					if reason := deployed.Reason(err); !strings.Contains(reason, text) {
						t.Errorf("the reason does not say %q: %s", text, reason)
					}
				}
			})
		}
	}
}

// proofOf are the properties of the one proof.
func proofOf(t template) object { return t.Properties(the(t, contract.ResourceType, "")) }

// claiming edits the claims of the proof: what is not kept goes, and the count follows.
func claiming(keep func(object) bool) func(template) {
	return func(t template) {
		p := proofOf(t)
		var kept []any
		for _, claim := range p["Claims"].([]any) {
			if keep(claim.(object)) {
				kept = append(kept, claim)
			}
		}
		p["Claims"], p["Count"] = kept, fmt.Sprint(len(kept))
	}
}
