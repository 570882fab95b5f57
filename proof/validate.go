package proof

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"provenendpoints/internal/template"
)

var (
	idForm     = regexp.MustCompile(`^[A-Za-z0-9]{1,128}$`)
	actionForm = regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9]+$`)
	zoneForm   = regexp.MustCompile(`^[a-z0-9-]+$`)
)

// Validate checks that the claim is complete and uses no field that its kind does
// not read. The error names every field that is wrong, its value and what is
// wanted. A text with a CDK token in it counts as set and is not examined.
func (c Claim) Validate() error {
	var found []error
	wrong := func(field, format string, args ...any) {
		found = append(found, fmt.Errorf("claim %s: %s: %s", c.name(), field, fmt.Sprintf(format, args...)))
	}
	c.validateIdentity(wrong)
	if kind, known := kindEntries[c.Kind]; known {
		c.validateFields(kind, wrong)
		c.validateTarget(kind, wrong)
		c.validateTexts(wrong)
		c.validateCall(wrong)
		c.validateHosts(wrong)
		c.validateService(wrong)
		kind.validate(c, wrong)
	}
	return errors.Join(found...)
}

// fieldReporter records that a field is wrong.
type fieldReporter func(field, format string, args ...any)

// name is how errors call the claim.
func (c Claim) name() string {
	if c.ID == "" {
		return "without Id"
	}
	return printable(shorten(c.ID, 80))
}

func (c Claim) validateIdentity(wrong fieldReporter) {
	switch {
	case c.ID == "":
		wrong("Id", "required")
	case !idForm.MatchString(c.ID):
		wrong("Id", "want 1 to 128 letters and digits, got %q", c.ID)
	}
	if _, known := kindEntries[c.Kind]; !known {
		wrong("Kind", "want one of %s, got %q", joinCommas(kindNames()), c.Kind)
	}
}

// fields are the names and values of the claim's fields but Id and Kind, in their
// order in Claim. An empty value means that the field is not set.
func (c Claim) fields() [][2]string {
	claim := reflect.ValueOf(c)
	var fields [][2]string
	for i := range claim.NumField() {
		name, value := claim.Type().Field(i).Name, ""
		switch field := claim.Field(i).Interface().(type) {
		case Kind:
			continue
		case string:
			value = field
		case []string:
			value = joinCommas(field)
		case Number:
			value = field.set()
		case *Call:
			if field != nil {
				value = "a call"
			}
		}
		if name != "ID" {
			fields = append(fields, [2]string{name, value})
		}
	}
	return fields
}

// set is the number as text, empty where it is not set.
func (n Number) set() string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(int(n))
}

func (c Claim) validateFields(kind *kindEntry, wrong fieldReporter) {
	for _, field := range c.fields() {
		name, value := field[0], field[1]
		switch {
		case value == "" && slices.Contains(kind.required, name):
			wrong(name, "required where Kind is %s", c.Kind)
		case value != "" && !slices.Contains(kind.uses, name):
			wrong(name, "not used where Kind is %s, got %q", c.Kind, value)
		}
	}
}

// validateTarget checks what is measured. Only where resolving is all may a claim
// have both a Host, the name to resolve, and an Endpoint, whose addresses are
// expected.
func (c Claim) validateTarget(kind *kindEntry, wrong fieldReporter) {
	if kind.measurement != nil {
		switch {
		case c.Host == "" && c.Endpoint == "":
			wrong("Host", "required where Endpoint is not set")
		case kind.measurement.run != nil && c.Host != "" && c.Endpoint != "":
			wrong("Endpoint", "want Host or Endpoint, got both %q and %q", c.Host, c.Endpoint)
		}
		if c.Zone != "" && c.Endpoint == "" && slices.Contains(kind.uses, "Zone") {
			wrong("Zone", "used only with Endpoint, got %q", c.Zone)
		}
	}
	if c.Port < 0 || c.Port > 65535 {
		wrong("Port", "want 1 to 65535, got %q", c.Port.set())
	}
}

func (c Claim) validateTexts(wrong fieldReporter) {
	if c.Host != "" && !template.HasToken(c.Host) {
		_, err := netip.ParseAddr(c.Host)
		_, name := dns.IsDomainName(c.Host)
		if err != nil && (!name || strings.ContainsAny(c.Host, " /:@\\*")) {
			wrong("Host", "want a DNS name or an address, got %q", c.Host)
		}
	}
	if c.Zone != "" && !template.HasToken(c.Zone) && !zoneForm.MatchString(c.Zone) {
		wrong("Zone", "want an availability zone such as eu-central-1a, got %q", c.Zone)
	}
	if c.Scheme != "" && !template.HasToken(c.Scheme) && c.Scheme != "http" && c.Scheme != "https" {
		wrong("Scheme", "want http or https, got %q", c.Scheme)
	}
	if !isPath(c.Path) {
		wrong("Path", "want a path that begins with / and is escaped as in a URL, got %q", c.Path)
	}
	for field, prefix := range map[string]string{"Endpoint": "vpce-", "Service": "vpce-svc-"} {
		value := map[string]string{"Endpoint": c.Endpoint, "Service": c.Service}[field]
		if value != "" && !template.HasToken(value) && !strings.HasPrefix(value, prefix) {
			wrong(field, "want an id that begins with %s, got %q", prefix, value)
		}
	}
	if c.Policy != "" && !template.HasToken(c.Policy) {
		if _, err := readPolicy(c.Policy); err != nil {
			wrong("Policy", "want a policy document as JSON text, got %q", shorten(c.Policy, 80))
		}
	}
	for _, principal := range c.Principals {
		if !template.HasToken(principal) && principal != "*" && !strings.HasPrefix(principal, "arn:") {
			wrong("Principals", "want ARNs or *, got %q", shorten(principal, 80))
		}
	}
	for _, id := range c.Endpoints {
		if !template.HasToken(id) && !strings.HasPrefix(id, "vpce-") {
			wrong("Endpoints", "want ids that begin with vpce-, got %q", id)
		}
	}
}

// validateAddresses checks the form of the declared addresses.
func (c Claim) validateAddresses(wrong fieldReporter) {
	for _, address := range c.Addresses {
		if !template.HasToken(address) && !isAddress(address) {
			wrong("Addresses", "want IP addresses, got %q", shorten(address, 80))
		}
	}
}

// isAddress reports whether a text is an IP address.
func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

func (c Claim) validateCall(wrong fieldReporter) {
	if c.Call == nil {
		return
	}
	if c.Call.Service == "" {
		wrong("Call.Service", "required")
	}
	if !template.HasToken(c.Call.Action) && !actionForm.MatchString(c.Call.Action) {
		wrong("Call.Action", "want an IAM action such as s3:ListBucket, got %q", c.Call.Action)
	}
	if !slices.Contains([]string{"", "GET", "POST"}, c.Call.Method) {
		wrong("Call.Method", "want GET or POST, got %q", c.Call.Method)
	}
	if !isPath(c.Call.Path) {
		wrong("Call.Path", "want a path that begins with / and is escaped as in a URL, got %q", c.Call.Path)
	}
	for _, header := range c.Call.Headers {
		if _, _, err := splitHeader(header); err != nil {
			wrong("Call.Headers", "%v", err)
		}
	}
	if c.Call.Body != "" && c.Call.Method != http.MethodPost {
		wrong("Call.Body", "used only where Method is POST, got %q", shorten(c.Call.Body, 80))
	}
}

func (c Claim) validateHosts(wrong fieldReporter) {
	seen := map[string]bool{}
	for _, host := range c.Hosts {
		switch {
		case host == "" || host != printable(host) || len(host) > maxHostName:
			wrong("Hosts", "want texts of 1 to %d printable bytes, got %q", maxHostName, shorten(host, 80))
		case seen[host]:
			wrong("Hosts", "want each host once, got %q twice", host)
		}
		seen[host] = true
	}
}
