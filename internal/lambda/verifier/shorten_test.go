package verifier

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/contract"
)

func FuzzShorten(f *testing.F) {
	for _, text := range []string{"", "plain", `"quotes" \ and`, "line\nfeed\t\r\b\f", "\x00\x1f\x7f", "äöü 日本 🙂", "\xff\xfe broken", "<a>&'\u2028\u2029"} {
		f.Add(text, 7)
		f.Add(text, 1000)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		encoded, err := marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := encodedLen(text), len(encoded)-2; got != want {
			t.Fatalf("encodedLen(%q) = %d, encoding/json writes %d bytes", text, got, want)
		}
		for name, short := range map[string]string{
			"shorten":      shorten(text, limit),
			"shortenLines": shortenLines(text, "…more elsewhere", limit),
		} {
			if encodedLen(short) > max(limit, 0) {
				t.Errorf("%s(%q, %d) = %q, of %d bytes", name, text, limit, short, encodedLen(short))
			}
			if utf8.ValidString(text) && !utf8.ValidString(short) {
				t.Errorf("%s(%q, %d) = %q cuts a character", name, text, limit, short)
			}
			if encodedLen(text) <= limit && short != text {
				t.Errorf("%s(%q, %d) = %q, though it fits", name, text, limit, short)
			}
		}
	})
}

func TestShortenLines(t *testing.T) {
	t.Parallel()
	text := "head\nfirst line\nsecond line"
	if got, want := shortenLines(text, "…more", 25), "head\nfirst line\n…more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := shortenLines("one line that is long", "…more", 20), "one line…\n…more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		wants, weights []int
		budget         int
		given          []int
	}{
		{"all fits", []int{10, 20}, []int{1, 1}, 100, []int{10, 20}},
		{"the short stays whole", []int{10, 200}, []int{1, 1}, 100, []int{10, 90}},
		{"by weight", []int{200, 200}, []int{1, 3}, 100, []int{25, 75}},
		{"no budget", []int{5, 5}, []int{1, 1}, -3, []int{0, 0}},
		{"no texts", nil, nil, 5, []int{}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.given, share(test.wants, test.weights, test.budget)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestAnswerFits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("all \"lines\" of <this> report & more\n", 200)
	many := map[string]string{}
	for i := range 60 {
		many["Claim"+strings.Repeat("x", 20)+string(rune('A'+i/26))+string(rune('A'+i%26))] = long
	}
	tests := []struct {
		name   string
		reason string
		data   map[string]string
		whole  []string // attributes that must not be shortened
	}{
		{"small", "reason", map[string]string{"Report": "r", "A": "a"}, []string{"Report", "A"}},
		{"long report", "", map[string]string{"Report": long, "Summary": "7 of 7", "A": "10.0.0.1, 10.0.0.2"}, []string{"Summary", "A"}},
		{"long reason", long, map[string]string{"Report": long, "Summary": "7 of 7", "A": "a"}, []string{"Summary", "A"}},
		{"one long claim", "", map[string]string{"Report": "r", "A": long, "B": "b"}, []string{"Report", "B"}},
		{"all long", long, many, nil},
		{"control characters", strings.Repeat("\x00", 5000), map[string]string{"Report": strings.Repeat("\x01", 5000)}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAnswer(newEvent("Create", nil), "FAILED").because(test.reason)
			a.Data = test.data
			body, err := a.encode("whole report: log group /g, stream s")
			if err != nil {
				t.Fatal(err)
			}
			if len(body) > contract.MaxResponse {
				t.Errorf("%d bytes", len(body))
			}
			if size, _ := marshal(a); len(size) > contract.MaxResponse && len(body) < contract.MaxResponse*9/10 {
				t.Errorf("only %d bytes of %d are used", len(body), contract.MaxResponse)
			}
			var got answer
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatal(err)
			}
			for name := range test.data {
				if got.Data[name] == "" {
					t.Errorf("attribute %s is missing", name)
				}
			}
			for _, name := range test.whole {
				if got.Data[name] != test.data[name] {
					t.Errorf("attribute %s was shortened to %q", name, got.Data[name])
				}
			}
			if report := got.Data["Report"]; report != test.data["Report"] && !strings.HasSuffix(report, "\n…whole report: log group /g, stream s") {
				t.Errorf("the shortened report does not say where the whole one is: …%q", report[max(0, len(report)-60):])
			}
		})
	}
}

// An event with thousands of claims, which decoding refuses, is answered with the
// reason.
func TestAnswerToThousandsOfClaims(t *testing.T) {
	t.Parallel()
	a := newAnswer(newEvent("Create", nil), "FAILED").because("too many claims")
	a.Data = map[string]string{}
	for i := range 5000 {
		a.Data["Claim"+strings.Repeat("y", i%7)+string(rune('\u4e00'+i))] = "not verified"
	}
	body, err := a.encode("elsewhere")
	if err != nil || len(body) > contract.MaxResponse || !strings.Contains(string(body), "too many claims") {
		t.Errorf("%d bytes, error %v: %s", len(body), err, body[:min(len(body), 400)])
	}
}

// A report that is too long only because of its columns is not shortened.
func TestAnswerDropsColumnsFirst(t *testing.T) {
	t.Parallel()
	line := "holds" + strings.Repeat(" ", 120) + "10.0.1.142, 10.0.0.115"
	report := strings.TrimSpace(strings.Repeat(line+"\n", 40))
	a := answer{Data: map[string]string{contract.AttributeReport: report}}
	body, err := a.encode("whole report elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	var got answer
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(strings.Repeat("holds  10.0.1.142, 10.0.0.115\n", 40))
	if got.Data[contract.AttributeReport] != want {
		t.Errorf("got %d bytes:\n%s", len(body), got.Data[contract.AttributeReport])
	}
	if a.Data[contract.AttributeReport] != report {
		t.Error("the caller's report was changed")
	}
}
