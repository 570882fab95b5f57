package proof

import (
	"encoding/json"
	"strings"
	"testing"
)

// valid are one valid claim of each kind.
var valid = map[Kind]Claim{
	Resolves:    {From: "private", Host: "a.example", Endpoint: "vpce-1", Zone: "eu-central-1a", Answer: AnswerInterfaces},
	Connects:    {From: "private", Host: "10.0.0.1", Port: 65535},
	Secures:     {From: "private", Endpoint: "vpce-1", Zone: "eu-central-1a"},
	Answers:     {From: "private", Host: "a.example", Scheme: "http", Path: "/?a=%20b", Port: 1},
	Spreads:     {From: "private", Host: "a.example", Hosts: []string{"WEB1", "WEB2"}, Requests: 21},
	Allowed:     {From: "private", Host: "a.example", Call: &Call{Service: "s3", Action: "s3:ListBucket", Path: "/?list-type=2"}},
	Denied:      {From: "outside", Host: "a.example", Call: &Call{Service: "cloudformation", Action: "cloudformation:GetStackPolicy", Method: "POST", Body: "a=b"}},
	Unreachable: {From: "private", Host: "2001:db8::1"},
	Routed:      {Endpoint: "vpce-1", PrefixList: "com.amazonaws.r.s3", RouteTables: []string{"rtb-1"}},
	Unrouted:    {Endpoint: "vpce-1"},
	Enclosed:    {RouteTables: []string{"rtb-1", "rtb-2"}},
	Guarded:     {Endpoint: "vpce-1", Port: 443},
	Available:   {Endpoint: "vpce-1", Service: "vpce-svc-1"},
	Limited:     {Endpoint: "vpce-1", Policy: `{"Statement":[{"Effect":"Allow","Action":"s3:ListBucket"}]}`},
	Permitted:   {Service: "vpce-svc-1", Principals: []string{"arn:aws:iam::1:root"}},
	Placed:      {From: "private", Subnets: []string{"subnet-1"}, Group: "sg-1", Role: "arn:aws:iam::1:role/prober"},
	Healthy:     {TargetGroup: "arn:aws:elasticloadbalancing:r:1:targetgroup/web/1", Hosts: []string{"i-1", "i-2"}},
}

func validClaim(kind Kind) Claim {
	claim := valid[kind]
	claim.ID, claim.Kind = "C", kind
	if claim.Call != nil {
		call := *claim.Call
		claim.Call = &call
	}
	return claim
}

func TestValidClaims(t *testing.T) {
	t.Parallel()
	if len(valid) != len(kindEntries) {
		t.Fatalf("%d kinds, %d are tested", len(kindEntries), len(valid))
	}
	for kind := range kindEntries {
		claim := validClaim(kind)
		if err := claim.Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if (kind.Measured() || kind == Placed) != (claim.From != "") {
			t.Errorf("%s: measured %t", kind, kind.Measured())
		}
		if kind.Negative() != (kind == Denied || kind == Unreachable) {
			t.Errorf("%s: negative %t", kind, kind.Negative())
		}
		claims, err := DecodeClaims(marshal(t, []Claim{claim}))
		if err != nil || len(claims) != 1 || string(marshal(t, claims[0])) != string(marshal(t, claim)) {
			t.Errorf("%s: there and back: %v, %v", kind, claims, err)
		}
	}
}

