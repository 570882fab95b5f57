package proof

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func marshal(t testing.TB, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestGet: the method may be said, though it is the default.
func TestGet(t *testing.T) {
	t.Parallel()
	claim := validClaim(Allowed)
	claim.Call.Method = "GET"
	if err := claim.Validate(); err != nil {
		t.Error(err)
	}
}

func TestValidateMessages(t *testing.T) {
	t.Parallel()
	var names []string
	for kind := range examples {
		names = append(names, string(kind))
	}
	slices.Sort(names)
	kindsList := strings.Join(names, ", ")
	long := strings.Repeat("x", 257)
	tests := []struct {
		kind   Kind
		change func(*Claim)
		want   string
	}{
		{Connects, func(c *Claim) { c.ID = "" }, "claim without Id: Id: required"},
		{Connects, func(c *Claim) { c.ID = "a b" }, `claim a b: Id: want 1 to 128 letters and digits, got "a b"`},
		{Connects, func(c *Claim) { c.Kind = "conects" }, `claim C: Kind: want one of ` + kindsList + `, got "conects"`},
		{Connects, func(c *Claim) { c.Host = "" }, "claim C: Host: required where Endpoint is not set"},
		{Connects, func(c *Claim) { c.Endpoint = "vpce-1" }, `claim C: Endpoint: want Host or Endpoint, got both "10.0.0.1" and "vpce-1"`},
		{Connects, func(c *Claim) { c.Zone = "a" }, `claim C: Zone: used only with Endpoint, got "a"`},
		{Connects, func(c *Claim) { c.Port = 65536 }, `claim C: Port: want 1 to 65535, got "65536"`},
		{Connects, func(c *Claim) { c.Port = -1 }, `claim C: Port: want 1 to 65535, got "-1"`},
		{Connects, func(c *Claim) { c.Host = "a b" }, `claim C: Host: want a DNS name or an address, got "a b"`},
		{Connects, func(c *Claim) { c.Host = "https://a.example/" }, `claim C: Host: want a DNS name or an address, got "https://a.example/"`},
		{Connects, func(c *Claim) { c.Host = "a.example:443" }, `claim C: Host: want a DNS name or an address, got "a.example:443"`},
		{Connects, func(c *Claim) { c.Host = "*.example" }, `claim C: Host: want a DNS name or an address, got "*.example"`},
		{Connects, func(c *Claim) { c.Host = "a..example" }, `claim C: Host: want a DNS name or an address, got "a..example"`},
		{Secures, func(c *Claim) { c.Endpoint = "vpc-1" }, `claim C: Endpoint: want an id that begins with vpce-, got "vpc-1"`},
		{Secures, func(c *Claim) { c.Zone = "eu central" }, `claim C: Zone: want an availability zone such as eu-central-1a, got "eu central"`},
		{Resolves, func(c *Claim) { c.Host = "10.0.0.1" }, `claim C: Host: want a DNS name, got the address "10.0.0.1"`},
		{Resolves, func(c *Claim) { c.Answer = "private" }, `claim C: Answer: want interfaces, prefix-list, public or addresses, got "private"`},
		{Resolves, func(c *Claim) { c.Host, c.Zone, c.Named = "", "", "default" }, `claim C: Named: want private, got "default"`},
		{Resolves, func(c *Claim) { c.Zone, c.Named = "", NamedPrivate }, `claim C: Named: used only where Answer is interfaces, without Host and Zone, got "private"`},
		{Resolves, func(c *Claim) { c.Answer, c.Endpoint, c.Zone = AnswerAddresses, "", "" }, `claim C: Addresses: required where Answer is addresses`},
		{Resolves, func(c *Claim) {
			c.Answer, c.Endpoint, c.Zone, c.Addresses = AnswerAddresses, "", "", []string{"a.example"}
		}, `claim C: Addresses: want IP addresses, got "a.example"`},
		{Resolves, func(c *Claim) { c.Addresses = []string{"192.0.2.1"} }, `claim C: Addresses: not used where Answer is interfaces, got "192.0.2.1"`},
		{Nonexistent, func(c *Claim) { c.Host = "192.0.2.1" }, `claim C: Host: want a DNS name, got the address "192.0.2.1"`},
		{Resolves, func(c *Claim) { c.Endpoint, c.Zone = "", "" }, "claim C: Endpoint: required where Answer is interfaces"},
		{Resolves, func(c *Claim) { c.PrefixList = "s3" }, `claim C: PrefixList: not used where Answer is interfaces, got "s3"`},
		{Resolves, func(c *Claim) { c.Answer = AnswerPublic }, `claim C: Zone: not used where Answer is public, got "eu-central-1a"`},
		{Resolves, func(c *Claim) { c.Answer, c.Zone, c.Host = AnswerPublic, "", "" }, "claim C: Host: required where Answer is public"},
		{Resolves, func(c *Claim) { c.Answer, c.Zone, c.Endpoint = AnswerPublic, "", "" }, "claim C: Endpoint: required where Answer is public"},
		{Resolves, func(c *Claim) { c.Answer, c.Zone, c.PrefixList = AnswerPublic, "", "s3" }, `claim C: PrefixList: not used where Answer is public, got "s3"`},
		{Resolves, func(c *Claim) { c.Answer, c.Zone, c.PrefixList = AnswerPrefixList, "", "s3" }, `claim C: Endpoint: not used where Answer is prefix-list, got "vpce-1"`},
		{Resolves, func(c *Claim) { c.Answer, c.Zone, c.Endpoint = AnswerPrefixList, "", "" }, "claim C: PrefixList: required where Answer is prefix-list"},
		{Answers, func(c *Claim) { c.Scheme = "ftp" }, `claim C: Scheme: want http or https, got "ftp"`},
		{Answers, func(c *Claim) { c.Path = "a" }, `claim C: Path: want a path that begins with / and is escaped as in a URL, got "a"`},
		{Answers, func(c *Claim) { c.Path = "/a b" }, `claim C: Path: want a path that begins with / and is escaped as in a URL, got "/a b"`},
		{Answers, func(c *Claim) { c.Path = "/a#b" }, `claim C: Path: want a path that begins with / and is escaped as in a URL, got "/a#b"`},
		{Answers, func(c *Claim) { c.Path = "http://x/" }, `claim C: Path: want a path that begins with / and is escaped as in a URL, got "http://x/"`},
		{Spreads, func(c *Claim) { c.Requests = 260 }, `claim C: Requests: want 261 to 20000 for 2 hosts, got "260"`},
		{Spreads, func(c *Claim) { c.Requests = 20001 }, `claim C: Requests: want 261 to 20000 for 2 hosts, got "20001"`},
		{Spreads, func(c *Claim) { c.Hosts[1] = c.Hosts[0] }, `claim C: Hosts: want each host once, got "WEB1" twice`},
		{Spreads, func(c *Claim) { c.Hosts[1] = "" }, `claim C: Hosts: want texts of 1 to 256 printable bytes, got ""`},
		{Spreads, func(c *Claim) { c.Hosts[1] = " WEB" }, `claim C: Hosts: want texts of 1 to 256 printable bytes, got " WEB"`},
		{Spreads, func(c *Claim) { c.Hosts[1] = long }, `claim C: Hosts: want texts of 1 to 256 printable bytes, got "` + long[:77] + `..."`},
		{Spreads, func(c *Claim) { c.Hosts, c.Requests = strings.Split(letters(51), ""), 0 }, "claim C: Hosts: want at most 50, got 51"},
		{Allowed, func(c *Claim) { c.Call.Service = "" }, "claim C: Call.Service: required"},
		{Allowed, func(c *Claim) { c.Call.Action = "ListBucket" }, `claim C: Call.Action: want an IAM action such as s3:ListBucket, got "ListBucket"`},
		{Allowed, func(c *Claim) { c.Call.Method = "PUT" }, `claim C: Call.Method: want GET or POST, got "PUT"`},
		{Allowed, func(c *Claim) { c.Call.Path = "x" }, `claim C: Call.Path: want a path that begins with / and is escaped as in a URL, got "x"`},
		{Allowed, func(c *Claim) { c.Call.Headers = []string{"X-Amz-Target"} }, `claim C: Call.Headers: want headers such as "X-Amz-Target: Name", got "X-Amz-Target"`},
		{Allowed, func(c *Claim) { c.Call.Headers = []string{"A b: c"} }, `claim C: Call.Headers: want headers such as "X-Amz-Target: Name", got "A b: c"`},
		{Allowed, func(c *Claim) { c.Call.Headers = []string{"A: b\nHost: c"} }, `claim C: Call.Headers: want headers such as "X-Amz-Target: Name", got "A: b\nHost: c"`},
		{Allowed, func(c *Claim) { c.Call.Headers = []string{"host: c"} }, `claim C: Call.Headers: want headers that signing does not set itself, got "host: c"`},
		{Allowed, func(c *Claim) { c.Call.Headers = []string{"x-amz-date: c"} }, `claim C: Call.Headers: want headers that signing does not set itself, got "x-amz-date: c"`},
		{Allowed, func(c *Claim) { c.Call.Body = "x" }, `claim C: Call.Body: used only where Method is POST, got "x"`},
		{Available, func(c *Claim) { c.Service = "svc" }, `claim C: Service: want an id that begins with vpce-svc-, got "svc"`},
		{Accounted, func(c *Claim) { c.Endpoints = []string{"vpce-1", "vpc-1"} }, `claim C: Endpoints: want ids that begin with vpce-, got "vpc-1"`},
		{Limited, func(c *Claim) { c.Policy = "Allow" }, `claim C: Policy: want a policy document as JSON text, got "Allow"`},
		{Limited, func(c *Claim) { c.Policy = "{} {}" }, `claim C: Policy: want a policy document as JSON text, got "{} {}"`},
		{Permitted, func(c *Claim) { c.Principals = []string{"arn:aws:iam::1:root", "1"} }, `claim C: Principals: want ARNs or *, got "1"`},
		{Permitted, func(c *Claim) { c.Principals = []string{"*", ""} }, `claim C: Principals: want ARNs or *, got ""`},
		{Permitted, func(c *Claim) { c.Service = "svc" }, `claim C: Service: want an id that begins with vpce-svc-, got "svc"`},
		{Placed, func(c *Claim) { c.Subnets = nil }, `claim C: Group: used only with Subnets, got "sg-1"`},
		{Guarded, func(c *Claim) { c.Port, c.Endpoint = 70000, "x" }, "claim C: Port: want 1 to 65535, got \"70000\"\nclaim C: Endpoint: want an id that begins with vpce-, got \"x\""},
	}
	for _, test := range tests {
		claim := validClaim(test.kind)
		claim.Hosts = append([]string(nil), claim.Hosts...)
		test.change(&claim)
		if got := errorText(claim.Validate()); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// TestValidLimits: what is just within the limits is valid.
func TestValidLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind   Kind
		change func(*Claim)
	}{
		{Answers, func(c *Claim) { c.Scheme, c.Port = "https", 65535 }},
		{Spreads, func(c *Claim) { c.Hosts, c.Requests = strings.Split(letters(50), ""), 20000 }},
		{Spreads, func(c *Claim) { c.Hosts = []string{strings.Repeat("x", 256), "y"} }},
		{Permitted, func(c *Claim) { c.Principals = []string{"*"} }},
		{Healthy, func(c *Claim) { c.Hosts = strings.Split(letters(60), "") }},
		{Connects, func(c *Claim) { c.ID = strings.Repeat("x", 64) }},
	} {
		claim := validClaim(test.kind)
		test.change(&claim)
		if err := claim.Validate(); err != nil {
			t.Error(err)
		}
	}
}

func letters(count int) string {
	var text strings.Builder
	for i := range count {
		text.WriteRune(rune('A' + i))
	}
	return text.String()
}

// TestTokens: what is known only when the stack is deployed counts as set.
func TestTokens(t *testing.T) {
	t.Parallel()
	const text, item = "${Token[TOKEN.123]}", "#{Token[TOKEN.124]}"
	for kind, change := range map[Kind]func(*Claim){
		Resolves:  func(c *Claim) { c.Host, c.Endpoint, c.Zone = "s3."+text+"."+text, text, text },
		Connects:  func(c *Claim) { c.Host = "${Token[" + strings.Repeat("x", 64) + ".1]}" }, // no label of DNS
		Secures:   func(c *Claim) { c.Endpoint, c.Zone = text, text },
		Answers:   func(c *Claim) { c.Path, c.Scheme = text, text },
		Spreads:   func(c *Claim) { c.Hosts, c.Requests = []string{item}, 1024 },
		Allowed:   func(c *Claim) { c.Call.Path, c.Call.Action = "/"+text, text },
		Denied:    func(c *Claim) { c.Call.Body = "StackName=" + text },
		Routed:    func(c *Claim) { c.Endpoint, c.Subnets, c.PrefixList = text, []string{item}, text },
		Accounted: func(c *Claim) { c.Endpoints, c.Subnets = []string{item}, []string{text} },
		Available: func(c *Claim) { c.Service, c.Endpoint = text, text },
		Limited:   func(c *Claim) { c.Endpoint, c.Policy = text, text },
		Permitted: func(c *Claim) { c.Service, c.Principals = text, []string{item} },
		Placed:    func(c *Claim) { c.Subnets, c.Group = []string{text}, text },
		Healthy:   func(c *Claim) { c.TargetGroup, c.Hosts = text, []string{text, "x" + text} },
	} {
		claim := validClaim(kind)
		change(&claim)
		if err := claim.Validate(); err != nil {
			t.Error(err)
		}
	}
}
