package proof

import (
	"fmt"
	"slices"
)

// expected says what the claim wants, to go on after "was expected to". Facts
// that are not known are left out.
func (c Claim) expected(f Facts) string {
	switch c.Kind {
	case Resolves:
		return "resolve to " + c.expectedAnswer(f)
	case Connects:
		return fmt.Sprintf("accept a connection on TCP %d", c.port())
	case Secures:
		return fmt.Sprintf("present a certificate valid for %s on TCP %d", c.certificateName(), c.port())
	case Answers:
		return fmt.Sprintf("answer %s requests on TCP %d", c.scheme(), c.port())
	case Spreads:
		return fmt.Sprintf("spread %d fresh connections over %s", c.requests(), list(c.Hosts))
	case Allowed:
		return "allow " + c.action()
	case Denied:
		return "deny " + c.action()
	case Unreachable:
		return fmt.Sprintf("stay unreachable on TCP %d", c.port())
	case Routed:
		return fmt.Sprintf("have an active route from %s to %s, and none that has priority", c.PrefixList, c.Endpoint)
	case Unrouted:
		return "be in no route table"
	case Enclosed:
		where := "lead nowhere but to the VPC itself and to gateway endpoints"
		if len(c.Subnets) > 0 {
			where = "serve " + list(c.Subnets) + " and " + where
		}
		return where
	case Guarded:
		return fmt.Sprintf("admit TCP %d alone, and only from inside the VPC%s", c.port(), bracket(texts(f.VPC)))
	case Available:
		if c.Service != "" {
			return "be available and its connection with " + c.Service + " accepted"
		}
		return "be available"
	case Limited:
		return "be the one that was declared"
	case Permitted:
		return "let " + principals(c.Principals) + " connect, and nobody else"
	case Placed:
		return c.expectedPlace()
	case Healthy:
		hosts := slices.Clone(c.Hosts)
		slices.Sort(hosts)
		return fmt.Sprintf("have %s registered, healthy, and no other", list(hosts))
	}
	return "be of a known kind"
}

func (c Claim) expectedAnswer(f Facts) string {
	switch c.Answer {
	case AnswerInterfaces:
		return fmt.Sprintf("exactly the interfaces of %s%s%s", c.Endpoint, c.inZone(),
			bracket(texts(interfaceAddresses(f.Endpoint.in(c.Zone)))))
	case AnswerPrefixList:
		return "addresses of the prefix list " + c.PrefixList
	case AnswerPublic:
		return "addresses outside the VPC" + bracket(texts(f.VPC))
	}
	return "addresses"
}

func (c Claim) expectedPlace() string {
	place := "be in no VPC"
	if len(c.Subnets) > 0 {
		place = "be in exactly " + list(c.Subnets)
	}
	if c.Group != "" {
		place += ", with " + c.Group + " alone"
	}
	if c.Role != "" {
		place += ", and run as " + c.Role
	}
	return place
}

// bracket puts what is known behind what it explains.
func bracket(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return " (" + commas(values) + ")"
}

// action is the IAM action of the claim's call.
func (c Claim) action() string {
	if c.Call == nil {
		return "the call"
	}
	return c.Call.Action
}
