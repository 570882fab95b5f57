package resources

import (
	"strconv"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/sqs"
)

// A queue takes messages and gives them back. Its policy is inert: the caller's own policies
// decide.
func init() {
	partials["AWS::SQS::Queue"] = partial{
		lacks: func(*Resources, map[string]any) string { return "" },
		put: func(r *Resources, q cfn.Request, out cfn.Result) error {
			r.Observation.Queues.Put(queueOf(q.Properties, out))
			return nil
		},
		remove: func(r *Resources, q cfn.Request) { r.Observation.Queues.Delete(q.PhysicalID) },
	}
	// A secret has the value that its properties say, and is neither changed nor rotated.
	partials[secretType] = partial{
		lacks: func(*Resources, map[string]any) string { return "" },
		put:   func(*Resources, cfn.Request, cfn.Result) error { return nil }, // [inertType.Create] keeps it
		remove: func(r *Resources, q cfn.Request) {
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.secrets, q.PhysicalID)
		},
	}
}

func queueOf(p map[string]any, out cfn.Result) sqs.Queue {
	duration := func(name string) time.Duration {
		n, err := strconv.Atoi(textOf(p[name]))
		if err != nil {
			return 0 // AWS's default
		}
		return time.Duration(n) * time.Second
	}
	c := sqs.Queue{URL: out.PhysicalID, ARN: textOf(out.Attributes["Arn"]), Visibility: duration("VisibilityTimeout"), Delay: duration("DelaySeconds"), Wait: duration("ReceiveMessageWaitTimeSeconds")}
	if redrive, ok := p["RedrivePolicy"].(map[string]any); ok {
		c.DeadLetter = textOf(redrive["deadLetterTargetArn"])
		c.MaxReceives, _ = strconv.Atoi(textOf(redrive["maxReceiveCount"])) // 0: no limit
	}
	return c
}
