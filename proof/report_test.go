package proof

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A gateway endpoint as it would be seen if its route were missing.
func testReport() Report {
	name := Claim{ID: "S3Resolves", Kind: Resolves, From: "private", Host: "s3.ap-northeast-2.amazonaws.com", Answer: AnswerPrefixList, PrefixList: "com.amazonaws.ap-northeast-2.s3"}
	opens := Claim{ID: "S3Connects", Kind: Connects, From: "private", Host: "s3.ap-northeast-2.amazonaws.com"}
	routed := Claim{ID: "Routed", Kind: Routed, Endpoint: "vpce-1", PrefixList: name.PrefixList, Subnets: []string{"subnet-1"}}
	hidden := Claim{ID: "Hidden", Kind: Unreachable, From: "private", Host: "sts.ap-northeast-2.amazonaws.com"}
	list := PrefixList{ID: "pl-1", Entries: prefixes("52.219.0.0/16")}
	return Report{Subject: "gateway endpoint to S3", Took: 61240 * time.Millisecond, Verdicts: []Verdict{
		Judge(name, Facts{resolvesFacts{prefixList: list}}, Observation{Outcome: OK, Addresses: addrs("52.219.1.2")}),
		Judge(opens, Facts{}, Observation{Outcome: TimedOut, Detail: "nothing answered at 52.219.1.2:443"}),
		Judge(routed, Facts{routedFacts{list, []Subnet{{ID: "subnet-1"}}, []RouteTable{{ID: "rtb-1", Main: true}}}}, Observation{}),
		Judge(hidden, Facts{}, Observation{Outcome: NoName, Detail: "the resolver 10.0.0.2 did not answer"}),
	}}
}

