package resources

import (
	"fmt"

	"provenendpoints/internal/lab/cfn"
)

// A topic takes what is published to it, and hands it to the functions that are subscribed.
func init() {
	partials["AWS::SNS::Topic"] = partial{
		lacks: func(_ *Resources, p map[string]any) string {
			if p["Subscription"] != nil {
				return "the lab has subscriptions as resources of their own"
			}
			return ""
		},
		put: func(r *Resources, _ cfn.Request, out cfn.Result) error {
			r.Observation.Topics.Create(out.PhysicalID)
			return nil
		},
		remove: func(r *Resources, q cfn.Request) { r.Observation.Topics.Delete(q.PhysicalID) },
	}
	partials["AWS::SNS::Subscription"] = partial{
		lacks: func(_ *Resources, p map[string]any) string {
			if protocol := textOf(p["Protocol"]); protocol != "lambda" {
				return fmt.Sprintf("the lab delivers messages to functions alone, not by %s", protocol)
			}
			if name := only(p, "Protocol", "TopicArn", "Endpoint"); name != "" {
				return "the lab has no subscriptions with " + name
			}
			return ""
		},
		put: func(r *Resources, q cfn.Request, out cfn.Result) error {
			r.Observation.Topics.Unsubscribe(out.PhysicalID)
			return r.Observation.Topics.Subscribe(textOf(q.Properties["TopicArn"]), out.PhysicalID, textOf(q.Properties["Endpoint"]))
		},
		remove: func(r *Resources, q cfn.Request) { r.Observation.Topics.Unsubscribe(q.PhysicalID) },
	}
}
