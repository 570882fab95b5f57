package resources

import (
	"encoding/json"
	"fmt"

	"provenendpoints/internal/lab/cfn"
)

// A dashboard is kept as it is. CloudWatch refuses a body that is no JSON.
func init() {
	partials["AWS::CloudWatch::Dashboard"] = partial{
		lacks: func(*Resources, map[string]any) string { return "" },
		put: func(r *Resources, q cfn.Request, out cfn.Result) error {
			body := textOf(q.Properties["DashboardBody"])
			if !json.Valid([]byte(body)) {
				return fmt.Errorf("InvalidParameterInput: the body of the dashboard %s is not valid JSON", out.PhysicalID)
			}
			r.Observation.Metrics.PutDashboard(out.PhysicalID, body)
			return nil
		},
		remove: func(r *Resources, q cfn.Request) { r.Observation.Metrics.DeleteDashboard(q.PhysicalID) },
	}
}
