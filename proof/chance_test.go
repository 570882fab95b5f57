package proof

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/synctest"
)

// manyLooks is how many rounds a verification of five minutes can have.
const manyLooks = 50

// TestTail compares with exact fractions: binomial tails of one half.
func TestTail(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 7, 64, 1024} {
		sum := new(big.Rat)
		whole := new(big.Int).Lsh(big.NewInt(1), uint(n))
		for count := range n + 1 {
			sum.Add(sum, new(big.Rat).SetFrac(new(big.Int).Binomial(int64(n), int64(count)), whole))
			want, _ := sum.Float64()
			if got := binomialTail(count, n, 0.5); math.Abs(got-want) > 1e-9*want {
				t.Fatalf("P(X <= %d of %d) = %g, want %g", count, n, got, want)
			}
		}
	}
	if got, want := binomialTail(0, 10, 0.25), math.Pow(0.75, 10); math.Abs(got-want) > 1e-12 {
		t.Errorf("got %g, want %g", got, want)
	}
	if binomialTail(0, 5, 1) != 0 || binomialTail(5, 5, 1) != 1 || binomialTail(-1, 5, 0.5) != 0 {
		t.Error("one host alone must get everything, and nobody less than nothing")
	}
}

// TestConnections: numbers that a person can check, and that later looks and more
// hosts need more.
func TestConnections(t *testing.T) {
	t.Parallel()
	// 0.98^253 <= 0.01 * 6/π² < 0.98^252
	if math.Pow(0.98, 253) > 0.006079271 || math.Pow(0.98, 252) <= 0.006079271 || connections(1, 0) != 253 || connections(0, 1) != 253 {
		t.Errorf("got %d", connections(1, 0))
	}
	for _, hosts := range []int{0, 2, 3, 10} {
		for look := 1; look < 20; look++ {
			if connections(look+1, hosts) < connections(look, hosts) || connections(look, hosts+1) < connections(look, hosts) {
				t.Errorf("look %d, %d hosts: %d connections, then %d, and %d for one host more", look, hosts,
					connections(look, hosts), connections(look+1, hosts), connections(look, hosts+1))
			}
		}
	}
	if most := connections(4*manyLooks, maxHosts); most > maxRequests {
		t.Errorf("%d hosts need %d connections, and a prober makes %d", maxHosts, most, maxRequests)
	}
	claim := Claim{Hosts: []string{"A", "B"}, Requests: 300}
	if claim.requests(1) != 300 || claim.requests(manyLooks) != connections(manyLooks, 2) {
		t.Errorf("got %d and %d", claim.requests(1), claim.requests(manyLooks))
	}
}

func TestStarved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ n, k, least int }{{261, 1, 261}, {261, 2, 84}, {441, 2, 159}, {10, 2, 0}} {
		least := 0
		for isStarved(least, test.n, test.k) {
			least++
		}
		if least != test.least || starvedBelow(test.n, test.k) != least {
			t.Errorf("%d connections, %d hosts: a host needs %d (%d), want %d", test.n, test.k, least, starvedBelow(test.n, test.k), test.least)
		}
	}
}

// characteristics is a row of the table in the doc comment of connections, by
// formula: no look may make a mistake more often than it may, nor all together.
func characteristics(t *testing.T, hosts int) string {
	var refused, half, lost float64
	for look := 1; look <= manyLooks; look++ {
		n := connections(look, hosts)
		refused = max(refused, float64(maxClaims*hosts)*(binomialTail(starvedBelow(n, hosts)-1, n, 1/float64(hosts))+
			math.Pow(1-1/float64(hosts), float64(toMeet(hosts)))))
		half += halfShareOverlooked(n, hosts)
		lost += allLossesOverlooked(n)
		if halfShareOverlooked(n, hosts) > overlooked(look) || allLossesOverlooked(n) > overlooked(look) {
			t.Errorf("look %d, %d hosts: %d connections are too few", look, hosts, n)
		}
	}
	if refused >= significance || half >= oversight || lost >= oversight {
		t.Errorf("%d hosts: a good deployment is refused with %g, half a share passes with %g, a loss of 2 %% with %g", hosts, refused, half, lost)
	}
	first := connections(1, hosts)
	return fmt.Sprintf("%5d %7d %8d | %12.1e | %6.4f  %6.4f | %6.4f  %6.4f", hosts, first, connections(manyLooks, hosts),
		refused, halfShareOverlooked(first, hosts), half, allLossesOverlooked(first), lost)
}

