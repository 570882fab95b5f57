package proof

import "time"

// trial is the course of one claim through the rounds.
type trial struct {
	claim Claim
	// rounds is how often the claim was tried, streak in how many rounds
	// running it held up to now.
	rounds, streak int
	// last is the latest verdict, refuted the latest that refuted the claim.
	last    Verdict
	refuted *Verdict
	// refutedAt is when that one was.
	refutedAt time.Time
	// since is when what last saw was seen first, of the rounds up to it.
	since time.Time
	// known are the facts of the last round that gathered them.
	known Facts
	// final is the verdict once the claim is settled.
	final   Verdict
	settled bool
}

// record adds the verdict of a round that ends now.
func (t *trial) record(verdict Verdict, now time.Time) {
	if t.rounds == 0 || verdict.State != t.last.State || verdict.Seen != t.last.Seen {
		t.since = now
	}
	t.rounds++
	verdict.Rounds = t.rounds
	t.last = verdict
	switch verdict.State {
	case Holds:
		t.streak++
	case Refuted:
		t.refuted, t.refutedAt = &verdict, now
		t.streak = 0
	default:
		t.streak = 0
	}
}

// held reports whether the claim has held long enough for now.
func (t *trial) held() bool { return t.streak >= t.roundsNeeded() }

// roundsNeeded is how many rounds running the claim must hold.
func (t *trial) roundsNeeded() int {
	if t.claim.Kind.Negative() {
		return negativeRounds
	}
	return 1
}

// canBeLost reports whether a claim that held may not hold any more when
// everything else is in place: what facts say changes, and what was not there
// appears. A connection that was possible has shown what it was to show.
func (t *trial) canBeLost() bool { return !t.claim.Kind.Measured() || t.claim.Kind.Negative() }

// nextRoundTakes is the longest that the claim's probe can take in a further round.
func (t *trial) nextRoundTakes() time.Duration {
	if !t.claim.Kind.Measured() {
		return 0
	}
	probe := Probe{Kind: t.claim.Kind}
	if t.claim.Kind.measurement().fresh {
		probe.Requests = t.claim.requests(t.rounds + 1)
	}
	return probe.longest()
}
