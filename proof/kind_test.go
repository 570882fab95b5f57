package proof

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// example is what the tests of all kinds know of one. Every kind_NAME_test.go
// adds its own by [exampleOf].
type example struct {
	// valid is a valid claim of the kind that has all required fields.
	valid Claim
	// fields are those that the kind uses, in their order in Claim; a required
	// one has a ! behind it.
	fields   string
	negative bool
	// gathered are claims whose facts, taken together, need every look-up of the
	// kind. lookups answer them. Default: those of allLookups.
	gathered []Claim
	lookups  Lookups
}

// examples are those of all kinds.
var examples = map[Kind]example{}

func exampleOf(kind Kind, e example) Kind {
	examples[kind] = e
	return kind
}

func validClaim(kind Kind) Claim {
	claim := examples[kind].valid
	claim.ID, claim.Kind = "C", kind
	if claim.Call != nil {
		call := *claim.Call
		claim.Call = &call
	}
	return claim
}

// setField sets a field to a value that has its form.
func setField(claim *Claim, name string) {
	formed := map[string]any{
		"Endpoint": "vpce-x", "Named": NamedPrivate, "Addresses": []string{"192.0.2.1"}, "Scheme": "http", "Path": "/x", "Answer": AnswerInterfaces, "Call": testCall, "Endpoints": []string{"vpce-x"},
		"Requests": Number(50000), "Service": "vpce-svc-x", "Services": []string{"vpce-svc-x"}, "Balancer": "arn:x", "Listeners": []string{"TCP 1"}, "Sources": []string{"sg-x"}, "Acceptance": AcceptanceRequired, "Principals": []string{"*"}, "Policy": "{}",
	}
	field := reflect.ValueOf(claim).Elem().FieldByName(name)
	value, special := formed[name]
	if !special {
		value = map[reflect.Type]any{
			reflect.TypeFor[string](): "x", reflect.TypeFor[[]string](): []string{"x"}, reflect.TypeFor[Number](): Number(1),
		}[field.Type()]
	}
	field.Set(reflect.ValueOf(value))
}

func TestKinds(t *testing.T) {
	t.Parallel()
	if len(examples) != len(kindEntries) {
		t.Errorf("there are %d kinds, and examples of %d", len(kindEntries), len(examples))
	}
	for kind, entry := range kindEntries {
		example := examples[kind]
		claim := validClaim(kind)
		if err := claim.Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if kind.Negative() != example.negative {
			t.Errorf("%s: negative %t", kind, kind.Negative())
		}
		if kind.Measured() && claim.From == "" {
			t.Errorf("%s is measured, and the example says not from where", kind)
		}
		claims, err := DecodeClaims(marshal(t, []Claim{claim}))
		if err != nil || len(claims) != 1 || string(marshal(t, claims[0])) != string(marshal(t, claim)) {
			t.Errorf("%s: there and back: %v, %v", kind, claims, err)
		}
		for name, text := range map[string]string{"target": claim.target(), "subject": claim.subject(), "expected": claim.expected(Facts{})} {
			if text == "" || text != printable(text) {
				t.Errorf("%s: %s is %q", kind, name, text)
			}
		}
		if verdict := Judge(claim, Facts{}, Observation{}); verdict.State == Holds {
			t.Errorf("%s holds where nothing is known: %+v", kind, verdict)
		}
		if lookups := entry.lookups(claim); !kind.Measured() && len(lookups) == 0 {
			t.Errorf("%s is neither measured nor looked up", kind)
		}
	}
}

// TestFields sets every field for every kind, and leaves out every required one:
// what a kind does not read is refused, never ignored.
func TestFields(t *testing.T) {
	t.Parallel()
	for kind := range kindEntries {
		marked := strings.Fields(examples[kind].fields)
		for _, field := range (Claim{}).fields() {
			name := field[0]
			required := slices.Contains(marked, name+"!")
			used := required || slices.Contains(marked, name)
			claim := validClaim(kind)
			setField(&claim, name)
			text := errorText(claim.Validate())
			refused := strings.Contains(text, "claim C: "+name+": not used where Kind is "+string(kind)+", got ")
			if refused == used || refused && strings.Contains(text, "\n") {
				t.Errorf("%s with %s: got %q", kind, name, text)
			}
			claim = validClaim(kind)
			reflect.ValueOf(&claim).Elem().FieldByName(name).SetZero()
			missing := strings.HasPrefix(errorText(claim.Validate()), "claim C: "+name+": required where Kind is "+string(kind))
			if missing != required {
				t.Errorf("%s without %s: got %q", kind, name, errorText(claim.Validate()))
			}
		}
	}
}
