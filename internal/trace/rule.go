package trace

import "fmt"

// Rule is what a rule of a security group or an entry of a network ACL matches, in words:
// "tcp 443 of 10.0.0.0/16", "tcp 1024-65535 of sg-1", "all of 0.0.0.0/0". The other side
// is a CIDR block or an id. The ports are type and code for ICMP; -1 is any.
func Rule(protocol, from, to int, other string) string {
	what := Protocol(protocol)
	switch {
	case protocol == -1 || from == -1 || from == 0 && (to == 65535 || to == 0):
	case from == to || to == -1:
		what += fmt.Sprintf(" %d", from)
	default:
		what += fmt.Sprintf(" %d-%d", from, to)
	}
	return what + " of " + other
}
