package proof

import (
	"context"
	"time"
)

// VantagePoint is a place in a subnet from which probes run.
type VantagePoint interface {
	// Measure runs the probes there and returns one observation for each, in
	// the same order. An error says that nothing could be measured.
	Measure(ctx context.Context, probes []Probe) ([]Observation, error)
}

// Verification proves claims: it measures, gathers facts, judges, and does so
// again until every claim holds or the time is over.
type Verification struct {
	// Subject says for people what is verified, such as "gateway endpoint to
	// S3 in VPC vpc-1".
	Subject string
	// Claims are what must be true. Their ids must differ.
	Claims []Claim
	// VantagePoints are those that the claims name in From.
	VantagePoints map[string]VantagePoint
	// Lookups reads facts. Required where a claim needs any.
	Lookups Lookups
	// Clock tells and passes the time. Default: [SystemClock].
	Clock Clock
	// Limit is how long to try. Default: 5 minutes.
	Limit time.Duration
	// OnVerdict, if set, hears each claim's final verdict as soon as it is
	// known, one at a time.
	OnVerdict func(Verdict)
}
