package proof

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// benchmarkClaims are about what an interface endpoint brings.
var benchmarkClaims = []Claim{
	{ID: "Name", Kind: Resolves, From: "private", Endpoint: "vpce-1", Answer: AnswerInterfaces},
	{ID: "Default", Kind: Resolves, From: "private", Host: "a.example", Endpoint: "vpce-1", Answer: AnswerPublic},
	{ID: "Opens", Kind: Connects, From: "private", Host: "10.0.0.5", Port: 80},
	{ID: "Answers", Kind: Answers, From: "private", Host: "10.0.0.5", Scheme: "http"},
	{ID: "Spreads", Kind: Spreads, From: "private", Host: "10.0.0.5", Scheme: "http", Hosts: []string{"WEB"}},
	{ID: "State", Kind: Available, Endpoint: "vpce-1"},
	{ID: "Groups", Kind: Guarded, Endpoint: "vpce-1"},
	{ID: "Tables", Kind: Enclosed, Subnets: []string{"subnet-1", "subnet-2"}},
}

// BenchmarkVerification reports how much longer a verification of many claims
// lasts than that of its slowest claim alone, in per cent: with one slow target
// (300 ms) among quick ones, look-ups of 20 ms, and a vantage point that takes
// 10 ms to answer. The aim is 10 % at most.
func BenchmarkVerification(b *testing.B) {
	w := newWorld(b)
	w.name(testEndpoint.Names[2]+". 60 IN A 10.0.0.115", testEndpoint.Names[2]+". 60 IN A 10.0.1.142", "a.example. 60 IN A 52.95.193.132")
	w.stand("10.0.0.5:80", web(b, nil, hostNamed("WEB")))
	w.stand("10.0.0.6:80", web(b, nil, func(rw http.ResponseWriter, _ *http.Request) {
		time.Sleep(300 * time.Millisecond)
		fmt.Fprint(rw, "WEB")
	}))
	slow := Claim{ID: "Slow", Kind: Answers, From: "private", Host: "10.0.0.6", Scheme: "http"}
	run := func(claims ...Claim) time.Duration {
		lookups := allLookups()
		lookups.before = slowly(20 * time.Millisecond)
		start := time.Now()
		report := Verification{
			Claims: claims, Lookups: lookups.lookups(), VantagePoints: map[string]VantagePoint{"private": delayed{measurer(w.network())}},
		}.Run(b.Context())
		if !report.Holds() {
			b.Fatal(report.Text())
		}
		return time.Since(start)
	}
	var alone, all time.Duration
	for b.Loop() {
		alone += run(slow)
		all += run(append([]Claim{slow}, benchmarkClaims...)...)
	}
	b.ReportMetric(100*(float64(all)/float64(alone)-1), "%over-slowest")
	b.ReportMetric(float64(all.Milliseconds())/float64(b.N), "ms/verification")
}

// BenchmarkMeasure measures 40 quick TCP probes and one of 200 ms; it reports
// what the quick ones add to the slow one, in per cent.
func BenchmarkMeasure(b *testing.B) {
	w := newWorld(b)
	w.stand("10.0.0.5:443", listen(b, hang))
	probes := []Probe{{Kind: Unreachable, Host: "10.0.0.6", Port: 443, Timeout: 200 * time.Millisecond}}
	for range 40 {
		probes = append(probes, Probe{Kind: Connects, Host: "10.0.0.5", Port: 443})
	}
	network := w.network()
	var slowest, all time.Duration
	for b.Loop() {
		start := time.Now()
		seen := Measure(b.Context(), network, probes)
		all += time.Since(start)
		slowest += seen[0].Took
	}
	b.ReportMetric(100*(float64(all)/float64(slowest)-1), "%over-slowest")
}

func BenchmarkJudge(b *testing.B) {
	list := PrefixList{ID: "pl-1", Entries: prefixes("52.219.0.0/16", "3.5.140.0/22")}
	facts := map[Kind]Facts{
		Resolves: {resolvesFacts{targetFacts{testEndpoint}, testInterfaces, prefixes("10.0.0.0/16"), list}},
		Routed:   {routedFacts{list, allLookups().subnets, allLookups().tables}},
		Guarded:  {guardedFacts{endpoint: testEndpoint, vpc: prefixes("10.0.0.0/16"), groups: allLookups().groups}},
		Limited:  {limitedFacts{validClaim(Limited).Policy}},
	}
	for _, kind := range []Kind{Resolves, Spreads, Denied, Routed, Guarded, Limited} {
		b.Run(string(kind), func(b *testing.B) {
			claim := validClaim(kind)
			known, seen := facts[kind], well(Probe{Kind: kind})
			for b.Loop() {
				Judge(claim, known, seen)
			}
		})
	}
}

// slowly holds up every look-up.
func slowly(d time.Duration) func(context.Context, string) error {
	return func(ctx context.Context, _ string) error { return SystemClock().Sleep(ctx, d) }
}

// delayed is a vantage point that takes a while to answer, as a function does.
type delayed struct{ VantagePoint }

func (d delayed) Measure(ctx context.Context, probes []Probe) ([]Observation, error) {
	if err := SystemClock().Sleep(ctx, 10*time.Millisecond); err != nil {
		return nil, err
	}
	return d.VantagePoint.Measure(ctx, probes)
}
