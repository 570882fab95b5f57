// Package reach finds out, by packets, who can reach whom in a Region of the lab,
// and says in words where a packet was dropped that did not arrive.
//
//	Survey ─▶ names      what things are called: logical ids, construct paths   names.go
//	       ├▶ Place       where packets start: subnets, instances, functions,    places.go
//	       │              the internet, a stranger's VPC
//	       ├▶ Target      what they are sent to                                  targets.go
//	       ├▶ Probe       one attempt: open, closed or filtered, and why         probe.go, explain.go
//	       └▶ Matrix      everybody to everything                                measure.go, matrix.go
//
// It puts hosts of its own into the subnets, which Close takes out again: as long as a
// survey is open, a stack cannot be deleted. What is declared about reachability
// stands in a [Matrix] as text; [Compare] compares.
//
// The tests' oracle and the package for other people's tests rest on this. Names,
// signed calls and grants, which the oracle measures too, are not here.
package reach
