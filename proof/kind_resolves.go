package proof

import (
	"fmt"
	"net/netip"
	"slices"
)

// Resolves: Host (or the name of Endpoint) resolves, and every answer is where
// Answer says it must be.
const Resolves Kind = "resolves"

// Where the answers of a [Resolves] claim must lie.
const (
	// AnswerInterfaces: exactly the addresses of Endpoint's own network
	// interfaces (those in Zone alone, if Zone is set).
	AnswerInterfaces = "interfaces"
	// AnswerPrefixList: inside the AWS-managed prefix list PrefixList.
	AnswerPrefixList = "prefix-list"
	// AnswerPublic: outside every CIDR block of the VPC of Endpoint, and none
	// of its interfaces.
	AnswerPublic = "public"
	// AnswerAddresses: exactly Addresses.
	AnswerAddresses = "addresses"
)

var _ = define(Resolves, definition[resolvesFacts]{
	required: []string{"From", "Answer"},
	optional: targetFields("Named", "PrefixList", "Addresses"),
	validate: validateResolves,
	lookups:  resolvesLookups,
	gather:   gatherResolves,
	measurement: &measurement{
		probe: func(_ Claim, p *Probe) { p.Port = 0 },
	},
	expected: expectedResolves,
	judge:    positive(judgeResolves),
})

// resolvesFacts are what the answers are compared with.
type resolvesFacts struct {
	targetFacts
	interfaces []Interface
	vpc        []netip.Prefix
	prefixList PrefixList
}

func validateResolves(c Claim, wrong fieldReporter) {
	needs := func(field, value string) {
		if value == "" {
			wrong(field, "required where Answer is %s", c.Answer)
		}
	}
	unused := func(field, value string) {
		if value != "" {
			wrong(field, "not used where Answer is %s, got %q", c.Answer, value)
		}
	}
	validateName(c, wrong)
	switch {
	case c.Named == "":
	case c.Named != NamedPrivate:
		wrong("Named", "want %s, got %q", NamedPrivate, shorten(c.Named, 80))
	case c.Host != "" || c.Zone != "" || c.Answer != AnswerInterfaces:
		wrong("Named", "used only where Answer is %s, without Host and Zone, got %q", AnswerInterfaces, c.Named)
	}
	if c.Answer != AnswerAddresses {
		unused("Addresses", joinCommas(c.Addresses))
	}
	switch c.Answer {
	case AnswerInterfaces:
		needs("Endpoint", c.Endpoint)
		unused("PrefixList", c.PrefixList)
	case AnswerPrefixList:
		needs("PrefixList", c.PrefixList)
		unused("Endpoint", c.Endpoint)
	case AnswerPublic:
		needs("Host", c.Host)
		needs("Endpoint", c.Endpoint)
		unused("Zone", c.Zone)
		unused("PrefixList", c.PrefixList)
	case AnswerAddresses:
		needs("Host", c.Host)
		needs("Addresses", joinCommas(c.Addresses))
		unused("Endpoint", c.Endpoint)
		unused("PrefixList", c.PrefixList)
		c.validateAddresses(wrong)
	case "":
	default:
		wrong("Answer", "want %s, %s, %s or %s, got %q", AnswerInterfaces, AnswerPrefixList, AnswerPublic, AnswerAddresses, c.Answer)
	}
}

func resolvesLookups(c Claim) []source {
	switch c.Answer {
	case AnswerInterfaces:
		return []source{EndpointLookup, InterfacesLookup}
	case AnswerPublic:
		return []source{EndpointLookup, InterfacesLookup, VPCLookup}
	case AnswerAddresses:
		return nil
	}
	return []source{PrefixListLookup}
}

func gatherResolves(g *gatherer, c Claim) (f resolvesFacts) {
	switch c.Answer {
	case AnswerPrefixList:
		f.prefixList = g.prefixList(c.PrefixList)
		return f
	case AnswerAddresses:
		return f
	}
	f.endpoint = g.endpoint(c.Endpoint)
	f.interfaces = g.interfaces(f.endpoint)
	if c.Answer == AnswerPublic {
		f.vpc = g.vpcOf(f.endpoint)
	}
	return f
}

func expectedResolves(c Claim, f resolvesFacts) string {
	switch c.Answer {
	case AnswerInterfaces:
		return fmt.Sprintf("resolve to exactly the interfaces of %s%s%s", c.Endpoint, c.inZone(),
			inBrackets(stringsOf(interfaceAddresses(inZone(f.interfaces, c.Zone)))))
	case AnswerPrefixList:
		return "resolve to addresses of the prefix list " + c.PrefixList
	case AnswerPublic:
		return "resolve to addresses outside the VPC" + inBrackets(stringsOf(f.vpc))
	case AnswerAddresses:
		return "resolve to exactly " + joinWords(c.Addresses)
	}
	return "resolve to addresses"
}

