package proof

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{`443`: 443, `"443"`: 443, `"-1"`: -1, ` "0" `: 0, `"2147483647"`: 1<<31 - 1} {
		var n Number
		if err := json.Unmarshal([]byte(text), &n); err != nil || int(n) != want {
			t.Errorf("%s: got %d, %v", text, n, err)
		}
	}
	for text, want := range map[string]string{
		`""`: `got ""`, `"a"`: `got "a"`, `4.5`: `got 4.5`, `"+1"`: `got "+1"`, `" 1"`: `got " 1"`, `1e3`: `got 1e3`,
		`true`: `got true`, `[1]`: `got [1]`, `"99999999999999999999"`: `at most 32 bits, got "99999999999999999999"`,
		`2147483648`: `at most 32 bits, got 2147483648`, `"` + strings.Repeat("x", 50) + `"`: `got "` + strings.Repeat("x", 36) + `...`,
	} {
		n := Number(7)
		err := n.UnmarshalJSON([]byte(text))
		if got := errorText(err); !strings.HasPrefix(got, "want a whole number") || !strings.HasSuffix(got, want) || n != 7 {
			t.Errorf("%s: got %d, %q, want %q", text, n, got, want)
		}
	}
	if err := new(Number).UnmarshalJSON([]byte("null")); err == nil {
		t.Error("null was taken for a number")
	}
	if data, err := json.Marshal(Claim{Port: 443}); err != nil || !strings.Contains(string(data), `"Port":"443"`) || strings.Contains(string(data), "Requests") {
		t.Errorf("got %s, %v", data, err)
	}
}

func TestDecodeClaims(t *testing.T) {
	t.Parallel()
	const good = `{"Id":"C","Kind":"connects","From":"private","Host":"a.example","Port":"443"}`
	claims, err := DecodeClaims([]byte(` [` + good + `] `))
	if err != nil || len(claims) != 1 || claims[0].Port != 443 {
		t.Fatalf("got %v, %v", claims, err)
	}
	var most []Claim
	for i := range 200 {
		most = append(most, Claim{ID: fmt.Sprint("C", i), Kind: Unrouted, Endpoint: "vpce-1"})
	}
	if claims, err := DecodeClaims(marshal(t, most)); err != nil || len(claims) != 200 {
		t.Errorf("got %d claims, %v", len(claims), err)
	}
	many := "[" + strings.Repeat(good+",", 200) + good + "]"
	for text, want := range map[string]string{
		``:                            "claims: EOF",
		`{}`:                          "claims: json: cannot unmarshal object into Go value of type []proof.Claim",
		`[]`:                          "claims: want 1 to 200, got 0",
		`null`:                        "claims: want 1 to 200, got 0",
		many:                          "claims: want 1 to 200, got 201",
		`[` + good:                    "claims: unexpected EOF",
		`[` + good + `] x`:            "claims: want nothing after the JSON value",
		`[` + good + `,` + good + `]`: "claim C: Id: want each id once, got it twice",
		`[{"Id":"C","Kind":"connects","From":"private","Hots":"a.example"}]`:                `claims: json: unknown field "Hots"`,
		`[{"Id":"C","Kind":"connects","From":"private","Host":"a.example","Port":"x"}]`:     `claims: want a whole number, got "x"`,
		`[{"Id":"C","Kind":"connects","From":"private"},{"Id":"D","Kind":"unrouted"}]`:      "claim C: Host: required where Endpoint is not set\nclaim D: Endpoint: required where Kind is unrouted",
		`[{"Id":"C","Kind":"allowed","From":"p","Host":"a","Call":{"Service":"s3","X":1}}]`: `claims: json: unknown field "X"`,
	} {
		if claims, err := DecodeClaims([]byte(text)); errorText(err) != want || claims != nil {
			t.Errorf("%.80s:\ngot  %v, %v\nwant %s", text, claims, err, want)
		}
	}
	if _, err := DecodeClaims(filled(`[` + good + `]`)); err != nil {
		t.Errorf("as large as may be: %v", err)
	}
	if _, err := DecodeClaims(make([]byte, maxDocument+1)); errorText(err) != "claims: want at most 6291456 bytes, got 6291457" {
		t.Error(err)
	}
}

