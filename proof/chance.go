package proof

import (
	"math"
	"sync"
)

// The power of a verification, over all its rounds and claims together.
const (
	// significance is the probability that a good deployment is refuted by chance.
	significance = 1e-6
	// ofAbsence is the part of it for hosts that are missing altogether ([toMeet]).
	ofAbsence = 1e-9
	// oversight is the probability that a bad one passes: a service that loses
	// lossOfNote of its connections or more, or one of whose hosts gets half of its
	// fair share or less.
	oversight  = 1e-2
	lossOfNote = 0.02
)

// connections is how many fresh connections a measurement needs in the n-th look
// at a claim, counted from 1, where so many hosts should be treated alike (0 or 1:
// there is nothing to compare).
//
// # What is seen
//
// A Network Load Balancer chooses the target of a TCP connection by a hash over
// protocol, addresses, ports and the sequence number; source port and sequence
// number differ from one connection to the next
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html).
// Fresh connections therefore fall on the hosts as by chance, and the address of a
// name that has several is drawn by chance as well. Among n connections the number
// X of those that one host of k gets is binomial with n trials of probability 1/k.
// A service that loses a part q of its connections loses none of n with
// probability (1-q)^n.
//
// # What passes a look
//
// A look passes if no connection was lost and no host is starved ([isStarved]).
//
// # Many looks
//
// A claim that does not hold is tried again until the time is over, because a
// deployment takes effect step by step. One passing look settles it, so that every
// look is one more chance to be lucky. Therefore look i may overlook what is bad
// with a probability of at most
//
//	oversight · 6/π² · 1/i²
//
// which adds up to oversight over any number of looks (Σ 1/i² = π²/6), whenever
// they are taken and whatever made one take them: the connections of each look are
// fresh. Later looks need more connections, slowly. To be lost on the way to a good
// deployment costs no power; a good deployment is refuted only if its last look
// refutes it, and passes as soon as any look passes.
//
// connections is the smallest number that keeps both bounds; for k hosts it is found
// by bisection and then checked exactly, without approximations. A host with less
// than half of its share is found more surely than one with half: the tail is
// monotone in the probability.
//
// # Operating characteristics
//
// For one look, and for a verification of 50 looks (five minutes) as the sum over
// them. TestOperatingCharacteristics computes this table, TestPower agrees with it:
//
//	                        |              |  half a share  |   a loss of 2 %
//	hosts connections in    | good refused |     passes     |      passes
//	      look 1   look 50  |  in one look | look 1     all | look 1     all
//	    2     261      640 |      9.8e-07 | 0.0054  0.0057 | 0.0051  0.0089
//	    3     489      728 |      1.0e-06 | 0.0047  0.0079 | 0.0001  0.0001
//	    5     936     1409 |      1.0e-06 | 0.0057  0.0089 | 0.0000  0.0000
//	   10    2105     3130 |      9.9e-07 | 0.0055  0.0089 | 0.0000  0.0000
//	   20    4513     6690 |      1.0e-06 | 0.0053  0.0085 | 0.0000  0.0000
//	   50   11904    17547 |      1.0e-06 | 0.0055  0.0089 | 0.0000  0.0000
//
// "good refused" is that of 200 claims together, of the look in which it is
// largest.
//
// A good deployment that loses one connection in 1,000 by itself fails a look of 261
// with probability 0.23, and the next look passes.
func connections(look, hosts int) int {
	key := [2]int{max(look, 1), max(hosts, 1)}
	if known, ok := planned.Load(key); ok {
		return known.(int)
	}
	allowed := overlooked(key[0])
	enough := func(n int) bool {
		return allLossesOverlooked(n) <= allowed && (key[1] < 2 || halfShareOverlooked(n, key[1]) <= allowed)
	}
	few, many := 0, 1
	for !enough(many) {
		few, many = many, 2*many
	}
	for many-few > 1 {
		if middle := (few + many) / 2; enough(middle) {
			many = middle
		} else {
			few = middle
		}
	}
	planned.Store(key, many)
	return many
}

// planned remembers what [connections] found.
var planned sync.Map

// overlooked is the probability with which a look may pass what is bad.
func overlooked(look int) float64 {
	return oversight * 6 / (math.Pi * math.Pi) / float64(look) / float64(look)
}

// allLossesOverlooked is the probability that a service that loses lossOfNote of its
// connections loses none of n.
func allLossesOverlooked(n int) float64 { return math.Pow(1-lossOfNote, float64(n)) }

// halfShareOverlooked is the probability that a host of k with half of its fair
// share is not starved among n connections.
func halfShareOverlooked(n, k int) float64 {
	return 1 - binomialTail(starvedBelow(n, k)-1, n, 1/float64(2*k))
}

// isStarved reports whether a host that got count of n answers got fewer than
// chance allows, where k hosts should be treated alike:
//
//	P(X <= count) = sum over i = 0…count of C(n,i) (1/k)^i (1-1/k)^(n-i) < (1e-6 - 1e-9) / (200 k)
//
// The tail is exact, not approximated by a normal distribution. Dividing by the
// number of hosts, and of claims that a verification can have (Bonferroni), keeps
// the probability that any host of a good deployment is refuted below 1e-6,
// whatever the dependence between the counts. A host that gets too much needs no
// bound of its own: the others then get too little.
//
// The bound holds for hosts that should be treated alike. Where cross-zone
// balancing is off and zones have different numbers of hosts, they should not.
func isStarved(count, n, k int) bool {
	return binomialTail(count, n, 1/float64(k)) < (significance-ofAbsence)/float64(maxClaims*k)
}

// toMeet is how many answers show that a host of k that gave none is missing, so that
// a measurement need not go on:
//
//	(1-1/k)^n < 1e-9 / (200 k)
//
// While a new target is awaited, a round is thus far shorter than one that settles.
func toMeet(k int) int {
	if k < 2 {
		return 1
	}
	return 1 + int(math.Log(ofAbsence/float64(maxClaims*k))/math.Log1p(-1/float64(k)))
}

// starvedBelow is the smallest count with which a host of k is not starved.
func starvedBelow(n, k int) int {
	low, high := 0, n // a host that got all is never starved
	for low < high {
		if middle := (low + high) / 2; isStarved(middle, n, k) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// binomialTail is P(X <= count) for a binomial X of n trials of probability p. It
// sums the terms of the side that lies away from the mean, from the largest on, until
// they no longer count. The largest is computed in logarithms: large n neither
// overflow nor vanish.
func binomialTail(count, n int, p float64) float64 {
	switch {
	case count < 0:
		return 0
	case count >= n:
		return 1
	case p >= 1:
		return 0
	}
	if float64(count) > p*float64(n) {
		return 1 - binomialTail(n-count-1, n, 1-p) // the others get the rest
	}
	term := math.Exp(logBinomial(n, count) + float64(count)*math.Log(p) + float64(n-count)*math.Log1p(-p))
	sum := term
	for i := count; i > 0 && term > 1e-17*sum; i-- {
		term *= float64(i) / float64(n-i+1) * (1 - p) / p
		sum += term
	}
	return sum
}

// logBinomial is the logarithm of the binomial coefficient n over i.
func logBinomial(n, i int) float64 {
	whole, _ := math.Lgamma(float64(n + 1))
	part, _ := math.Lgamma(float64(i + 1))
	rest, _ := math.Lgamma(float64(n - i + 1))
	return whole - part - rest
}

// requests is how many fresh connections the claim needs in this look.
func (c Claim) requests(look int) int {
	return max(connections(look, len(c.Hosts)), int(c.Requests))
}