// judgeResolves compares DNS answers with what AWS says: never with RFC 1918,
// because a VPC may have public address space of its own.
func judgeResolves(c Claim, f resolvesFacts, seen Observation) finding {
	if !areWhole(seen.Addresses) {
		return c.senseless("the name resolved to nothing")
	}
	switch c.Answer {
	case AnswerInterfaces:
		return judgeInterfaces(c, f, seen.Addresses)
	case AnswerPrefixList:
		return judgePrefixList(c, f, seen.Addresses)
	case AnswerPublic:
		return judgePublic(c, f, seen.Addresses)
	case AnswerAddresses:
		return judgeAddresses(c, seen.Addresses)
	}
	return unproven("", "where the answers should lie is unknown: %q", c.Answer)
}

// judgeInterfaces wants the answers and the interfaces to be the same set. In
// an address family in which the name has no answer at all nothing is missing:
// an endpoint with addresses of both families may publish one (DnsRecordIpType).
func judgeInterfaces(c Claim, f resolvesFacts, answers []netip.Addr) finding {
	own := interfaceAddresses(inZone(f.interfaces, c.Zone))
	if len(own) == 0 {
		return refuted("the subnets of "+c.Endpoint, "it resolved to %s, and the endpoint has no interface%s",
			addressList(answers), c.inZone())
	}
	foreign := subtract(answers, own)
	missing := slices.DeleteFunc(subtract(own, answers), func(address netip.Addr) bool {
		return !slices.ContainsFunc(answers, func(answer netip.Addr) bool { return answer.Is4() == address.Is4() })
	})
	switch {
	case len(foreign) > 0:
		return refuted(c.hintForeign(), "it resolved to %s, but the endpoint's interfaces%s do not have %s",
			addressList(answers), c.inZone(), addressList(foreign))
	case len(missing) > 0:
		return refuted("the state of "+c.Endpoint+" in each of its subnets", "it resolved to %s, but not to %s",
			addressList(answers), addressList(missing))
	}
	return holds("%s", addressList(answers))
}

// judgeAddresses wants the answers and the declared addresses to be the same set.
func judgeAddresses(c Claim, answers []netip.Addr) finding {
	declared := make([]netip.Addr, 0, len(c.Addresses))
	for _, text := range c.Addresses {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return unproven("", "%q is no address", printable(shorten(text, 80)))
		}
		declared = append(declared, address.Unmap())
	}
	if len(subtract(answers, declared)) > 0 || len(subtract(declared, answers)) > 0 {
		return refuted("what answers for "+c.target(), "it resolved to %s", addressList(answers))
	}
	return holds("%s", addressList(answers))
}

// hintForeign says what to look at where a name leads to other addresses than
// those of the endpoint's interfaces.
func (c Claim) hintForeign() string {
	if c.Host != "" || c.Named != "" {
		return fmt.Sprintf("the private DNS setting of %s, then the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames)", c.Endpoint)
	}
	return "what answers for the name: a private hosted zone, or a resolver that is not the VPC's"
}

func judgePrefixList(c Claim, f resolvesFacts, answers []netip.Addr) finding {
	if len(f.prefixList.Entries) == 0 {
		return unproven("", "the entries of the prefix list %s are unknown", c.PrefixList)
	}
	var foreign []netip.Addr
	for _, answer := range answers {
		if !anyContains(f.prefixList.Entries, answer) {
			foreign = append(foreign, answer)
		}
	}
	if len(foreign) > 0 {
		return refuted("what answers for "+c.target()+": an interface endpoint with private DNS, a private hosted zone, or another Region's service",
			"it resolved to %s, but %s does not have %s", addressList(answers), c.PrefixList, addressList(foreign))
	}
	return holds("%s", addressList(answers))
}

func judgePublic(c Claim, f resolvesFacts, answers []netip.Addr) finding {
	if len(f.vpc) == 0 {
		return unproven("", "the CIDR blocks of the VPC of %s are unknown", c.Endpoint)
	}
	own := interfaceAddresses(f.interfaces)
	var inside []netip.Addr
	for _, answer := range answers {
		if anyContains(f.vpc, answer) || slices.Contains(own, answer) {
			inside = append(inside, answer)
		}
	}
	if len(inside) > 0 {
		return refuted("the private DNS setting of "+c.Endpoint+" and of other endpoints to the same service, then private hosted zones",
			"it resolved to %s, and inside the VPC is %s", addressList(answers), addressList(inside))
	}
	return holds("%s", addressList(answers))
}

// inZone narrows a text to the claim's zone.
func (c Claim) inZone() string {
	if c.Zone == "" {
		return ""
	}
	return " in " + c.Zone
}
