// Package schedule holds the tests of proofs that go on after the deployment: a verifier
// that stops is noticed, what cannot be measured is no leak, and neither an update nor a
// deletion leaves anything.
package schedule
