package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// ParseRules reads rules in Suricata's form
// (docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-examples.html). What it
// cannot apply it leaves out, and says so with the rule's sid and the reason; alerts, which
// change nothing, are left out without a word.
func ParseRules(text string) (rules []Rule, leftOut []string, err error) {
	text = strings.ReplaceAll(text, "\\\n", " ")
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		r, why, err := parseRule(line)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("line %d: %w", number+1, err)
		case why == "":
			rules = append(rules, r)
		case r.Action != AlertFlow:
			leftOut = append(leftOut, "sid "+r.SID+" ("+why+")")
		}
	}
	return rules, leftOut, nil
}

// known are the protocols that the engine recognizes.
var known = []string{"ip", "tcp", "udp", "icmp", "tls", "http", "ssh", "dns", "ntp"}

// parseRule reads one rule. why says what of it the engine does not know.
func parseRule(line string) (r Rule, why string, err error) {
	head, options, ok := strings.Cut(line, "(")
	options, closed := strings.CutSuffix(strings.TrimSpace(options), ")")
	fields := headFields(head)
	if !ok || !closed || len(fields) != 7 {
		return r, "", fmt.Errorf("%q is no rule: action protocol source port -> destination port (options)", line)
	}
	r = Rule{
		Action: Action(strings.ToLower(fields[0])), Protocol: strings.ToLower(fields[1]),
		Sources: fields[2], SourcePorts: fields[3], Destinations: fields[5], DestinationPorts: fields[6], BothWays: fields[4] == "<>",
	}
	switch {
	case !slices.Contains(actionOrder, r.Action):
		return r, "", fmt.Errorf("the action %q is none of pass, drop, reject and alert", fields[0])
	case fields[4] != "->" && fields[4] != "<>":
		return r, "", fmt.Errorf("the direction %q is neither -> nor <>", fields[4])
	}
	for _, check := range []struct {
		set string
		is  func(string) error
	}{{r.Sources, checkAddress}, {r.Destinations, checkAddress}, {r.SourcePorts, checkPorts}, {r.DestinationPorts, checkPorts}} {
		if err := eachPart(check.set, check.is); err != nil {
			return r, "", err
		}
	}
	o := optionReader{rule: &r}
	for _, option := range splitOptions(options) {
		keyword, value, _ := strings.Cut(option, ":")
		o.add(strings.TrimSpace(keyword), strings.TrimSpace(value))
	}
	if r.SID == "" {
		return r, "", fmt.Errorf("%q has no sid", line)
	}
	if !slices.Contains(known, r.Protocol) {
		o.unknown = append(o.unknown, "protocol "+r.Protocol)
	}
	return r, strings.Join(o.unknown, ", "), nil
}

// headFields are the fields before the options. Lists in brackets may have spaces in them.
func headFields(head string) []string {
	depth := 0
	return strings.FieldsFunc(strings.Map(func(c rune) rune {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case ' ', '\t':
			if depth > 0 {
				return -1
			}
		}
		return c
	}, head), func(c rune) bool { return c == ' ' || c == '\t' })
}

