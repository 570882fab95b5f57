package api

import (
	"fmt"
	"regexp"
	"slices"
)

// noCall is how the lab says that it does not have a call: of any service, or of one that it
// has others of.
var noCall = regexp.MustCompile(`the lab has no calls? (?:of ([\w-]+), and not (\S+)|(\S+) of ([\w-]+))`)

// networking are the services whose calls change what packets do, or who may, by the names
// that SDKs and requests have for them.
var networking = []string{
	"auto-scaling", "autoscaling", "cloudformation", "direct-connect", "directconnect", "ec2", "elastic-load-balancing", "elastic-load-balancing-v2",
	"elasticloadbalancing", "global-accelerator", "globalaccelerator", "iam", "lambda", "network-firewall", "networkfirewall", "networkmanager",
	"ram", "route-53", "route53", "route53profiles", "route53resolver", "s3", "sts", "vpc-lattice",
}

// Limit says of an error's text which call the lab lacks that nothing in a network depends
// on; "" if it says nothing of that kind.
func Limit(text string) string {
	m := noCall.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	service, call := m[1]+m[4], m[2]+m[3]
	if slices.Contains(networking, service) {
		return ""
	}
	return fmt.Sprintf("its function calls %s of %s, which the lab does not have", call, service)
}
