package proof

import "slices"

// Placed: the prober of the vantage point From has its interfaces in exactly
// Subnets, with no security group but Group; in no VPC at all if both are empty;
// it runs as Role, and its code is Code and nothing else, if these are set. No resource
// policy lets others invoke it. Then what was measured there was measured from the right
// place, under the right role, by the prober, and nobody else measures from there.
const Placed Kind = "placed"

var _ = define(Placed, definition[placedFacts]{
	required: []string{"From"},
	optional: []string{"Subnets", "Group", "Role", "Code"},
	validate: func(c Claim, wrong fieldReporter) {
		if c.Group != "" && len(c.Subnets) == 0 {
			wrong("Group", "used only with Subnets, got %q", c.Group)
		}
	},
	lookups: always(FunctionLookup),
	gather:  func(g *gatherer, c Claim) placedFacts { return placedFacts{g.function(c.From)} },
	target: func(c Claim) string {
		if len(c.Subnets) == 0 {
			return "outside"
		}
		return joinWords(c.Subnets)
	},
	subject:  func(c Claim) string { return "the prober at " + c.From },
	expected: expectedPlaced,
	judge:    judgePlaced,
})

type placedFacts struct {
	// prober is the function that measures at From.
	prober Function
}

func expectedPlaced(c Claim, _ placedFacts) string {
	expected := "be in no VPC"
	if len(c.Subnets) > 0 {
		expected = "be in exactly " + joinWords(c.Subnets)
	}
	if c.Group != "" {
		expected += ", with " + c.Group + " alone"
	}
	if c.Role != "" {
		expected += ", and run as " + c.Role
	}
	if c.Code != "" {
		expected += ", with the code that was deployed for it"
	}
	return expected
}

// judgePlaced wants the prober where the claim says, and nowhere else: what it
// measures from another subnet proves nothing about this one.
func judgePlaced(c Claim, f placedFacts, _ Observation) finding {
	hint := "the VPC configuration of the prober at " + c.From
	switch {
	case f.prober.Name == "":
		return unproven("", "the prober's location is unknown")
	case !sameSet(f.prober.Subnets, c.Subnets):
		return refuted(hint, "it is in %s", subnetNames(f.prober.Subnets))
	case c.Group != "" && !sameSet(f.prober.Groups, []string{c.Group}):
		return refuted(hint, "it has %s", groupNames(f.prober.Groups))
	case len(c.Subnets) == 0 && len(f.prober.Groups) > 0:
		return refuted(hint, "it has %s", groupNames(f.prober.Groups))
	case c.Role != "" && f.prober.Role == "":
		return unproven("", "the prober's role is unknown")
	case c.Role != "" && f.prober.Role != c.Role:
		return refuted("the role of the prober at "+c.From, "it runs as %s", printable(f.prober.Role))
	}
	for _, wrong := range []*finding{judgeCode(c, f.prober), judgeInvokers(c, f.prober)} {
		if wrong != nil {
			return *wrong
		}
	}
	if c.Group == "" {
		return holds("%s", subnetNames(f.prober.Subnets))
	}
	return holds("%s, %s", subnetNames(f.prober.Subnets), c.Group)
}

// judgeCode wants the prober's own code and nothing that could take its place: a layer or
// an environment variable can change what a function runs and what it finds
// (docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html).
func judgeCode(c Claim, prober Function) *finding {
	var wrong finding
	switch {
	case c.Code == "":
		return nil
	case prober.Code == "":
		wrong = unproven("", "the prober's code is unknown")
	case prober.Code != c.Code:
		wrong = refuted("who changed the code of the prober at "+c.From+"; deploy it again", "its code has the SHA-256 %s", printable(shorten(prober.Code, 100)))
	case len(prober.Layers) > 0:
		wrong = refuted("the layers of the prober at "+c.From, "it has the layer %s", printable(joinWords(prober.Layers)))
	case len(prober.Variables) > 0:
		wrong = refuted("the environment of the prober at "+c.From, "it has the environment variable %s", printable(shorten(joinWords(prober.Variables), 200)))
	default:
		return nil
	}
	return &wrong
}

// judgeInvokers wants no resource policy that lets anybody invoke the prober: a service,
// another account, everybody by a URL. It would connect to whatever they say
// (docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html).
func judgeInvokers(c Claim, prober Function) *finding {
	if prober.Policy == "" {
		return nil
	}
	statements, err := statementsOf(prober.Policy)
	if err != nil {
		wrong := unproven("", "the resource policy of the prober could not be read: %v", err)
		return &wrong
	}
	for _, s := range statements {
		if s.allow {
			wrong := refuted("who added that permission to the prober at "+c.From, "its resource policy lets %s invoke it", principalText(s))
			return &wrong
		}
	}
	return nil
}

// subnetNames are subnets for people.
func subnetNames(ids []string) string {
	if len(ids) == 0 {
		return "no VPC"
	}
	return joinWords(slices.Sorted(slices.Values(ids)))
}

// groupNames are security groups for people.
func groupNames(ids []string) string {
	switch len(ids) {
	case 0:
		return "no security group"
	case 1:
		return "the security group " + ids[0]
	}
	return "the security groups " + joinWords(slices.Sorted(slices.Values(ids)))
}