// eachPart checks what a set is made of, but for variables.
func eachPart(set string, is func(string) error) error {
	for _, one := range parts(set) {
		one = strings.TrimLeft(one, "!")
		var err error
		switch {
		case strings.HasPrefix(one, "["):
			err = eachPart(one, is)
		case strings.EqualFold(one, "any"), strings.HasPrefix(one, "$"), strings.HasPrefix(one, "@"):
		default:
			err = is(one)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func checkAddress(one string) error {
	if _, err := netip.ParsePrefix(one); err == nil {
		return nil
	}
	if _, err := netip.ParseAddr(one); err != nil {
		return fmt.Errorf("%q is neither an address nor a block", one)
	}
	return nil
}

func checkPorts(one string) error {
	_, err := ParsePorts(one)
	return err
}

// splitOptions splits options at semicolons outside of quotes.
func splitOptions(text string) []string {
	var out []string
	quoted, escaped, start := false, false, 0
	for i, c := range text {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			out = append(out, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(slices.DeleteFunc(out, func(s string) bool { return s == "" }), slices.DeleteFunc([]string{strings.TrimSpace(text[start:])}, func(s string) bool { return s == "" })...)
}

// optionReader reads the options of a rule in their order.
type optionReader struct {
	rule    *Rule
	buffer  int // 1 + the index of the condition that contents are for; 0: none
	unknown []string
}

// forPeople are options that change nothing about what matches.
var forPeople = []string{"msg", "rev", "gid", "classtype", "metadata", "reference", "priority", "noalert", "target", "fast_pattern", "threshold", "logto"}

// buffers are the buffers that contents can be for, with their older names.
var buffers = map[string]string{"tls.sni": "tls.sni", "tls_sni": "tls.sni", "http.host": "http.host", "http.method": "http.method", "http.uri": "http.uri"}

func (o *optionReader) add(keyword, value string) {
	if buffer, ok := buffers[keyword]; ok {
		o.rule.Conditions = append(o.rule.Conditions, Condition{Keyword: buffer})
		o.buffer = len(o.rule.Conditions)
		return
	}
	values := strings.FieldsFunc(value, func(c rune) bool { return c == ',' || c == ' ' })
	switch keyword {
	case "sid":
		o.rule.SID = value
	case "flow", "ssl_state", "app-layer-protocol", "ip_proto":
		o.rule.Conditions = append(o.rule.Conditions, Condition{Keyword: keyword, Values: values})
		o.check(keyword, values)
	case "flowbits":
		switch {
		case len(values) == 2 && (values[0] == "set" || values[0] == "unset"):
			o.rule.Changes = append(o.rule.Changes, Condition{Keyword: keyword, Values: values})
		case len(values) == 2 && (values[0] == "isset" || values[0] == "isnotset"):
			o.rule.Conditions = append(o.rule.Conditions, Condition{Keyword: keyword, Values: values})
		case value != "noalert":
			o.unknown = append(o.unknown, "flowbits:"+value)
		}
	case "content":
		o.content(value)
	case "startswith", "endswith", "nocase", "dotprefix":
		o.modify(keyword)
	default:
		if !slices.Contains(forPeople, keyword) {
			o.unknown = append(o.unknown, keyword)
		}
	}
}

// check notes values that the engine does not know.
func (o *optionReader) check(keyword string, values []string) {
	all := map[string][]string{"flow": {"established", "not_established", "stateless", "to_server", "from_client", "to_client", "from_server"}, "ssl_state": {"client_hello"}}[keyword]
	for _, v := range values {
		if all != nil && !slices.Contains(all, v) {
			o.unknown = append(o.unknown, keyword+":"+v)
		}
	}
	if len(values) == 0 {
		o.unknown = append(o.unknown, keyword)
	}
}

func (o *optionReader) content(value string) {
	text, not := strings.CutPrefix(value, "!")
	text = strings.Trim(strings.TrimSpace(text), `"`)
	if o.buffer == 0 || strings.Contains(text, "|") {
		o.unknown = append(o.unknown, "content")
		return
	}
	c := &o.rule.Conditions[o.buffer-1]
	dotted := len(c.Contents) > 0 && c.Contents[len(c.Contents)-1].Text == ""
	if dotted {
		c.Contents = c.Contents[:len(c.Contents)-1]
	}
	c.Contents = append(c.Contents, Content{Text: text, Not: not, DotPrefix: dotted, AnyCase: c.Keyword == "http.host"})
}

// modify changes the last content; dotprefix comes before its own.
func (o *optionReader) modify(keyword string) {
	if o.buffer == 0 {
		o.unknown = append(o.unknown, keyword)
		return
	}
	c := &o.rule.Conditions[o.buffer-1]
	if keyword == "dotprefix" {
		c.Contents = append(c.Contents, Content{})
		return
	}
	if len(c.Contents) == 0 {
		o.unknown = append(o.unknown, keyword)
		return
	}
	last := &c.Contents[len(c.Contents)-1]
	switch keyword {
	case "startswith":
		last.AtStart = true
	case "endswith":
		last.AtEnd = true
	case "nocase":
		last.AnyCase = true
	}
}
