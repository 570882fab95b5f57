package cloudwatch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/cloudwatch"
)

// Callers read alarms with their states, the history of those, metrics and their values by
// period, and dashboards; and of nothing else.
func TestRead(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	defer c.Stop()
	metrics := cloudwatch.New(cloudwatch.Options{Clock: c})
	defer metrics.Close()
	now := c.Now()
	line := func(value int) {
		metrics.Line(fmt.Sprintf(`{"_aws": {"Timestamp": %d, "CloudWatchMetrics": [{"Namespace": "N", "Dimensions": [["Stack"]], "Metrics": [{"Name": "Refuted"}]}]}, "Stack": "s", "Refuted": %d}`, now.UnixMilli(), value))
	}
	line(1)
	line(3)
	metric := cloudwatch.Metric{Namespace: "N", Name: "Refuted", Dimensions: "Stack=s"}
	metrics.PutAlarm(cloudwatch.Alarm{Name: "a", ARN: "arn:a", Metric: metric, Statistic: "Maximum", Period: time.Minute, Periods: 1, Datapoints: 1, Operator: ">=", Threshold: 1, Missing: "ignore"})
	metrics.PutDashboard("d", "{}")
	service := Service(metrics, awsid.Scope{Region: "eu-west-1", Account: "123456789012"})
	ask := func(call, body string) (map[string]any, error) {
		t.Helper()
		r := &api.Request{Request: &http.Request{Method: http.MethodPost, Header: http.Header{"X-Amz-Target": {"GraniteServiceVersion20100801." + call}}}, Body: []byte(body)}
		op, err := service.Route(r)
		if err != nil {
			return nil, err
		}
		if op.Action != "cloudwatch:"+call {
			t.Errorf("%s needs the permission %s", call, op.Action)
		}
		reply, err := op.Run(t.Context())
		if err != nil {
			return nil, err
		}
		var out map[string]any
		if err := json.Unmarshal(reply.Body, &out); err != nil {
			t.Fatal(err)
		}
		return out, nil
	}
	for _, c := range []struct{ call, body, list, field, want string }{
		{"DescribeAlarms", `{}`, "MetricAlarms", "ComparisonOperator", "[GreaterThanOrEqualToThreshold]"},
		{"DescribeAlarms", `{"AlarmNames": ["a"], "StateValue": "INSUFFICIENT_DATA"}`, "MetricAlarms", "AlarmName", "[a]"},
		{"DescribeAlarms", `{"StateValue": "ALARM"}`, "MetricAlarms", "AlarmName", "[]"},
		{"DescribeAlarms", `{"AlarmNamePrefix": "b"}`, "MetricAlarms", "AlarmName", "[]"},
		{"ListMetrics", `{"Namespace": "N", "Dimensions": [{"Name": "Stack"}]}`, "Metrics", "MetricName", "[Refuted]"},
		{"ListMetrics", `{"Dimensions": [{"Name": "Stack", "Value": "other"}]}`, "Metrics", "MetricName", "[]"},
		{"ListDashboards", `{}`, "DashboardEntries", "DashboardName", "[d]"},
		{"GetMetricStatistics", fmt.Sprintf(`{"Namespace": "N", "MetricName": "Refuted", "Dimensions": [{"Name": "Stack", "Value": "s"}], "Statistics": ["Maximum"], "Period": 60, "StartTime": %d, "EndTime": %d}`, now.Add(-time.Hour).Unix(), now.Add(time.Hour).Unix()), "Datapoints", "Maximum", "[3]"},
		{"GetMetricStatistics", fmt.Sprintf(`{"Namespace": "N", "MetricName": "Refuted", "Statistics": ["Maximum"], "Period": 60, "StartTime": %d, "EndTime": %d}`, now.Add(-time.Hour).Unix(), now.Add(time.Hour).Unix()), "Datapoints", "Maximum", "[]"},
	} {
		out, err := ask(c.call, c.body)
		if err != nil {
			t.Errorf("%s: %v", c.call, err)
			continue
		}
		got := []any{}
		for _, x := range out[c.list].([]any) {
			got = append(got, x.(map[string]any)[c.field])
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s %s: %v, want %s", c.call, c.body, got, c.want)
		}
	}
	for call, body := range map[string]string{"GetDashboard": `{"DashboardName": "other"}`, "GetMetricData": `{}`, "GetMetricStatistics": `{"Period": 0}`} {
		if out, err := ask(call, body); err == nil {
			t.Errorf("%s %s: %v, want an error", call, body, out)
		}
	}
}