func marshal(t testing.TB, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestUnusedFields sets every field for every kind: what a kind does not read is
// refused, never ignored.
func TestUnusedFields(t *testing.T) {
	t.Parallel()
	set := map[string]func(*Claim){
		"From":        func(c *Claim) { c.From = "x" },
		"Host":        func(c *Claim) { c.Host = "x" },
		"Endpoint":    func(c *Claim) { c.Endpoint = "vpce-x" },
		"Zone":        func(c *Claim) { c.Zone = "x" },
		"Port":        func(c *Claim) { c.Port = 1 },
		"Scheme":      func(c *Claim) { c.Scheme = "http" },
		"Path":        func(c *Claim) { c.Path = "/x" },
		"Answer":      func(c *Claim) { c.Answer = AnswerInterfaces },
		"PrefixList":  func(c *Claim) { c.PrefixList = "x" },
		"Call":        func(c *Claim) { c.Call = &Call{Service: "s3", Action: "s3:ListBucket"} },
		"Hosts":       func(c *Claim) { c.Hosts = []string{"x"} },
		"Requests":    func(c *Claim) { c.Requests = 5000 },
		"RouteTables": func(c *Claim) { c.RouteTables = []string{"rtb-x"} },
		"Service":     func(c *Claim) { c.Service = "vpce-svc-x" },
		"Principals":  func(c *Claim) { c.Principals = []string{"*"} },
		"TargetGroup": func(c *Claim) { c.TargetGroup = "x" },
		"Policy":      func(c *Claim) { c.Policy = "{}" },
		"Subnets":     func(c *Claim) { c.Subnets = []string{"x"} },
		"Group":       func(c *Claim) { c.Group = "x" },
		"Role":        func(c *Claim) { c.Role = "x" },
	}
	if fields := (Claim{}).fields(); len(fields) != len(set) {
		t.Fatalf("%d fields, %d are tested", len(fields), len(set))
	}
	for kind, rule := range kindEntries {
		for field, change := range set {
			claim := validClaim(kind)
			change(&claim)
			text := errorText(claim.Validate())
			unused := strings.Contains(text, "claim C: "+field+": not used where Kind is "+string(kind)+", got ")
			used := strings.Contains(" "+strings.Join(rule.uses, " ")+" ", " "+field+" ")
			if unused == used || unused && strings.Contains(text, "\n") {
				t.Errorf("%s with %s: got %q", kind, field, text)
			}
		}
		for _, field := range rule.required {
			claim := validClaim(kind)
			clear(t, &claim, field)
			if got, want := errorText(claim.Validate()), "claim C: "+field+": required where Kind is "+string(kind); !strings.HasPrefix(got, want) {
				t.Errorf("%s without %s: got %q", kind, field, got)
			}
		}
	}
}

// clear unsets a field by its JSON name.
func clear(t *testing.T, claim *Claim, field string) {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(marshal(t, claim), &fields); err != nil {
		t.Fatal(err)
	}
	if _, set := fields[field]; !set {
		t.Fatalf("%s is not set", field)
	}
	delete(fields, field)
	*claim = Claim{}
	if err := json.Unmarshal(marshal(t, fields), claim); err != nil {
		t.Fatal(err)
	}
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
	const kindsList = "allowed, answers, available, connects, denied, enclosed, guarded, healthy, limited, permitted, placed, resolves, routed, secures, spreads, unreachable, unrouted"
	long := strings.Repeat("x", 257)
	tests := []struct {
		kind   Kind
		change func(*Claim)
		want   string
	}{
		{Connects, func(c *Claim) { c.ID = "" }, "claim without Id: Id: required"},
		{Connects, func(c *Claim) { c.ID = "a b" }, `claim a b: Id: want 1 to 64 letters and digits, got "a b"`},
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
		{Resolves, func(c *Claim) { c.Answer = "private" }, `claim C: Answer: want interfaces, prefix-list or public, got "private"`},
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
		{Spreads, func(c *Claim) { c.Requests = 20 }, `claim C: Requests: want 21 to 1024, so that 2 hosts can be told from chance, got "20"`},
		{Spreads, func(c *Claim) { c.Requests = 1025 }, `claim C: Requests: want 21 to 1024, so that 2 hosts can be told from chance, got "1025"`},
		{Spreads, func(c *Claim) { c.Hosts[1] = c.Hosts[0] }, `claim C: Hosts: want each host once, got "WEB1" twice`},
		{Spreads, func(c *Claim) { c.Hosts[1] = "" }, `claim C: Hosts: want texts of 1 to 256 printable bytes, got ""`},
		{Spreads, func(c *Claim) { c.Hosts[1] = " WEB" }, `claim C: Hosts: want texts of 1 to 256 printable bytes, got " WEB"`},
		{Spreads, func(c *Claim) { c.Hosts[1] = long }, `claim C: Hosts: want texts of 1 to 256 printable bytes, got "` + long[:77] + `..."`},
		{Spreads, func(c *Claim) { c.Hosts, c.Requests = strings.Split(letters(51), ""), 0 }, "claim C: Hosts: want at most 50, got 51"},
		{Allowed, func(c *Claim) { c.Call.Service = "" }, "claim C: Call.Service: required"},
		{Allowed, func(c *Claim) { c.Call.Action = "ListBucket" }, `claim C: Call.Action: want an IAM action such as s3:ListBucket, got "ListBucket"`},
		{Allowed, func(c *Claim) { c.Call.Method = "PUT" }, `claim C: Call.Method: want GET or POST, got "PUT"`},
		{Allowed, func(c *Claim) { c.Call.Path = "x" }, `claim C: Call.Path: want a path that begins with / and is escaped as in a URL, got "x"`},
		{Allowed, func(c *Claim) { c.Call.Body = "x" }, `claim C: Call.Body: used only where Method is POST, got "x"`},
		{Available, func(c *Claim) { c.Service = "svc" }, `claim C: Service: want an id that begins with vpce-svc-, got "svc"`},
		{Enclosed, func(c *Claim) { c.RouteTables[1] = "subnet-1" }, `claim C: RouteTables: want ids that begin with rtb-, got "subnet-1"`},
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
		claim.RouteTables = append([]string(nil), claim.RouteTables...)
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
		{Spreads, func(c *Claim) { c.Hosts, c.Requests = strings.Split(letters(50), ""), 1024 }},
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
		Routed:    func(c *Claim) { c.Endpoint, c.RouteTables, c.PrefixList = text, []string{item}, text },
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
