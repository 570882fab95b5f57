// Package proof says what must be true of a private connection, measures it,
// and judges what was measured.
//
//	Claim ──▶ Probe ──Measure──▶ Observation ─┐
//	  └────▶ Lookups ──Gather──▶ Facts ───────┴─Judge─▶ Verdict ─▶ Report
//
// A [Claim] is plain data. [Measure] runs probes on a [Network]; [Verification]
// drives the whole: it asks each vantage point for measurements, gathers facts
// from AWS's own APIs through [Lookups], judges, and tries again until every
// claim is settled or the time is over.
//
// Each kind of claim is one file, kind_NAME.go, with its fields, its look-ups, its
// probe, its judgement and its words. Each look-up is one file, lookup_NAME.go, with
// its result and its IAM actions. The other files are what kinds share: targets and
// probes, rounds, validation, and reports.
//
// Nothing here knows CDK, Lambda or an AWS service client: the network, the
// clock and the look-ups come in from outside, so the same code runs on AWS
// and in the lab.
package proof
