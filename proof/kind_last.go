package proof

import (
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/template"
)

// Last: the verification has the last word on Stack, the stack that it is part
// of. Everything in it that could change who reaches whom is in place, and
// nothing of that kind waits for the proof or is deleted after it. The proofs of the stack say
// what they were made to say.
//
// The digest of the template, if there is one, tells whether CloudFormation shows
// the template that is being deployed. While it shows an older one, the
// resources alone are judged.
const Last Kind = "last"

var _ = define(Last, definition[lastFacts]{
	required: []string{"Stack"},
	optional: []string{"Digest", "Proofs"},
	// What is being changed can be between two resources for a moment.
	negative: true,
	// What is under way comes to its end.
	moves:   true,
	lookups: always(StackLookup),
	gather:  func(g *gatherer, c Claim) lastFacts { return lastFacts{g.stack(c.Stack)} },
	target:  func(c Claim) string { return c.stackName() },
	subject: func(c Claim) string { return "the proof" },
	expected: func(c Claim, _ lastFacts) string {
		return "be the last of the stack " + c.stackName() + " that could change who reaches whom"
	},
	judge: judgeLast,
})

type lastFacts struct{ stack Stack }

// stackName is the name in a stack's ARN
// (arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID).
func (c Claim) stackName() string {
	if parts := strings.Split(c.Stack, "/"); len(parts) == 3 {
		return parts[1]
	}
	return c.Stack
}

// judgeLast looks for what is still to come: by the template what waits for the
// proof, by the resources what is under way, and by both what will be deleted.
func judgeLast(c Claim, f lastFacts, _ Observation) finding {
	if f.stack.Template == "" {
		return unproven("", "the stack is unknown")
	}
	deployed, err := template.Parse([]byte(f.stack.Template))
	if err != nil {
		return unproven("the template of "+c.stackName()+", which has to be JSON", "%v", err)
	}
	awaited := deployed.Awaited(template.ProofType)
	for _, r := range f.stack.Resources {
		matters := deployed.Resource(r.ID) == nil || slices.Contains(awaited, r.ID)
		if matters && r.Type != template.ProofType && !strings.HasSuffix(r.Status, "_COMPLETE") {
			return refuted("why "+r.ID+" is not complete, and let the proof depend on it", "%s (%s) is %s", r.ID, r.Type, r.Status)
		}
	}
	if !c.isDeployed(deployed) {
		return holds("%s, as far as its resources show; CloudFormation does not show the template yet", plural(len(f.stack.Resources), "resource"))
	}
	if c.Proofs != "" && deployed.ProofsDigest() != c.Proofs {
		return refuted("who edited the template; change the app instead, and synthesize it",
			"the proofs of the template say something else than those that were synthesized: a claim, a vantage point or a proof was added, changed or taken out")
	}
	unseen := deployed.Unseen(template.ProofType)
	for _, id := range slices.Sorted(maps.Keys(unseen)) {
		return refuted("what "+id+" depends on", "%s waits for it, which the proof could not see: %s", id, unseen[id])
	}
	return c.judgeComing(f.stack.Resources, deployed, awaited)
}

// isDeployed reports whether the template is the one that is being deployed: it
// holds this very claim.
func (c Claim) isDeployed(deployed *template.Template) bool {
	if c.Digest == "" {
		return true
	}
	for _, id := range deployed.OfType(template.ProofType) {
		claims, _ := deployed.Resource(id).Properties()["Claims"].([]any)
		for _, claim := range claims {
			if fields, _ := claim.(map[string]any); fields["Digest"] == c.Digest {
				return true
			}
		}
	}
	return false
}

// judgeComing looks for what has not begun, and for what an update takes out of
// the template: CloudFormation deletes that when everything else is done
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html).
func (c Claim) judgeComing(resources []StackResource, deployed *template.Template, awaited []string) finding {
	known := map[string]StackResource{}
	for _, r := range resources {
		known[r.ID] = r
		if deployed.Resource(r.ID) == nil && template.Loosens(r.Type) {
			return refuted("whether "+r.ID+" can be taken out in a deployment of its own, with the proof run again after it (-c run=…)",
				"%s (%s) is to be deleted after it", r.ID, r.Type)
		}
	}
	for _, id := range awaited {
		if _, begun := known[id]; begun || c.isLeftOut(id, deployed, known) {
			continue
		}
		return refuted("what "+id+" waits for, and let the proof depend on it", "%s (%s) is still to be made", id, deployed.Resource(id).Type())
	}
	return holds("%s", plural(len(resources), "resource"))
}

// isLeftOut reports whether a resource that does not exist is left out because
// of its condition: nothing keeps it from being made any more. Where the proof does not wait
// for it, the verification gives CloudFormation the time to begin ([BeginsSettle]).
func (c Claim) isLeftOut(id string, deployed *template.Template, known map[string]StackResource) bool {
	if _, conditional := deployed.Resource(id)["Condition"]; !conditional {
		return false
	}
	return !slices.ContainsFunc(deployed.WaitsFor(id), func(on string) bool {
		r, begun := known[on]
		return begun && !strings.HasSuffix(r.Status, "_COMPLETE")
	})
}
