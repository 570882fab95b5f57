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
handles, and ` + "`AWS::CDK::Metadata`" + `. Every other type is refused by name before anything is
created, and so is every property that a type does not have. ` + "`-accept TYPE`" + ` takes a type that the
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
	b.WriteString("\n## Refused, though other types of their services are inert\n\n| type | why |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(carriers)) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, carriers[name])
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
