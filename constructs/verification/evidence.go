package verification

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lazy"
	"provenendpoints/proof"
)

// answers are what a resource of the type says once it is made.
type answers struct {
	resource awscdk.CustomResource
	shared   *shared
}

func (a *answers) attribute(name string) *string { return a.resource.GetAttString(&name) }

// evidence are the ids of the claims whose evidence is an attribute of the resource:
// those that somebody asks for, and no others, since the answer has little room.
type evidence struct {
	ids  []string
	late lazy.Set // the same, for the template
}

func newEvidence() evidence { return evidence{late: lazy.NewSet()} }

// add asks for the evidence of a claim. It panics if there is no such claim, or no more
// room.
func (e *evidence) add(claims []proof.Claim, path, id string) {
	if !slices.ContainsFunc(claims, func(c proof.Claim) bool { return c.ID == id }) {
		panic(fmt.Errorf("claimID: must be the id of a claim of %s, got %q", path, id))
	}
	if slices.Contains(e.ids, id) {
		return
	}
	e.ids = append(e.ids, id)
	e.late.Add(id)
	if err := contract.CheckEvidence(e.ids); err != nil {
		panic(err)
	}
}

// list is the list of the ids, as it is when the template is written.
func (e *evidence) list() []string { return e.late.With() }
