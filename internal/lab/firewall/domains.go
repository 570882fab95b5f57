package firewall

import "slices"

// The types of domain lists.
const (
	AllowList  = "ALLOWLIST"
	DenyList   = "DENYLIST"
	RejectList = "REJECTLIST"
	AlertList  = "ALERTLIST"
)

// Domains are the rules that Network Firewall makes of a list of domains: for TLS by the
// server name, for HTTP by the host. With an initial point a domain stands for itself and all
// below it. An allow list denies the rest of the protocols that it is for
// (docs.aws.amazon.com/network-firewall/latest/developerguide/stateful-rule-groups-domain-names.html).
func Domains(list string, targets, types []string) []Rule {
	action := map[string]Action{AllowList: PassFlow, DenyList: DropFlow, RejectList: RejectFlow, AlertList: AlertFlow}[list]
	var out []Rule
	for _, kind := range []struct{ target, protocol, buffer string }{{"HTTP_HOST", "http", "http.host"}, {"TLS_SNI", "tls", "tls.sni"}} {
		if !slices.Contains(types, kind.target) {
			continue
		}
		rule := func(action Action, conditions ...Condition) Rule {
			return Rule{
				Action: action, Protocol: kind.protocol, Sources: "$HOME_NET", SourcePorts: "any", Destinations: "$EXTERNAL_NET", DestinationPorts: "any",
				Conditions: append([]Condition{{Keyword: "flow", Values: []string{"to_server", "established"}}}, conditions...),
			}
		}
		for _, target := range targets {
			c := Content{Text: target, AtEnd: true, AnyCase: true}
			if target != "" && target[0] == '.' {
				c.DotPrefix = true
			} else {
				c.AtStart = true
			}
			out = append(out, rule(action, Condition{Keyword: kind.buffer, Contents: []Content{c}}))
		}
		if list == AllowList {
			out = append(out, rule(DropFlow))
		}
	}
	return out
}