// TestOperatingCharacteristics computes the table of the doc comment.
func TestOperatingCharacteristics(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("chance.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, hosts := range []int{2, 3, 5, 10, 20, 50} {
		if row := characteristics(t, hosts); !strings.Contains(string(source), "\n//\t"+row+"\n") {
			t.Errorf("the doc comment lacks the row\n//\t%s", row)
		}
	}
}

// drawn is a prober that draws what happens to each connection by chance: it is lost,
// or one of the hosts answers, the first with its share and the others alike.
func drawn(random *rand.Rand, hosts []string, share, loss float64) *fakeProber {
	return &fakeProber{seen: func(_ int, probe Probe) Observation {
		seen := Observation{Outcome: OK, Addresses: addrs("10.0.0.5"), Counts: map[string]int{}}
		for seen.Connections < probe.Requests && seen.Failed == 0 {
			seen.Connections++
			switch {
			case random.Float64() < loss:
				seen.Failed, seen.Detail = 1, "nothing answered"
			case random.Float64() < share:
				seen.Counts[hosts[0]]++
			default:
				seen.Counts[hosts[1+random.IntN(len(hosts)-1)]]++
			}
		}
		return seen
	}}
}

// TestPower runs whole verifications against services of known faults: how often
// they pass agrees with the bounds. The random numbers are the same each time.
func TestPower(t *testing.T) {
	t.Parallel()
	three := []string{"A", "B", "C"}
	for _, test := range []struct {
		name        string
		hosts       []string
		share, loss float64
		runs        int
		least, most int // how many of them pass
	}{
		{"a good service", three[:2], 1. / 2, 0, 1000, 1000, 1000},
		{"a good service, three hosts", three, 1. / 3, 0, 300, 300, 300},
		{"a good service that loses one in 1,000", three[:2], 1. / 2, 0.001, 300, 300, 300},
		{"a host with half of its share", three[:2], 1. / 4, 0, 200, 0, 7}, // 2 expected at most
		{"a host with half of its share, three hosts", three, 1. / 6, 0, 100, 0, 5},
		{"a host with a tenth", three[:2], 0.1, 0, 100, 0, 0},
		{"a loss of 2 %", three[:2], 1. / 2, 0.02, 200, 0, 7},
		{"a loss of 8 %", three[:2], 1. / 2, 0.08, 100, 0, 0},
	} {
		random := rand.New(rand.NewPCG(1, 2))
		passed := 0
		claim := Claim{ID: "Spreads", Kind: Spreads, From: "private", Host: "a.example", Hosts: test.hosts}
		synctest.Test(t, func(t *testing.T) {
			for range test.runs {
				report := Verification{
					Claims: []Claim{claim}, VantagePoints: map[string]VantagePoint{"private": drawn(random, test.hosts, test.share, test.loss)},
				}.Run(t.Context())
				if report.Holds() {
					passed++
				} else if report.State() != Refuted || report.Verdicts[0].Rounds < manyLooks {
					t.Fatalf("%s: %s after %d rounds", test.name, report.Text(), report.Verdicts[0].Rounds)
				}
			}
		})
		if passed < test.least || passed > test.most {
			t.Errorf("%s: %d of %d verifications pass, want %d to %d", test.name, passed, test.runs, test.least, test.most)
		}
	}
}
