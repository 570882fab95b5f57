package contract

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/proof"
)

// full has a value in every field.
func full() Properties {
	return Properties{
		Subject:       "interface endpoint to CloudFormation",
		TimeLimit:     time.Minute,
		VantagePoints: map[string]string{"Private": "arn:aws:lambda:ap-northeast-2:111122223333:function:prober"},
		Claims: []proof.Claim{
			{ID: "Opens", Kind: proof.Connects, From: "Private", Endpoint: "vpce-1", Port: 443},
			{ID: "Hidden", Kind: proof.Unreachable, From: "Private", Host: "192.0.2.1"},
			{ID: "Spreads", Kind: proof.Spreads, From: "Private", Host: "web.test", Scheme: "http", Hosts: []string{"WEB1", "WEB2"}, Requests: 300},
			{ID: "Allowed", Kind: proof.Allowed, From: "Private", Host: "s3.test", Call: &proof.Call{Service: "s3", Action: "s3:ListBucket"}},
			{ID: "IsAvailable", Kind: proof.Available, Endpoint: "vpce-1"},
			{ID: "Last", Kind: proof.Last, Stack: "arn:aws:cloudformation:ap-northeast-2:111122223333:stack/Network/1"},
		},
		Members: []Member{
			{Name: "Kms", Subject: "interface endpoint to KMS", Claims: []proof.Claim{
				{ID: "PrivateSecures", Kind: proof.Secures, From: "Private", Endpoint: "vpce-2"},
				{ID: "Secures", Kind: proof.Secures, From: "Private", Endpoint: "vpce-2"},
				{ID: "Guarded", Kind: proof.Guarded, Endpoint: "vpce-2"},
			}},
		},
		Evidence: []string{"Opens", "KmsGuarded"},
		Stacks:   map[string]any{"Network": "0a1b"},
		Run:      "2",
		Nonce:    "2f0c", NonceParameter: "Network-Nonce",
		Set: "Network",
	}
}

// What is encoded, sent as CloudFormation sends it and decoded, is the same. Only
// strings, objects and lists travel.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for i := range reflect.TypeFor[Properties]().NumField() {
		if reflect.ValueOf(full()).Field(i).IsZero() {
			t.Errorf("%s is not set: the round trip does not show that it travels", reflect.TypeFor[Properties]().Field(i).Name)
		}
	}
	raw, err := full().Encode()
	if err != nil {
		t.Fatal(err)
	}
	onlyText(t, "", raw)
	data, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	var received map[string]any
	if err := json.Unmarshal(data, &received); err != nil {
		t.Fatal(err)
	}
	received["ServiceToken"], received["ServiceTimeout"] = "arn:aws:lambda:ap-northeast-2:111122223333:function:verifier", "240"
	got, err := Decode(received)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(full(), got); diff != "" {
		t.Errorf("(-sent +received):\n%s", diff)
	}
}

func onlyText(t *testing.T, at string, value any) {
	t.Helper()
	switch value := value.(type) {
	case string:
	case map[string]any:
		for key, item := range value {
			onlyText(t, at+"."+key, item)
		}
	case []any:
		for _, item := range value {
			onlyText(t, at+"[]", item)
		}
	default:
		t.Errorf("%s is a %T", at, value)
	}
}

