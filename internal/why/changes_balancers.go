package why

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/template"
)

// balanced makes a load balancer and its targets those that claims want.
func (e *evidence) balanced(c object) []change {
	var out []change
	for _, l := range e.listeners() {
		out = append(out, e.surplus(l.balancer)...)
		out = append(out, e.admittedByHosts(l)...)
	}
	for _, group := range e.ofType("AWS::ElasticLoadBalancingV2::TargetGroup") {
		if wanted := target(c["TargetGroup"]); wanted != "" && wanted != group {
			continue
		}
		p := e.properties(group)
		if hosts := targets(c["Hosts"]); len(hosts) > 0 {
			var all []any
			for _, h := range hosts {
				if !mentions(p["Targets"], h) {
					out = append(out, e.appending(group, "Targets", object{"Id": ref(h), "Port": p["Port"]}, "register "+h+" with "+group))
				}
				all = append(all, object{"Id": ref(h), "Port": p["Port"]})
			}
			out = append(out, e.setting(group, "Targets", all, "register exactly "+strings.Join(hosts, ", ")+" with "+group))
			for _, l := range e.listeners() {
				var at []any
				for _, h := range hosts {
					at = append(at, object{"Id": ref(h), "Port": l.port})
				}
				out = append(out, e.setting(group, "Targets", at, fmt.Sprintf("register the targets of %s on port %v", group, l.port)))
			}
		}
		for _, key := range []string{"HealthCheckPort", "HealthCheckPath", "Matcher"} {
			if p[key] != nil {
				out = append(out, e.taking(group, place{key}))
			}
		}
	}
	for _, l := range e.listeners() {
		for _, id := range e.users(l.balancer, "AWS::ElasticLoadBalancingV2::Listener") {
			out = append(out, e.setting(id, "Port", l.port, ""), e.setting(id, "Protocol", l.protocol, ""))
			if l.group != "" {
				out = append(out, e.setting(id, "DefaultActions", []any{object{"Type": "forward", "TargetGroupArn": ref(l.group)}}, "let "+id+" forward to "+l.group))
			}
		}
		out = append(out, e.setting(l.balancer, "Scheme", "internal", ""),
			e.setting(l.balancer, "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "on", ""))
	}
	return out
}

// surplus removes the listeners of a load balancer that no claim wants, where it has more
// than claims want.
func (e *evidence) surplus(balancer string) []change {
	var out []change
	have := e.users(balancer, "AWS::ElasticLoadBalancingV2::Listener")
	wanted := slices.DeleteFunc(e.listeners(), func(l listener) bool { return l.balancer != balancer })
	if len(have) <= len(wanted) {
		return nil
	}
	for _, id := range have {
		p := e.properties(id)
		if !slices.ContainsFunc(wanted, func(l listener) bool {
			return fmt.Sprint(p["Port"]) == fmt.Sprint(l.port) && mentions(p["DefaultActions"], l.group)
		}) {
			out = append(out, e.removing(id))
		}
	}
	return out
}

// listener is one that a claim wants.
type listener struct {
	balancer, group, protocol string
	port                      float64
}

// listeners are those that the claims about load balancers want.
func (e *evidence) listeners() []listener {
	var out []listener
	for _, id := range sortedKeys(e.claims) {
		c := e.claims[id]
		all, _ := c["Listeners"].([]any)
		for _, l := range all {
			text, group := joined(l)
			words := strings.Fields(text)
			if len(words) < 2 || target(c["Balancer"]) == "" {
				continue
			}
			port, err := strconv.ParseFloat(words[1], 64)
			if err == nil {
				out = append(out, listener{target(c["Balancer"]), group, words[0], port})
			}
		}
	}
	return out
}

// joined is the text of a value that joins texts and references, and the last of the
// references.
func joined(v any) (text, reference string) {
	if s, ok := v.(string); ok {
		return s, ""
	}
	parts, _ := v.(object)["Fn::Join"].([]any)
	if len(parts) != 2 {
		return "", ""
	}
	all, _ := parts[1].([]any)
	for _, p := range all {
		if s, ok := p.(string); ok {
			text += s
		} else {
			reference = target(p)
		}
	}
	return text, reference
}

// admittedByHosts lets the hosts behind a load balancer admit it, and it admit and reach
// what it should.
func (e *evidence) admittedByHosts(l listener) []change {
	var out []change
	groups := targets(e.properties(l.balancer)["SecurityGroups"])
	if len(groups) == 0 {
		return nil
	}
	own := groups[0]
	for _, id := range sortedKeys(e.claims) {
		c := e.claims[id]
		if target(c["Balancer"]) != l.balancer {
			continue
		}
		for _, host := range targets(c["Hosts"]) {
			for _, group := range e.ofType(groupType) {
				if !mentions(e.properties(host), group) {
					continue
				}
				good := e.groupsThatAdmit(own)
				for _, other := range good {
					if slices.Contains(good, group) {
						break
					}
					walk(e.properties(host), nil, func(at place, v any) {
						if target(v) == group {
							out = append(out, e.puttingAs(host, at, repoint(v, other), "give "+host+" the security group "+other))
						}
					})
				}
				rule := object{"GroupId": attribute(group, "GroupId"), "IpProtocol": "tcp", "FromPort": l.port, "ToPort": l.port, "SourceSecurityGroupId": attribute(own, "GroupId")}
				for _, r := range e.users(group, ingressType) {
					p := e.properties(r)
					if target(p["GroupId"]) != group {
						continue
					}
					if mentions(p["SourceSecurityGroupId"], own) {
						for _, key := range []string{"IpProtocol", "FromPort", "ToPort"} {
							out = append(out, e.setting(r, key, rule[key], ""))
						}
					}
					if fmt.Sprint(p["FromPort"]) == fmt.Sprint(l.port) {
						out = append(out, e.setting(r, "SourceSecurityGroupId", attribute(own, "GroupId"), "let "+r+" admit "+own))
					}
				}
				out = append(out, adding("HostIngress", ingressType, rule, "let "+group+" admit "+l.balancer))
			}
		}
		sources, _ := c["Sources"].([]any)
		for _, source := range sources {
			vpc := target(source)
			if e.typeOf(vpc) != vpcType {
				continue
			}
			block := attribute(vpc, "CidrBlock")
			rule := object{"IpProtocol": "tcp", "FromPort": l.port, "ToPort": l.port, "CidrIp": block}
			for property, word := range map[string]string{"SecurityGroupIngress": "admit", "SecurityGroupEgress": "send to"} {
				have, _ := e.properties(own)[property].([]any)
				if slices.ContainsFunc(have, func(r any) bool { return covers(r, rule) }) || property == "SecurityGroupEgress" && vpc != target(e.properties(own)["VpcId"]) {
					continue
				}
				for i, r := range have {
					r, _ := r.(object)
					if same(r["CidrIp"], block) || len(have) <= len(sources) {
						fixed := template.Clone(r).(object)
						for k, v := range rule {
							fixed[k] = v
						}
						out = append(out, e.puttingAs(own, place{property, i}, fixed, "let "+own+" "+word+" "+vpc))
					}
				}
				out = append(out, e.appending(own, property, rule, "let "+own+" "+word+" "+vpc))
			}
		}
	}
	// What is there is mended before anything is added.
	slices.SortStableFunc(out, func(a, b change) int {
		return cmp.Or(cmp.Compare(e.novelty(a), e.novelty(b)), strings.Compare(a.words, b.words))
	})
	return out
}

// groupsThatAdmit are the groups that have a rule of its own that admits another group.
func (e *evidence) groupsThatAdmit(group string) []string {
	var out []string
	for _, r := range e.users(group, ingressType) {
		if p := e.properties(r); mentions(p["SourceSecurityGroupId"], group) {
			out = append(out, targets(p["GroupId"])...)
		}
	}
	return out
}

// covers reports whether a rule is another one, whatever else it says.
func covers(rule any, wanted object) bool {
	r, _ := rule.(object)
	for key, v := range wanted {
		if fmt.Sprint(r[key]) != fmt.Sprint(v) {
			return false
		}
	}
	return true
}

// novelty orders changes: those of rules come before those of hosts, and what adds a
// resource comes last.
func (e *evidence) novelty(c change) int {
	switch e.typeOf(c.resource) {
	case "":
		return 2
	case ingressType, egressType, groupType:
		return 0
	}
	return 1
}
