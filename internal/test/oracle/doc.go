// Package oracle finds out who can really reach what in a lab Region that a
// stack is deployed in. It sends packets: from every interface, from a host of
// its own in every subnet, and from the internet, to every address, on the ports
// that matter. It resolves the names, makes signed calls, and connects to the
// endpoint services as other VPCs and other accounts would.
//
//	World ─ Measure ─▶ places, names of things   places.go
//	                ├▶ reach    dials, pings      reach.go
//	                ├▶ names    DNS               names.go
//	                ├▶ calls    signed requests   calls.go
//	                ├▶ grants   roles             grants.go
//	                └▶ services strangers         services.go
//	                      └▶ Matrix: text, comparison
//
// It knows the lab's network and CloudFormation's names for things. It knows
// nothing of claims and of the constructs, and asks no proof: it is what they are
// held against.
package oracle