func TestEncodeLeavesOutWhatIsNotSet(t *testing.T) {
	t.Parallel()
	got, err := Properties{Subject: "s", Claims: []proof.Claim{{ID: "A", Kind: proof.Available, Endpoint: "vpce-1"}}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"Subject": "s", "TimeLimit": "480", "VantagePoints": map[string]any{}, "Count": "1",
		"Claims": []any{map[string]any{"Id": "A", "Kind": "available", "Endpoint": "vpce-1"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := (Properties{}).Encode(); err == nil {
		t.Errorf("nothing was encoded as %v", got)
	}
}

// Each error names the property, what it must be, and what was received.
func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	const subject = `"Subject": "s", `
	const good = subject + `"Claims": [{"Id": "A", "Kind": "available", "Endpoint": "vpce-1"}]`
	claim := func(fields string) string {
		return `{` + subject + `"VantagePoints": {"private": "arn:1", "public": "arn:2"}, "Claims": [{"Id": "A", "Kind": "available", "Endpoint": "vpce-1"}, {` + fields + `}]}`
	}
	tests := []struct{ properties, want string }{
		{`{}`, `Subject: required, got none; Claims: must be a list of at least one claim, got none`},
		{`{` + subject + `"Claims": "x"}`, `Claims: must be a list of at least one claim, got "x"`},
		{`{` + subject + `"Claims": []}`, `Claims: must be a list of at least one claim, got []`},
		{`{` + subject + `"Claims": ["x"]}`, `Claims[0] (Id none): json: cannot unmarshal string into Go value of type proof.Claim`},
		{`{"Subject": ["x"], "Claims": [{"Id": "A", "Kind": "available", "Endpoint": "vpce-1"}]}`, `Subject: must be text, got ["x"]`},
		{`{"TimeLimit": "0", ` + good + `}`, `TimeLimit: must be whole seconds from 10s to 13m0s, got "0"`},
		{`{"TimeLimit": "-5", ` + good + `}`, `TimeLimit: must be whole seconds from 10s to 13m0s, got -5s`},
		{`{"TimeLimit": "9", ` + good + `}`, `TimeLimit: must be whole seconds from 10s to 13m0s, got 9s`},
		{`{"TimeLimit": "781", ` + good + `}`, `TimeLimit: must be whole seconds from 10s to 13m0s, got 13m1s`},
		{`{"TimeLimit": 60.5, ` + good + `}`, `TimeLimit: must be whole seconds from 10s to 13m0s, got 60.5`},
		{`{"TimeLimit": "", ` + good + `}`, `TimeLimit: must be whole seconds from 10s to 13m0s, got ""`},
		{`{"TimeLimit": "9223372036854775807", ` + good + `}`, `TimeLimit: must be whole seconds from 10s to 13m0s, got "9223372036854775807"`},
		{`{"TimeLimit": ["60"], ` + good + `}`, `TimeLimit: must be whole seconds from 10s to 13m0s, got ["60"]`},
		{`{"Count": "2", ` + good + `}`, `Count: must be the number of claims, which is 1, got "2"; a claim was lost or added on the way`},
		{`{"Count": ["1"], ` + good + `}`, `Count: must be the number of claims, which is 1, got ["1"]; a claim was lost or added on the way`},
		{`{"VantagePoints": "x", ` + good + `}`, `VantagePoints: must be an object of names and function ARNs, got "x"`},
		{`{"VantagePoints": {"a": ""}, ` + good + `}`, `VantagePoints.a: must be the ARN of a function, got ""`},
		{`{"VantagePoints": {"a": {"b": "c"}}, ` + good + `}`, `VantagePoints.a: must be the ARN of a function, got {"b":"c"}`},
		{`{"VantagePoints": {"a-b": "arn:1"}, ` + good + `}`, `VantagePoints: must have names of 1 to 32 letters and digits, got "a-b"`},
		{`{"Nonce": "2f0c", ` + good + `}`, `NonceParameter: must be the name of a parameter if there is a Nonce, and left out if there is none, got ""`},
		{`{"NonceParameter": "Next", ` + good + `}`, `NonceParameter: must be the name of a parameter if there is a Nonce, and left out if there is none, got "Next"`},
		{`{"Clams": [], ` + good + `}`, `Clams: unknown property, must be one of Call, Claims, Count, Evidence, Members, Nonce, NonceParameter, Run, Set, Stacks, Subject, TimeLimit, VantagePoints`},
		{`{"Evidence": "A", ` + good + `}`, `Evidence: must be a list of texts, got "A"`},
		{`{"Evidence": [1], ` + good + `}`, `Evidence[0]: must be text, got 1`},
		{`{"Evidence": ["B"], ` + good + `}`, `Evidence: must be ids of claims, got "B"`},
		{`{"Members": [], ` + good + `}`, `Members: must be a list of at least one member, got []`},
		{`{"Members": [{"Name": "a-b", "Claims": [{"Id": "A", "Kind": "available", "Endpoint": "vpce-1"}]}], ` + good + `}`, `Members[0].Name: must be 1 to 32 letters and digits, got "a-b"; Members[0].Subject: required, got none; claim a-bA: Id: want 1 to 128 letters and digits, got "a-bA"`},
		{`{"Members": [{"Name": "B", "Subject": "b", "Clams": []}], ` + good + `}`, `Members[0].Claims: must be a list of at least one claim, got none; Members[0].Clams: unknown property, must be one of Claims, Name, Subject`},
		{`{"Count": "3", "VantagePoints": {"p": "arn:1", "q": "arn:2"}, "Members": [{"Name": "B", "Subject": "b", "Claims": [{"Id": "Opens", "From": ["p", "q"], "Kind": "connects", "Host": "h"}]}, {"Name": "B", "Subject": "b", "Claims": [{"Id": "X", "Kind": "available", "Endpoint": "vpce-1"}]}], ` + good + `}`, `Members[1].Name: must differ from the others, got "B" twice; Count: must be the number of claims, which is 4, got "3"; a claim was lost or added on the way`},
		{`{"Stacks": {"Network": "0a1b"}, ` + good + `}`, `Claims: must include one of the kind last where there are Stacks, got none; it was lost on the way`},
		{claim(`"Id": "A", "Kind": "available", "Endpoint": "vpce-2"`), `claim A: Id: must differ from the others, got it twice`},
		{claim(`"Id": "Report", "Kind": "available", "Endpoint": "vpce-2"`), `claim Report: Id: must differ from the resource's own attributes Report, Summary, Log`},
		{claim(`"Id": "Summary", "Kind": "available", "Endpoint": "vpce-2"`), `claim Summary: Id: must differ from the resource's own attributes Report, Summary, Log`},
		{claim(`"Id": "B", "Kind": "connects", "Host": "h", "From": "moon"`), `claim B: From: must be the name of a vantage point (private, public), got "moon"`},
		{`{` + subject + `"Claims": [{"Id": "B", "Kind": "connects", "Host": "h", "From": "moon"}]}`, `claim B: From: must be the name of a vantage point (there are none), got "moon"`},
		{claim(`"Id": "B", "Kind": "available", "Endpiont": "vpce-2"`), `Claims[1] (Id "B"): json: unknown field "Endpiont"`},
		{
			`{"TimeLimit": "x", "Subject": 1, "Claims": {}}`,
			`Subject: must be text, got 1; TimeLimit: must be whole seconds from 10s to 13m0s, got "x"; Claims: must be a list of at least one claim, got {}`,
		},
	}
	for _, test := range tests {
		if _, err := Decode(parse(t, test.properties)); err == nil || err.Error() != test.want {
			t.Errorf("%s\ngot  %v\nwant %s", test.properties, err, test.want)
		}
	}
	// What is wrong within a claim has the words of package proof.
	for fields, want := range map[string]string{
		`"Id": "B", "Kind": "connects", "Host": "h", "From": "private", "Port": "x"`: `Claims[1] (Id "B"): `,
		`"Id": "B", "Kind": "sings"`:                `"sings"`,
		`"Kind": "available", "Endpoint": "vpce-1"`: `Claims[1] (Id none): claim without Id: Id: `,
	} {
		if _, err := Decode(parse(t, claim(fields))); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\ngot  %v\nwant %s", fields, err, want)
		}
	}
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	var raw map[string]any
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTimeLimits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		`{}`: 8 * time.Minute, `{"TimeLimit": "90"}`: 90 * time.Second, `{"TimeLimit": 780}`: 780 * time.Second,
	} {
		raw := parse(t, text)
		raw["Subject"], raw["Claims"] = "s", []any{map[string]any{"Id": "A", "Kind": "available", "Endpoint": "vpce-1"}}
		if got, err := Decode(raw); err != nil || got.TimeLimit != want {
			t.Errorf("%s: time limit %v, error %v", text, got.TimeLimit, err)
		}
	}
	// Lambda's limit and CloudFormation's, and that zero stands for the default.
	for _, limit := range []time.Duration{0, MinTimeLimit, MaxTimeLimit} {
		if got := VerifierTimeout(limit); got < timeLimit(limit)+30*time.Second || got > 15*time.Minute {
			t.Errorf("limit %v: the verifier has %v", limit, got)
		}
		if got := ServiceTimeout(limit); got < VerifierTimeout(limit)+90*time.Second || got > time.Hour {
			t.Errorf("limit %v: CloudFormation waits %v", limit, got)
		}
	}
}

