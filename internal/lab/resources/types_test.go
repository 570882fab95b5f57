package resources

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/registry"
)

var updateTypes = flag.Bool("update", false, "write the table of resource types anew")

const typesFile = "../../../docs/lab-types.md"

// The documentation's table is that of the code.
func TestTableOfTypes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`# The lab's resource types

Written by ` + "`go test ./internal/lab/resources -run TableOfTypes -update`" + `. Besides these the lab has what
CloudFormation itself provides: custom resources, nested stacks, wait conditions and their
handles, and ` + "`AWS::CDK::Metadata`" + `. Every type of CloudFormation's is in one of these lists. What is
refused is refused by name before anything is created, and so is every property that a type does not have. ` + "`-accept TYPE`" + ` takes a type that the
lab does not have as inert: what it would carry, admit and divert is not there, and the
deployment says so.

A supported type does what AWS's does. An inert one is accepted and listed; it carries, admits
and diverts no packet.

## Supported

`)
	for _, name := range slices.Sorted(maps.Keys(supported)) {
		fmt.Fprintf(&b, "- %s\n", name)
	}
	b.WriteString("\n## Supported in part\n\nWhat the lab does not have of these is inert, and the deployment lists it.\n\n")
	for _, name := range slices.Sorted(maps.Keys(partials)) {
		fmt.Fprintf(&b, "- %s\n", name)
	}
	b.WriteString("\n## Inert\n\n| types | what does not happen |\n|---|---|\n")
	inert := map[string]string{}
	for namespace, s := range inertServices {
		inert[namespace+"::*"] = s.why
	}
	for name, s := range inertTypes {
		inert[name] = s.why
	}
	for _, name := range slices.Sorted(maps.Keys(inert)) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, inert[name])
	}
	b.WriteString("\n## Refused\n\nOf the services with a star: the types that are in none of the lists above.\n\n| types | why |\n|---|---|\n")
	refused := maps.Clone(carriers)
	for namespace, why := range carryingServices {
		refused[namespace+"::*"] = why
	}
	for _, name := range slices.Sorted(maps.Keys(refused)) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, refused[name])
	}
	if *updateTypes {
		if err := os.WriteFile(typesFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(typesFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("%s is not that of the code; run the test with -update (-have +want):\n%s", typesFile, diff)
	}
}

// ownTypes are CloudFormation's own, which package cfn has.
var ownTypes = []string{
	"AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Stack", "AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle",
}

// Every type that CloudFormation has is supported, inert or refused with a reason, and only
// one of these. One that is new in the library has to be decided on.
func TestEveryTypeIsDecidedOn(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	for _, name := range registry.Names() {
		_, accepted := r.Type(name)
		if refused := Refused(name) != ""; accepted == refused && !slices.Contains(ownTypes, name) {
			t.Errorf("%s: accepted is %t, and refused, too", name, accepted)
		}
	}
	for namespace := range carryingServices {
		if _, both := inertServices[namespace]; both {
			t.Errorf("%s is inert and refused", namespace)
		}
	}
	if why := Refused("AWS::Nobody::Knows"); why != "" {
		t.Errorf("a type that there is not: %q", why)
	}
}