func TestReportText(t *testing.T) {
	t.Parallel()
	want := `gateway endpoint to S3: 1 of 4 claims hold, 2 refuted, 1 unproven (1m1.2s)
holds     S3Resolves  private: resolves s3.ap-northeast-2.amazonaws.com      52.219.1.2
refuted   S3Connects  private: connects s3.ap-northeast-2.amazonaws.com      nothing answered at 52.219.1.2:443
          expected: to accept a connection on TCP 443
          look first at: the route table of the subnet of private, then the security group of the target and the network ACLs
refuted   Routed      routed subnet-1                                        the route table of subnet-1, rtb-1, has no route for pl-1 (com.amazonaws.ap-northeast-2.s3) to the endpoint
          expected: to have an active route for com.amazonaws.ap-northeast-2.s3 to vpce-1, and no other that overrides it
          look first at: which route table subnet-1 is associated with, and which ones vpce-1 is
unproven  Hidden      private: unreachable sts.ap-northeast-2.amazonaws.com  the address to connect to is unknown (the resolver 10.0.0.2 did not answer)
          expected: to stay unreachable on TCP 443
          look first at: the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames)
`
	if diff := cmp.Diff(want, testReport().Text()); diff != "" {
		t.Error(diff)
	}
	bare := Report{Verdicts: []Verdict{
		{Claim: Claim{ID: "A", Kind: Unrouted, Endpoint: "vpce-1"}, State: Refuted, Expected: "appear in no route table", Seen: "it is"},
		{Claim: Claim{ID: "B", Kind: Unrouted, Endpoint: "vpce-1"}, State: Unproven, Expected: "appear in no route table", Seen: "the route tables are unknown"},
	}}
	want = `0 of 2 claims hold, 1 refuted, 1 unproven (0s)
refuted   A  unrouted vpce-1  it is
          expected: to appear in no route table
unproven  B  unrouted vpce-1  the route tables are unknown
          expected: to appear in no route table
`
	if diff := cmp.Diff(want, bare.Text()); diff != "" {
		t.Error(diff)
	}
	for want, claim := range map[string]Claim{
		"vpce-1 (its name in a)": {Kind: Connects, Endpoint: "vpce-1", Zone: "a"},
		"vpce-1":                 {Kind: Guarded, Endpoint: "vpce-1", Zone: "a"},
		"subnet-1 and subnet-2":  {Kind: Placed, Subnets: []string{"subnet-1", "subnet-2"}},
		"outside":                {Kind: Placed},
		"vpce-svc-1":             {Kind: Permitted, Service: "vpce-svc-1"},
	} {
		if got := claim.target(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := (Report{}).Text(); got != "0 of 0 claims hold (0s)\n" {
		t.Errorf("got %q", got)
	}
}

func TestReportReason(t *testing.T) {
	t.Parallel()
	report := testReport()
	want := "gateway endpoint to S3: 2 of 4 claims refuted, 1 unproven after 1m1.2s. " +
		"The subnet subnet-1 was expected to have an active route for com.amazonaws.ap-northeast-2.s3 to vpce-1, and no other that overrides it, " +
		"but the route table of subnet-1, rtb-1, has no route for pl-1 (com.amazonaws.ap-northeast-2.s3) to the endpoint. Look first at which route table subnet-1 is associated with, and which ones vpce-1 is. " +
		"From private, s3.ap-northeast-2.amazonaws.com was expected to accept a connection on TCP 443, but nothing answered at 52.219.1.2:443. " +
		"Look at the route table of the subnet of private, then the security group of the target and the network ACLs. " +
		"From private, sts.ap-northeast-2.amazonaws.com could not be shown to stay unreachable on TCP 443: the address to connect to is unknown (the resolver 10.0.0.2 did not answer). " +
		"Look at the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames)."
	if diff := cmp.Diff(want, report.Reason()); diff != "" {
		t.Error(diff)
	}
	only := func(verdicts ...Verdict) string { return Report{Verdicts: verdicts}.Reason() }
	for want, got := range map[string]string{
		"there was no claim to prove": only(),
		"1 of 1 claim holds":          only(report.Verdicts[0]),
		"1 of 1 claim unproven. From private, the endpoint vpce-1 could not be shown to accept a connection on TCP 443: why.": only(
			Verdict{Claim: Claim{Kind: Connects, From: "private", Endpoint: "vpce-1"}, State: Unproven, Expected: "accept a connection on TCP 443", Seen: "why"}),
		"1 of 1 claim refuted. From private, the endpoint vpce-1 by its name in a was expected to x, but y.": only(
			Verdict{Claim: Claim{Kind: Connects, From: "private", Endpoint: "vpce-1", Zone: "a"}, State: Refuted, Expected: "x", Seen: "y"}),
		"1 of 1 claim refuted. The subnets subnet-1 and subnet-2 were expected to x, but y. Look first at z.": only(
			Verdict{Claim: Claim{Kind: Enclosed, Subnets: []string{"subnet-1", "subnet-2"}}, State: Refuted, Expected: "x", Seen: "y", Hint: "z"}),
		"1 of 1 claim refuted. The security group of vpce-1 was expected to x, but y.": only(
			Verdict{Claim: Claim{Kind: Guarded, Endpoint: "vpce-1"}, State: Refuted, Expected: "x", Seen: "y"}),
		"1 of 1 claim refuted. The target group web was expected to x, but y.": only(
			Verdict{Claim: Claim{Kind: Healthy, TargetGroup: "arn:a:b:c:d:targetgroup/web/1"}, State: Refuted, Expected: "x", Seen: "y"}),
		"1 of 1 claim refuted. The policy of vpce-1 was expected to x, but y.": only(
			Verdict{Claim: Claim{Kind: Limited, Endpoint: "vpce-1"}, State: Refuted, Expected: "x", Seen: "y"}),
		"1 of 1 claim refuted. The endpoint service vpce-svc-1 was expected to x, but y.": only(
			Verdict{Claim: Claim{Kind: Permitted, Service: "vpce-svc-1"}, State: Refuted, Expected: "x", Seen: "y"}),
		"1 of 1 claim refuted. The prober at private was expected to x, but y.": only(
			Verdict{Claim: Claim{Kind: Placed, From: "private", Subnets: []string{"subnet-1"}}, State: Refuted, Expected: "x", Seen: "y"}),
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	ended := Report{Verdicts: report.Verdicts[1:2], Took: 302 * time.Second, Limit: 12 * time.Minute, Final: []string{"A", "B"}}
	if got, want := ended.Reason(), " after 5m2s, not the whole 12m0s: what AWS says about A and B has not changed for 5m0s, and nothing in the stack will change it. "; !strings.Contains(got, want) {
		t.Errorf("got %s, want %q in it", got, want)
	}
	several := Report{
		Verdicts: []Verdict{{Claim: Claim{ID: "A", Kind: Guarded, Endpoint: "vpce-1"}, State: Refuted, Expected: "x", Seen: "y"}},
		Subjects: map[string]string{"A": "endpoint to KMS", "B": "endpoint to SQS"},
	}
	if got, want := several.Reason(), "1 of 1 claim refuted. Endpoint to KMS: The security group of vpce-1 was expected to x, but y."; got != want {
		t.Errorf("a claim of one of several things: got %s, want %s", got, want)
	}
	unproven, facts := Verdict{Claim: Claim{ID: "U", Kind: Unrouted, Endpoint: "vpce-1"}, State: Unproven, Expected: "x", Seen: "u"},
		Verdict{Claim: Claim{ID: "F", Kind: Unrouted, Endpoint: "vpce-1"}, State: Refuted, Expected: "x", Seen: "f"}
	measured := Verdict{Claim: Claim{ID: "M", Kind: Connects, From: "private", Host: "a"}, State: Refuted, Expected: "x", Seen: "m"}
	got := only(unproven, measured, facts)
	if f, m, u := strings.Index(got, "but f."), strings.Index(got, "but m."), strings.Index(got, "x: u."); f < 0 || m < f || u < m {
		t.Errorf("not in the order of what causes what: %s", got)
	}
	var many []Verdict
	for _, id := range []string{"A", "B", "C", "D", "E"} {
		many = append(many, Verdict{Claim: Claim{ID: id, Kind: Unrouted, Endpoint: "vpce-1"}, State: Refuted, Expected: "x", Seen: "y"})
	}
	if got := only(many...); !strings.HasSuffix(got, ", but y. Also not holding: D and E.") || strings.Count(got, "but y") != 3 {
		t.Errorf("got %s", got)
	}
}

func TestReportState(t *testing.T) {
	t.Parallel()
	for want, states := range map[State][][]State{
		Holds:    {{Holds}, {Holds, Holds}},
		Refuted:  {{Refuted}, {Unproven, Refuted, Holds}, {Holds, Refuted}, {Refuted, Unproven}},
		Unproven: {{}, {Unproven}, {Holds, Unproven}, {Unproven, Holds}, {Holds, "odd"}},
	} {
		for _, each := range states {
			var report Report
			for _, state := range each {
				report.Verdicts = append(report.Verdicts, Verdict{State: state})
			}
			if report.State() != want || report.Holds() != (want == Holds) {
				t.Errorf("%v: got %s, want %s", each, report.State(), want)
			}
		}
	}
}

func TestReportJSON(t *testing.T) {
	t.Parallel()
	report := testReport()
	report.Verdicts = report.Verdicts[:1]
	want := `{"Subject":"gateway endpoint to S3","State":"holds","Summary":"1 of 1 claim holds","Seconds":61.24,"Verdicts":[` +
		`{"Claim":{"Id":"S3Resolves","Kind":"resolves","From":"private","Host":"s3.ap-northeast-2.amazonaws.com","Answer":"prefix-list","PrefixList":"com.amazonaws.ap-northeast-2.s3"},` +
		`"State":"holds","Expected":"resolve to addresses of the prefix list com.amazonaws.ap-northeast-2.s3","Seen":"52.219.1.2","Rounds":1}]}`
	if got := string(marshal(t, report)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(marshal(t, Report{})); got != `{"State":"unproven","Summary":"0 of 0 claims hold","Seconds":0,"Verdicts":[]}` {
		t.Errorf("got %s", got)
	}
	var back struct{ Verdicts []Verdict }
	if err := json.Unmarshal(marshal(t, report), &back); err != nil || back.Verdicts[0].Claim.ID != "S3Resolves" {
		t.Errorf("got %+v, %v", back, err)
	}
}

// TestExpected has what each kind wants, without facts and with them.
func TestExpected(t *testing.T) {
	t.Parallel()
	vpc := prefixes("10.0.0.0/16")
	facts := map[Kind]Facts{
		Resolves: {resolvesFacts{interfaces: []Interface{testInterfaces[1], testInterfaces[0]}, vpc: vpc}}, // shown sorted all the same
		Guarded:  {guardedFacts{vpc: vpc}},
	}
	public := Claim{Kind: Resolves, Host: "a.example", Endpoint: "vpce-1", Answer: AnswerPublic}
	secure := Claim{Kind: Secures, Host: "a.example"}
	for _, test := range []struct {
		claim         Claim
		without, with string
	}{
		{validClaim(Resolves), "resolve to exactly the interfaces of vpce-1 in eu-central-1a", ""},
		{Claim{Kind: Resolves, Endpoint: "vpce-1", Answer: AnswerInterfaces}, "resolve to exactly the interfaces of vpce-1", "resolve to exactly the interfaces of vpce-1 (10.0.0.115, 10.0.1.142)"},
		{Claim{Kind: Resolves, Endpoint: "vpce-1", Zone: "ap-northeast-2b", Answer: AnswerInterfaces}, "resolve to exactly the interfaces of vpce-1 in ap-northeast-2b", "resolve to exactly the interfaces of vpce-1 in ap-northeast-2b (10.0.1.142)"},
		{public, "resolve to addresses outside the VPC", "resolve to addresses outside the VPC (10.0.0.0/16)"},
		{Claim{Kind: Resolves}, "resolve to addresses", ""},
		{validClaim(Connects), "accept a connection on TCP 65535", ""},
		{secure, "present a certificate valid for a.example on TCP 443", ""},
		{validClaim(Secures), "present a certificate valid for the name of the endpoint on TCP 443", ""},
		{validClaim(Answers), "answer http requests on TCP 1", ""},
		{validClaim(Spreads), "spread fresh connections over WEB1 and WEB2", ""},
		{validClaim(Allowed), "allow s3:ListBucket", ""},
		{validClaim(Denied), "deny cloudformation:GetStackPolicy", ""},
		{Claim{Kind: Denied}, "deny the call", ""},
		{validClaim(Unreachable), "stay unreachable on TCP 443", ""},
		{validClaim(Unrouted), "appear in no route table", ""},
		{Claim{Kind: Enclosed, Subnets: []string{"subnet-1"}, Ways: []string{"vpce-1"}}, "have no way out but vpce-1", ""},
		{validClaim(Enclosed), "have no way out", ""},
		{validClaim(Accounted), "have no endpoint, and no route to another network", ""},
		{Claim{Kind: Accounted, Endpoints: []string{"vpce-1", "vpce-2"}}, "have no endpoint but vpce-1 and vpce-2, and no route to another network", ""},
		{validClaim(Sole), "be the only endpoint to its service in the VPC", ""},
		{Claim{Kind: Sole, Endpoints: []string{"vpce-2"}}, "be the only endpoint to its service in the VPC but vpce-2", ""},
		{validClaim(Unaddressed), "have no public address and no way in for others", ""},
		{Claim{Kind: Unaddressed, Public: []string{"i-1"}}, "have no public address and no way in for others but those of i-1", ""},
		{validClaim(Unredirected), "resolve all names as AWS does", ""},
		{Claim{Kind: Unredirected, Zones: []string{"corp.example"}}, "resolve all names as AWS does, but for corp.example", ""},
		{validClaim(Guarded), "admit TCP 443 alone, and only from inside the VPC", "admit TCP 443 alone, and only from inside the VPC (10.0.0.0/16)"},
		{Claim{Kind: Available}, "be available", ""},
		{validClaim(Available), "be available and its connection with vpce-svc-1 accepted", ""},
		{Claim{Kind: Healthy, Hosts: []string{"i-2", "i-1"}}, "have exactly i-1 and i-2 registered, all healthy", ""},
		{validClaim(Limited), "be the one that was declared", ""},
		{validClaim(Permitted), "let arn:aws:iam::1:root connect, and nobody else", ""},
		{Claim{Kind: Permitted, Principals: []string{"arn:b", "arn:a"}}, "let arn:a and arn:b connect, and nobody else", ""},
		{validClaim(Placed), "be in exactly subnet-1, with sg-1 alone, and run as arn:aws:iam::1:role/prober, with the code that was deployed for it", ""},
		{Claim{Kind: Placed, Subnets: []string{"subnet-1"}}, "be in exactly subnet-1", ""},
		{Claim{Kind: Placed}, "be in no VPC", ""},
		{Claim{Kind: Placed, Role: "arn:r"}, "be in no VPC, and run as arn:r", ""},
		{Claim{Kind: "odd"}, "be of a known kind", ""},
	} {
		if test.with == "" {
			test.with = test.without
		}
		if without, with := test.claim.expected(Facts{}), test.claim.expected(facts[test.claim.Kind]); without != test.without || with != test.with {
			t.Errorf("got  %s\n     %s\nwant %s\n     %s", without, with, test.without, test.with)
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ got, want string }{
		{shorten("abcdef", 6), "abcdef"}, {shorten("abcdefg", 6), "abc..."}, {shorten("aäöü", 6), "aä..."}, {shorten("ääää", 5), "ä..."}, {shorten("ääääx", 6), "ä..."}, {shorten("ééééx", 6), "é..."}, {shorten("\x80\x80\x80\x80\x80\x80\x80", 6), "..."},
		{printable("a\x1b[31m\tb\n c\u202e\xff "), "a?[31m b c??"},
		{joinWords(nil), ""}, {joinWords([]string{"a"}), "a"}, {joinWords([]string{"a", "b", "c"}), "a, b and c"},
		{plural(0, "claim"), "0 claims"}, {plural(1, "claim"), "1 claim"},
		{durationText(1234 * time.Millisecond), "1.2s"}, {durationText(80400 * time.Microsecond), "80ms"}, {durationText(time.Second), "1s"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
