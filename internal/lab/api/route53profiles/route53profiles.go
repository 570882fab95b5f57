// Package route53profiles is the API of Route 53 Profiles. The lab's package route53 has
// the profiles.
package route53profiles

import (
	"context"
	"net/http"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/route53"
)

type association struct {
	ID       string `json:"Id"`
	Name     string
	Owner    string `json:"OwnerId"`
	Profile  string `json:"ProfileId"`
	Resource string `json:"ResourceId"`
	Status   string
}

type associations struct {
	ProfileAssociations []association
}

// Service is Route 53 Profiles of an account, with its one operation
// (docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ListProfileAssociations.html).
func Service(names *route53.Names, scope awsid.Scope) api.Service {
	return api.Service{Name: "route53profiles", Protocol: api.JSON, Route: func(r *api.Request) (*api.Operation, error) {
		if r.Method != http.MethodGet || r.URL.Path != "/profileassociations" {
			return nil, awserr.WithStatus(http.StatusNotFound, "UnknownOperationException", "the lab has no Route 53 Profiles call %s %s", r.Method, r.URL.Path)
		}
		q := r.URL.Query()
		for name := range q {
			switch name {
			case "resourceId", "profileId", "maxResults":
			default: // a token too: the lab answers in one page
				return nil, awserr.New("ValidationException", "the lab does not know the parameter %s", name)
			}
		}
		return &api.Operation{Action: "route53profiles:ListProfileAssociations", Resource: "*", Run: func(context.Context) (*api.Reply, error) {
			answer := associations{ProfileAssociations: []association{}}
			for _, a := range names.ProfileAssociations() {
				if q.Has("resourceId") && q.Get("resourceId") != a.VPC || q.Has("profileId") && q.Get("profileId") != a.Profile {
					continue
				}
				answer.ProfileAssociations = append(answer.ProfileAssociations, association{a.ID, a.Name, scope.Account, a.Profile, a.VPC, "COMPLETE"})
			}
			return api.ReplyJSON(answer)
		}}, nil
	}}
}