// An answer must have room for an attribute of each claim.
// Claims may be many; the evidence that is wanted must fit the answer.
func TestTooMuchEvidence(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{40: "", 60: "Evidence: must leave room for an attribute each in the answer to CloudFormation (at most 4096 bytes), got the evidence of 60 claims; use less of it, or shorter ids"} {
		p := Properties{Subject: "s"}
		for i := range 500 {
			id := fmt.Sprintf("ResolvesFromPrivateSubnet%02d", i)
			p.Claims = append(p.Claims, proof.Claim{ID: id, Kind: proof.Available, Endpoint: "vpce-1"})
			if i < n {
				p.Evidence = append(p.Evidence, id)
			}
		}
		got := ""
		if err := p.Validate(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%d claims: got %q, want %q", n, got, want)
		}
	}
}

func TestEvidenceIDs(t *testing.T) {
	t.Parallel()
	raw := parse(t, `{"Count": "7", "Evidence": ["A", null, 7, "", "Report", "B"]}`)
	if diff := cmp.Diff([]string{"A", "B"}, EvidenceIDs(raw)); diff != "" {
		t.Error(diff)
	}
	if got := EvidenceIDs(parse(t, `{"Evidence": "x"}`)); got != nil {
		t.Errorf("got %q", got)
	}
	for text, want := range map[string]int{`{"Count": "7"}`: 7, `{"Count": 7}`: 7, `{"Count": "x"}`: 0, `{}`: 0} {
		if got := CountClaims(parse(t, text)); got != want {
			t.Errorf("%s: %d claims, want %d", text, got, want)
		}
	}
}

