package proof

import (
	"net/netip"
	"slices"
)

// judgeResolves compares DNS answers with what AWS says: never with RFC 1918,
// because a VPC may have public address space of its own.
func judgeResolves(c Claim, f Facts, seen Observation) finding {
	if !whole(seen.Addresses) {
		return c.senseless("the name resolved to nothing")
	}
	switch c.Answer {
	case AnswerInterfaces:
		return judgeInterfaces(c, f, seen.Addresses)
	case AnswerPrefixList:
		return judgePrefixList(c, f, seen.Addresses)
	case AnswerPublic:
		return judgePublic(c, f, seen.Addresses)
	}
	return unproven("", "where the answers should lie is unknown: %q", c.Answer)
}

// judgeInterfaces wants the answers and the interfaces to be the same set. In
// an address family in which the name has no answer at all nothing is missing:
// an endpoint with addresses of both families may publish one (DnsRecordIpType).
func judgeInterfaces(c Claim, f Facts, answers []netip.Addr) finding {
	own := interfaceAddresses(f.Endpoint.in(c.Zone))
	if len(own) == 0 {
		return refuted("the subnets of "+c.Endpoint, "it resolved to %s, and the endpoint has no interface%s",
			addresses(answers), c.inZone())
	}
	strange := without(answers, own)
	missing := slices.DeleteFunc(without(own, answers), func(address netip.Addr) bool {
		return !slices.ContainsFunc(answers, func(answer netip.Addr) bool { return answer.Is4() == address.Is4() })
	})
	switch {
	case len(strange) > 0:
		return refuted(c.lookStrange(), "it resolved to %s, of which the endpoint's interfaces%s do not have %s",
			addresses(answers), c.inZone(), addresses(strange))
	case len(missing) > 0:
		return refuted("the state of "+c.Endpoint+" in each of its subnets", "it resolved to %s, without %s",
			addresses(answers), addresses(missing))
	}
	return holds("%s", addresses(answers))
}

func judgePrefixList(c Claim, f Facts, answers []netip.Addr) finding {
	if len(f.PrefixList.Entries) == 0 {
		return unproven("", "the entries of the prefix list %s are unknown", c.PrefixList)
	}
	var strange []netip.Addr
	for _, answer := range answers {
		if !contains(f.PrefixList.Entries, answer) {
			strange = append(strange, answer)
		}
	}
	if len(strange) > 0 {
		return refuted("what answers for "+c.target()+": an interface endpoint with private DNS, a private hosted zone, or another Region's service",
			"it resolved to %s, of which %s does not have %s", addresses(answers), c.PrefixList, addresses(strange))
	}
	return holds("%s", addresses(answers))
}

func judgePublic(c Claim, f Facts, answers []netip.Addr) finding {
	if len(f.VPC) == 0 {
		return unproven("", "the CIDR blocks of the VPC of %s are unknown", c.Endpoint)
	}
	own := interfaceAddresses(f.Endpoint.Interfaces)
	var inside []netip.Addr
	for _, answer := range answers {
		if contains(f.VPC, answer) || slices.Contains(own, answer) {
			inside = append(inside, answer)
		}
	}
	if len(inside) > 0 {
		return refuted("the private DNS setting of "+c.Endpoint+" and of other endpoints to the same service, then private hosted zones",
			"it resolved to %s, of which %s lies inside", addresses(answers), addresses(inside))
	}
	return holds("%s", addresses(answers))
}

// interfaceAddresses are the interfaces' addresses, sorted.
func interfaceAddresses(interfaces []Interface) []netip.Addr {
	var own []netip.Addr
	for _, i := range interfaces {
		own = append(own, i.Address.Unmap())
	}
	slices.SortFunc(own, netip.Addr.Compare)
	return own
}

// without is the values that are not among the others.
func without(values, others []netip.Addr) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(values), func(value netip.Addr) bool { return slices.Contains(others, value) })
}

// inZone narrows a text to the claim's zone.
func (c Claim) inZone() string {
	if c.Zone == "" {
		return ""
	}
	return " in " + c.Zone
}
