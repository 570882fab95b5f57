package latency

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestEveryRowHasASourceAndBounds(t *testing.T) {
	t.Parallel()
	for _, r := range Table {
		if r.Source == "" || r.Min < 0 || r.Max < r.Min || r.Rarely != 0 && r.Rarely <= r.Max {
			t.Errorf("%+v", r)
		}
		if !strings.Contains(r.Source, "assumed: ") && !strings.ContainsAny(r.Source, "/#") {
			t.Errorf("%s: source %q is neither an address nor an assumption", r.What, r.Source)
		}
	}
}

// One seed, one duration; another seed, resource or row, another.
func TestDurationsFollowFromSeedAndSubject(t *testing.T) {
	t.Parallel()
	first := New(1).Of(Call, "S", "A")
	if again := New(1).Of(Call, "S", "A"); again != first {
		t.Errorf("%v, then %v", first, again)
	}
	for name, other := range map[string]time.Duration{
		"another seed": New(2).Of(Call, "S", "A"), "another resource": New(1).Of(Call, "S", "B"),
		"other parts of equal text": New(1).Of(Call, "SA"), "another row": New(1).Of(Begin, "S", "A") + time.Second,
	} {
		if other == first {
			t.Errorf("%s has the same duration, %v", name, first)
		}
	}
	if d := (*Late)(nil).Of(Call, "S"); d != 0 {
		t.Errorf("nobody is late by %v", d)
	}
}

func TestDurationsFillTheirBounds(t *testing.T) {
	t.Parallel()
	row := Row{What: "x", Min: time.Second, Max: 3 * time.Second, Rarely: time.Minute}
	var low, high, rare int
	for i := range 2000 {
		switch d := New(uint64(i)).draw(row, []string{fmt.Sprint(i)}); {
		case d < row.Min || d >= row.Rarely:
			t.Fatalf("%v is out of bounds", d)
		case d >= row.Max:
			rare++
		case d < 2*time.Second:
			low++
		default:
			high++
		}
	}
	if low < 700 || high < 700 || rare < 150 || rare > 350 {
		t.Errorf("%d low, %d high, %d rare", low, high, rare)
	}
	if d := New(1).draw(Row{Min: time.Hour, Max: time.Hour}, nil); d != time.Hour {
		t.Errorf("equal bounds give %v", d)
	}
}
