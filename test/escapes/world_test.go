package escapes

import (
	"os"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

const (
	gateway   = assembled.GatewayEndpoint
	iface     = assembled.InterfaceEndpoint
	privateOn = assembled.InterfaceEndpointPrivateDNS
	service   = assembled.EndpointService
)

type (
	template = templates.Template
	object   = templates.Object
)

// escape is a row of the tables: an addition to a stack, and how the deployment ends.
type escape struct {
	name, stack string
	add         func(template)
	// refuted are texts in the reason of the failure; none means that it deploys.
	refuted []string
}

// TestEscapes deploys every row and deletes it again.
func TestEscapes(t *testing.T) {
	t.Parallel()
	for _, row := range slices.Concat(controls, filters, routes, endpoints, addresses, names, gateways, services) {
		t.Run(row.stack+"/"+row.name, func(t *testing.T) {
			t.Parallel()
			// Before the Region: while another process synthesizes the application, a
			// skipping clock would skip centuries.
			stack := assembled.Changed(t, assembled.Stack(t, row.stack), row.add, func(tpl template) {
				if err := templates.Resynthesize(tpl, row.stack); err != nil {
					t.Fatal(err)
				}
			})
			w := deployed.New(t, row.stack, region.Options{})
			err := w.Deploy(stack)
			w.Remove(row.stack)
			row.check(t, err)
		})
	}
}

// check compares how the deployment ended with what the row wants.
func (e escape) check(t *testing.T, err error) {
	t.Helper()
	switch {
	case len(e.refuted) == 0 && err != nil:
		t.Errorf("refused, though it does no harm: %s", deployed.Reason(err))
	case len(e.refuted) > 0 && err == nil:
		t.Error("it deployed")
	case err != nil:
		for _, text := range append(e.refuted, "refuted") {
			if reason := deployed.Reason(err); !strings.Contains(reason, text) {
				t.Errorf("the reason does not say %q: %s", text, reason)
			}
		}
	}
}

// the is the one resource of a type whose logical id contains the text.
func the(t template, typ, text string) string {
	ids := slices.DeleteFunc(t.OfType(typ), func(id string) bool { return !strings.Contains(id, text) })
	if len(ids) != 1 {
		panic("want one " + typ + " with " + text + ", got " + strings.Join(ids, ", "))
	}
	return ids[0]
}

// ref refers to the resource that the finds.
func ref(t template, typ, text string) any { return templates.RefTo(the(t, typ, text)) }

// attribute refers to an attribute of a resource.
func attribute(id, name string) object { return object{"Fn::GetAtt": []any{id, name}} }

// adding is the addition of one resource.
func adding(id, typ string, properties func(template) object) func(template) {
	return func(t template) { t.Add(id, typ, properties(t)) }
}