func TestDecodeRequest(t *testing.T) {
	t.Parallel()
	want := Request{Probes: []Probe{{Claim: "C", Kind: Connects, Host: "a.example", Port: 443}}}
	got, err := DecodeRequest(marshal(t, want))
	if err != nil || len(got.Probes) != 1 || got.Probes[0] != want.Probes[0] {
		t.Errorf("got %+v, %v", got, err)
	}
	most := Request{Probes: make([]Probe, 200)}
	for i := range most.Probes {
		most.Probes[i] = Probe{Kind: Spreads, Host: "a.example", Port: 65535, Scheme: "http", Requests: 1024, Timeout: maxTimeout}
	}
	if err := most.Validate(); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{
		`{}`:           "request: want 1 to 200 probes, got 0",
		`{"Probs":[]}`: `request: json: unknown field "Probs"`,
		`{"Probes":[{"Claim":"C","Kind":"spreads","Host":"a","Port":80}]}`: `probe 1 for claim "C": Scheme: required`,
		`{"Probes":[{"Claim":"C","Kind":"answers","Host":"a","Port":80}]}`: `probe 1 for claim "C": Scheme: required`,
		`{"Probes":[{}]}`: `probe 1 for claim "": Kind: want one that is measured, got ""`,
		`{"Probes":[` + strings.Repeat(`{},`, 200) + `{}]}`:                                                               "request: want 1 to 200 probes, got 201",
		`{"Probes":[{"Claim":"C","Kind":"connects","Host":"a","Port":443},{"Claim":"D\n","Kind":"connects","Host":"a"}]}`: `probe 2 for claim "D": Port: required`,
	} {
		if _, err := DecodeRequest([]byte(text)); errorText(err) != want {
			t.Errorf("%.60s: got %v, want %s", text, err, want)
		}
	}
}

func TestDecodeResponse(t *testing.T) {
	t.Parallel()
	probes := []Probe{{Claim: "A"}, {Claim: "B"}}
	seen, err := DecodeResponse([]byte(`{"Observations":[{"Claim":"A","Outcome":"ok","New":1},{"Claim":"B","Outcome":"refused","Addresses":["10.0.0.1"]}]}`), probes)
	if err != nil || len(seen) != 2 || seen[1].Outcome != Refused || seen[1].Addresses[0] != addrs("10.0.0.1")[0] {
		t.Errorf("got %+v, %v", seen, err)
	}
	for text, want := range map[string]string{
		`{}`:                               "response: want 2 observations, got 0",
		`{"Observations":[{"Claim":"A"}]}`: "response: want 2 observations, got 1",
		`{"Observations":[{"Claim":"B"},{"Claim":"A"}]}`:      `response: want the observation for claim A at position 1, got one for "B"`,
		`{"Observations":[{"Claim":"A"},{"Claim":"\u001b"}]}`: `response: want the observation for claim B at position 2, got one for "?"`,
		`{"Observations":[{"Claim":"A","Addresses":["x"]}]}`:  `response: ParseAddr("x"): unable to parse IP`,
		`"oh"`: "response: json: cannot unmarshal string into Go value of type proof.Response",
		``:     "response: unexpected end of JSON input",
	} {
		if seen, err := DecodeResponse([]byte(text), probes); !strings.HasPrefix(errorText(err), want) || seen != nil {
			t.Errorf("%s: got %v, %v, want %s", text, seen, err, want)
		}
	}
	if _, err := DecodeResponse(filled(`{"Observations":[]}`), nil); err != nil {
		t.Errorf("as large as may be: %v", err)
	}
	if _, err := DecodeResponse(make([]byte, maxDocument+1), nil); errorText(err) != fmt.Sprintf("response: want at most %d bytes, got %d", maxDocument, maxDocument+1) {
		t.Error(err)
	}
}

// filled is a document that is as large as may be.
func filled(text string) []byte {
	return []byte(text + strings.Repeat(" ", maxDocument-len(text)))
}
