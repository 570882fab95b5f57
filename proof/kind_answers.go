package proof

import (
	"errors"
	"fmt"
)

// Answers: an HTTP or HTTPS request to the target is answered, whatever the
// status below 500.
const Answers Kind = "answers"

var _ = define(Answers, definition[targetFacts]{
	required: []string{"From"},
	optional: targetFields("Port", "Scheme", "Path"),
	lookups:  targetLookups,
	gather:   gatherTarget,
	measurement: &measurement{
		probe:    func(c Claim, p *Probe) { p.Scheme = c.scheme() },
		validate: Probe.needsScheme,
		fresh:    true,
		run:      repeated(Network.measureHTTP),
	},
	expected: func(c Claim, _ targetFacts) string {
		return fmt.Sprintf("answer %s requests on TCP %d", c.scheme(), c.port())
	},
	judge: positive(judgeAnswers),
})

func (p Probe) needsScheme() error {
	if p.Scheme == "" {
		return errors.New("Scheme: required")
	}
	return nil
}

func judgeAnswers(c Claim, _ targetFacts, seen Observation) finding {
	switch {
	case !seen.hasStatus():
		return c.senseless("the HTTP status is %d", seen.Status)
	case seen.Status >= 500:
		return refuted("the service behind "+c.target(), "it answered %s%s", seen.http(), seen.among())
	}
	return holds("%s", seen.http())
}
