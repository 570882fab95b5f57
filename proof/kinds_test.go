package proof

import (
	"slices"
	"strings"
	"testing"
)

// What each kind is made of: ! is required, + may be set, . is refused.
const makings = `
            From Host Endpoint Zone Port Scheme Path Answer PrefixList Call Hosts Requests RouteTables Service Principals TargetGroup Policy Subnets Group Role
resolves    !    +    +        +    .    .      .    !      +          .    .     .        .           .       .          .           .      .       .     .
connects    !    +    +        +    +    .      .    .      .          .    .     .        .           .       .          .           .      .       .     .
secures     !    +    +        +    +    .      .    .      .          .    .     .        .           .       .          .           .      .       .     .
answers     !    +    +        +    +    +      +    .      .          .    .     .        .           .       .          .           .      .       .     .
spreads     !    +    +        +    +    +      +    .      .          .    !     +        .           .       .          .           .      .       .     .
allowed     !    +    +        +    +    .      .    .      .          !    .     .        .           .       .          .           .      .       .     .
denied      !    +    +        +    +    .      .    .      .          !    .     .        .           .       .          .           .      .       .     .
unreachable !    +    +        +    +    .      .    .      .          .    .     .        .           .       .          .           .      .       .     .
routed      .    .    !        .    .    .      .    .      !          .    .     .        !           .       .          .           .      .       .     .
unrouted    .    .    !        .    .    .      .    .      .          .    .     .        .           .       .          .           .      .       .     .
enclosed    .    .    .        .    .    .      .    .      .          .    .     .        !           .       .          .           .      +       .     .
guarded     .    .    !        .    +    .      .    .      .          .    .     .        .           .       .          .           .      .       .     .
available   .    .    !        .    .    .      .    .      .          .    .     .        .           +       .          .           .      .       .     .
limited     .    .    !        .    .    .      .    .      .          .    .     .        .           .       .          .           !      .       .     .
permitted   .    .    .        .    .    .      .    .      .          .    .     .        .           !       !          .           .      .       .     .
placed      !    .    .        .    .    .      .    .      .          .    .     .        .           .       .          .           .      +       +     +
healthy     .    .    .        .    .    .      .    .      .          .    !     .        .           .       .          !           .      .       .     .
`

func TestMakings(t *testing.T) {
	t.Parallel()
	full := Claim{
		From: "x", Host: "x", Endpoint: "vpce-x", Zone: "x", Port: 1, Scheme: "http", Path: "/x", Answer: AnswerInterfaces, PrefixList: "x",
		Call: testCall, Hosts: []string{"x"}, Requests: 64, RouteTables: []string{"rtb-x"}, Service: "vpce-svc-x", Principals: []string{"*"},
		TargetGroup: "x", Policy: "{}", Subnets: []string{"x"}, Group: "x", Role: "x",
	}
	lines := strings.Split(strings.TrimSpace(makings), "\n")
	fields := strings.Fields(lines[0])
	var known []string
	for _, field := range full.fields() {
		known = append(known, field[0])
		if field[1] == "" {
			t.Errorf("%s is not set", field[0])
		}
	}
	if !slices.Equal(fields, known) {
		t.Fatalf("the fields are %s, tested are %s", known, fields)
	}
	if len(lines)-1 != len(kindEntries) {
		t.Errorf("there are %d kinds, tested are %d", len(kindEntries), len(lines)-1)
	}
	for _, line := range lines[1:] {
		marks := strings.Fields(line)
		kind := Kind(marks[0])
		empty, all := Claim{ID: "C", Kind: kind}, full
		all.ID, all.Kind = "C", kind
		missing, unused := errorText(empty.Validate()), errorText(all.Validate())
		for i, field := range fields {
			required := strings.Contains(missing, "claim C: "+field+": required where Kind is "+string(kind))
			refused := strings.Contains(unused, "claim C: "+field+": not used where Kind is "+string(kind))
			if mark := marks[i+1]; required != (mark == "!") || refused != (mark == ".") {
				t.Errorf("%s %s: required %t, refused %t, want %s", kind, field, required, refused, mark)
			}
		}
	}
}
