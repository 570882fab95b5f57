package endpoint

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"

	"provenendpoints/constructs/verification"
)

// pointForm is what names of vantage points look like.
var pointForm = regexp.MustCompile(fmt.Sprintf("^[A-Za-z0-9]{1,%d}$", verification.MaxPointName))

var notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]+`)

// pointName removes all but letters and digits from a construct's id.
func pointName(id string) string { return notAlphanumeric.ReplaceAllString(id, "") }

// pointNames makes the names of vantage points from the ids of subnets: letters and
// digits alone, short enough, each different from the others and from those that are
// taken. The same ids in the same order give the same names.
func pointNames(ids []string, taken ...string) []string {
	taken = append(slices.Clone(taken), verification.Outside)
	var names []string
	for _, id := range ids {
		base := pointName(id)
		if base == "" {
			base = "Subnet"
		}
		if len(base) > verification.MaxPointName {
			// A digest of the whole id tells apart what is cut.
			digest := fnv.New32a()
			_, _ = digest.Write([]byte(id)) // it never fails
			suffix := fmt.Sprintf("%08x", digest.Sum32())
			base = base[:verification.MaxPointName-len(suffix)] + suffix
		}
		name := base
		for n := 2; slices.Contains(taken, name); n++ {
			ordinal := strconv.Itoa(n)
			name = base[:min(len(base), verification.MaxPointName-len(ordinal))] + ordinal
		}
		taken, names = append(taken, name), append(names, name)
	}
	return names
}
