package proof

import "slices"

// Kind names what a claim says. Each kind has a file of its own, kind_NAME.go,
// with all that there is to it.
type Kind string

// definition is a kind of claim. F are the facts that it is judged by.
type definition[F any] struct {
	// required are the fields of Claim that must be set, optional those that may
	// be. Id and Kind are always required, all others are refused.
	required, optional []string
	// negative: the claim says that something must not be. It must hold several
	// rounds running.
	negative bool
	// moves: what refutes the claim can pass by itself, because it is about a state
	// that is reached in time. Such a claim is never refuted for good before the
	// time limit (see [FactsSettle]).
	moves bool
	// validate reports what is wrong with the fields besides their form. Optional.
	validate func(c Claim, wrong fieldReporter)

	// lookups are those that gather makes; the verifier's IAM actions follow from
	// them. To make one that is not among them is an error.
	lookups func(c Claim) []source
	// gather looks up the facts.
	gather func(g *gatherer, c Claim) F
	// measurement is what a prober measures at the vantage point [Claim.From].
	// Unset where the claim is judged by facts alone.
	measurement *measurement

	// target is what the claim is about, subject the same as the subject of a
	// sentence. Default: the host or the endpoint.
	target, subject func(c Claim) string
	// plural reports whether the subject is plural. Default: it is not.
	plural func(c Claim) bool
	// expected goes on after "was expected to". Facts that are not known are zero
	// and left out.
	expected func(c Claim, f F) string
	// judge compares what was seen with what the claim says, in the light of the
	// facts. It is pure. Without a measurement, seen is zero.
	judge func(c Claim, f F, seen Observation) finding
}

// kindEntry is a definition as the registry keeps it, with facts of any type.
// Facts of another type than the kind's own count as unknown.
type kindEntry struct {
	required, uses  []string
	negative, moves bool
	validate        func(c Claim, wrong fieldReporter)
	lookups         func(c Claim) []source
	gather          func(g *gatherer, c Claim) Facts
	measurement     *measurement
	target, subject func(c Claim) string
	plural          func(c Claim) bool
	expected        func(c Claim, f Facts) string
	judge           func(c Claim, f Facts, seen Observation) finding
}

// Requires reports whether claims of the kind must have a field, such as Call.
func (k Kind) Requires(field string) bool {
	entry, known := kindEntries[k]
	return known && slices.Contains(entry.required, field)
}

// kindEntries are all kinds. Every kind_NAME.go adds its own by [define].
var kindEntries = map[Kind]*kindEntry{}

// define adds a kind and returns its name.
func define[F any](name Kind, d definition[F]) Kind {
	entry := &kindEntry{
		required: d.required, uses: slices.Concat(d.required, d.optional), negative: d.negative, moves: d.moves, validate: d.validate,
		lookups: d.lookups, measurement: d.measurement, target: d.target, subject: d.subject, plural: d.plural,
		gather:   func(g *gatherer, c Claim) Facts { return Facts{d.gather(g, c)} },
		expected: func(c Claim, f Facts) string { known, _ := f.known.(F); return d.expected(c, known) },
		judge: func(c Claim, f Facts, seen Observation) finding {
			known, _ := f.known.(F)
			return d.judge(c, known, seen)
		},
	}
	if entry.validate == nil {
		entry.validate = func(Claim, fieldReporter) {}
	}
	if entry.target == nil {
		entry.target = Claim.hostOrEndpoint
	}
	if entry.subject == nil {
		entry.subject = Claim.hostOrEndpointSubject
	}
	if entry.plural == nil {
		entry.plural = func(Claim) bool { return false }
	}
	kindEntries[name] = entry
	return name
}

// Measured reports whether claims of this kind need a probe at a vantage point;
// the others are judged by facts alone.
func (k Kind) Measured() bool { return k.measurement() != nil }

// Negative reports whether claims of this kind say that something must not be.
// Such a claim must hold several rounds running.
func (k Kind) Negative() bool {
	entry, known := kindEntries[k]
	return known && entry.negative
}

// measurement is what a prober measures for claims of this kind, if anything.
func (k Kind) measurement() *measurement {
	if entry, known := kindEntries[k]; known {
		return entry.measurement
	}
	return nil
}

// kindNames are the names of all kinds, sorted.
func kindNames() []string {
	var names []string
	for kind := range kindEntries {
		names = append(names, string(kind))
	}
	slices.Sort(names)
	return names
}