// Claims of a member that differ in their vantage point alone travel as one, and come
// back as they were.
func TestGrouped(t *testing.T) {
	t.Parallel()
	claims := []proof.Claim{
		{ID: "ASecures", Kind: proof.Secures, From: "A", Endpoint: "vpce-1"},
		{ID: "BSecures", Kind: proof.Secures, From: "B", Endpoint: "vpce-1"},
		{ID: "AZonal", Kind: proof.Secures, From: "A", Endpoint: "vpce-1", Zone: "a"},
		{ID: "BZonal", Kind: proof.Secures, From: "B", Endpoint: "vpce-1", Zone: "b"},
		{ID: "Sole", Kind: proof.Sole, Endpoint: "vpce-1"},
	}
	list := grouped(claims)
	if len(list) != 4 {
		t.Errorf("%d claims travel, want 4: %v", len(list), list)
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	var raw any
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	got, err := claimList.decode("Claims", ungrouped(raw))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(claims, got); diff != "" {
		t.Error(diff)
	}
}

// What was proved before an update may still be there, whoever of the members it was of.
func TestWithFormer(t *testing.T) {
	t.Parallel()
	of := func(endpoint string) Properties {
		return Properties{Claims: []proof.Claim{{ID: "A", Kind: proof.Available, Endpoint: "vpce-0"}}, Members: []Member{
			{Name: "Kms", Subject: "s", Claims: []proof.Claim{{ID: "Sole", Kind: proof.Sole, Endpoint: endpoint}}},
		}}
	}
	got := of("vpce-2").WithFormer(of("vpce-1"))
	want := of("vpce-2")
	want.Members[0].Claims[0].Endpoints = []string{"vpce-0", "vpce-1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzDecode: whatever arrives, it is decoded to something valid that encodes to
// the same again, or refused in one line.
func FuzzDecode(f *testing.F) {
	raw, err := full().Encode()
	if err != nil {
		f.Fatal(err)
	}
	seed, err := json.Marshal(raw)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"ServiceToken": "arn", "TimeLimit": 60, "Claims": [{"Id": "A", "Kind": "routed"}], "a\nb": "\u2028"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var raw map[string]any
		if json.Unmarshal(data, &raw) != nil {
			return
		}
		EvidenceIDs(raw)
		CountClaims(raw)
		p, err := Decode(raw)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("more than one line: %q", err)
			}
			return
		}
		again, err := p.Encode()
		if err != nil {
			t.Fatalf("decoded, but cannot be encoded: %v", err)
		}
		if q, err := Decode(again); err != nil || !cmp.Equal(p, q) {
			t.Errorf("error %v, %s", err, cmp.Diff(p, q))
		}
	})
}
