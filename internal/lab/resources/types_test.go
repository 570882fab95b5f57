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
	b.WriteString("# The lab's resource types\n\nWritten by `go test ./internal/lab/resources -run TableOfTypes -update`. Besides these the lab has what\nCloudFormation itself provides: custom resources, nested stacks, wait conditions and their\nhandles, and `AWS::CDK::Metadata`. Every other type is refused by name before anything is\ncreated, and so is every property that a supported type does not have.\n\n| type | in the lab |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(registry)) {
		fmt.Fprintf(&b, "| %s | supported |\n", name)
	}
	for _, name := range slices.Sorted(maps.Keys(inertResources)) {
		fmt.Fprintf(&b, "| %s | inert: %s |\n", name, inertResources[name].why)
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
