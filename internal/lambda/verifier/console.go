package verifier

import (
	"net/url"
	"strings"
)

// consoles are the hosts of AWS's console in the partitions that have another one than
// commercial Regions, by the beginning of their Regions' names
// (docs.aws.amazon.com/general/latest/gr/mgmt-console.html). No page
// that we could read lists the two; we know them from the addresses that people use.
var consoles = []struct{ regions, host string }{
	{"cn-", "console.amazonaws.cn"},
	{"us-gov-", "console.amazonaws-us-gov.com"},
}

// consoleOf is the host of the console that shows a Region.
func consoleOf(region string) string {
	for _, other := range consoles {
		if strings.HasPrefix(region, other.regions) {
			return other.host
		}
	}
	return "console.aws.amazon.com"
}

// logURL is the address of the function's log in the console, or of all logs where the
// log has no name.
func (h *Handler) logURL() string {
	address := "https://" + consoleOf(h.config.Region) + "/cloudwatch/home?region=" + h.config.Region + "#logsV2:log-groups"
	if h.logGroup == "" {
		return address
	}
	// What stands behind the # is escaped twice, the second time with $ for %: "/" is
	// $252F there.
	twice := url.PathEscape(url.PathEscape(h.logGroup))
	return address + "/log-group/" + strings.ReplaceAll(twice, "%", "$")
}
