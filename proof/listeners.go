package proof

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/template"
)

// ListenerText is a declared listener as [Claim.Listeners] has it: PROTOCOL PORT,
// then the ARNs of the target groups that it forwards to, such as
// "TCP 80 arn:aws:elasticloadbalancing:…". Without a target group it may forward to
// any.
func ListenerText(protocol string, port int, targetGroups ...string) string {
	return strings.Join(append([]string{protocol, strconv.Itoa(port)}, targetGroups...), " ")
}

// listenerProtocols are those of a Network Load Balancer
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html).
var listenerProtocols = []string{"TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}

// readListener reads what [ListenerText] writes.
func readListener(text string) (Listener, error) {
	fields := strings.Fields(text)
	if len(fields) < 2 || !slices.Contains(listenerProtocols, fields[0]) {
		return Listener{}, fmt.Errorf("want one of %s, a port and ARNs of target groups, got %q", joinCommas(listenerProtocols), shorten(text, 80))
	}
	port, err := strconv.Atoi(fields[1])
	if err != nil || port < 1 || port > 65535 {
		return Listener{}, fmt.Errorf("want a port of 1 to 65535 after the protocol, got %q", shorten(text, 80))
	}
	for _, group := range fields[2:] {
		if !strings.HasPrefix(group, "arn:") {
			return Listener{}, fmt.Errorf("want ARNs of target groups after the port, got %q", shorten(group, 80))
		}
	}
	return Listener{Protocol: fields[0], Port: port, TargetGroups: fields[2:]}, nil
}

// listeners are the declared listeners, by port.
func (c Claim) listeners() []Listener {
	var declared []Listener
	for _, text := range c.Listeners {
		if listener, err := readListener(text); err == nil {
			declared = append(declared, listener)
		}
	}
	return sortedListeners(declared)
}

// validateListeners checks the form of the declared listeners.
func (c Claim) validateListeners(wrong fieldReporter) {
	for _, text := range c.Listeners {
		if _, err := readListener(text); err != nil && !template.HasToken(text) {
			wrong("Listeners", "%v", err)
		}
	}
}

// validateService checks the fields that say what an endpoint service is made of.
func (c Claim) validateService(wrong fieldReporter) {
	c.validateBalancer(wrong)
	c.validateListeners(wrong)
	c.validateSources(wrong)
	c.validateAcceptance(wrong)
	for _, id := range c.Services {
		if !template.HasToken(id) && !strings.HasPrefix(id, "vpce-svc-") {
			wrong("Services", "want ids that begin with vpce-svc-, got %q", shorten(id, 80))
		}
	}
}
