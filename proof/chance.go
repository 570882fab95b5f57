package proof

import "math"

// significance is the probability that a fair load balancer is refuted by chance,
// over all hosts together.
const significance = 1e-6

// defaultRequests are the connections of a Spreads probe. With two hosts, one
// that gets fewer than 13 of 64 is refuted: a host that the balancer sends a
// tenth of the connections instead of half is caught 99 times of 100.
const defaultRequests = 64

// isStarved reports whether a host that got count of n answers got fewer than
// chance allows, where k hosts should be treated alike.
//
// Each request goes over a fresh connection. A Network Load Balancer chooses
// the target of a TCP connection by a hash over addresses, ports and the
// sequence number, and the source port and sequence number of every connection
// differ. Connections are therefore spread as by chance
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html);
// the address of a name that has several is drawn by chance as well. So the
// count X of one host is binomial with n trials of probability 1/k each. The
// host is starved if
//
//	P(X <= count) = sum over i = 0…count of C(n,i) (1/k)^i (1-1/k)^(n-i) < 1e-6 / k
//
// The tail is exact, not approximated by a normal distribution. Dividing by k
// (Bonferroni) keeps the probability that any host of a fair balancer is
// refuted below 1e-6, whatever the dependence between their counts. A host that
// gets too much needs no bound of its own: the others then get too little.
//
// The bound holds for hosts that should be treated alike. Where cross-zone
// balancing is off and zones have different numbers of hosts, they should not.
func isStarved(count, n, k int) bool {
	return binomialTail(count, n, 1/float64(k)) < significance/float64(k)
}

// binomialTail is P(X <= count) for a binomial X of n trials of probability p, summed
// in logarithms so that large n neither overflow nor vanish.
func binomialTail(count, n int, p float64) float64 {
	if count >= n {
		return 1
	}
	sum := 0.0
	for i := 0; i <= count; i++ {
		sum += math.Exp(logBinomial(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
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

// leastRequests is the smallest number of requests with which a host of k that
// gets none at all is starved, and not merely unlucky.
func leastRequests(k int) int {
	for n := 1; n < maxRequests; n++ {
		if isStarved(0, n, max(k, 1)) {
			return n
		}
	}
	return maxRequests
}

// requests is how many connections a Spreads claim makes.
func (c Claim) requests() int {
	if c.Requests > 0 {
		return int(c.Requests)
	}
	return max(defaultRequests, leastRequests(len(c.Hosts)))
}
