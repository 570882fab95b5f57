package resources

import "provenendpoints/internal/lab/cfn"

// A topic takes what is published to it. Nobody is subscribed: a subscription is inert.
func init() {
	partials["AWS::SNS::Topic"] = partial{
		lacks: func(*Resources, map[string]any) string { return "" },
		put: func(r *Resources, _ cfn.Request, out cfn.Result) error {
			r.Observation.Topics.Create(out.PhysicalID)
			return nil
		},
		remove: func(r *Resources, q cfn.Request) { r.Observation.Topics.Delete(q.PhysicalID) },
	}
}
