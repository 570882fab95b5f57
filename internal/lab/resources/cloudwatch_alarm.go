package resources

import (
	"fmt"
	"strconv"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloudwatch"
)

// An alarm on one metric with a statistic is watched. The lab's metrics are those that
// functions embed in their log lines; others never have a value.
func init() {
	partials["AWS::CloudWatch::Alarm"] = partial{
		lacks: func(_ *Resources, p map[string]any) string {
			if name := only(p, "AlarmName", "AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic", "Period", "EvaluationPeriods",
				"DatapointsToAlarm", "ComparisonOperator", "Threshold", "TreatMissingData", "AlarmActions", "OKActions", "InsufficientDataActions",
				"ActionsEnabled", "Unit", "Tags"); name != "" {
				return "alarms with " + name + " are not evaluated"
			}
			if _, ok := alarmOperators[textOf(p["ComparisonOperator"])]; !ok {
				return "alarms with " + textOf(p["ComparisonOperator"]) + " are not evaluated"
			}
			return ""
		},
		put: func(r *Resources, q cfn.Request, out cfn.Result) error {
			a, err := alarmOf(q.Properties)
			if err != nil {
				return err
			}
			a.Name, a.Owner, a.ARN = out.PhysicalID, q.Stack, r.Scope.ARN("cloudwatch", "alarm:"+out.PhysicalID)
			r.Observation.Metrics.PutAlarm(a)
			return nil
		},
		remove: func(r *Resources, q cfn.Request) { r.Observation.Metrics.DeleteAlarm(q.PhysicalID) },
	}
}

var alarmOperators = map[string]string{
	"GreaterThanOrEqualToThreshold": ">=", "GreaterThanThreshold": ">", "LessThanThreshold": "<", "LessThanOrEqualToThreshold": "<=",
}

// alarmOf reads the properties, with the limits of PutMetricAlarm
// (docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html).
func alarmOf(p map[string]any) (cloudwatch.Alarm, error) {
	number := func(name string, otherwise int) int {
		n, err := strconv.Atoi(textOf(p[name]))
		if err != nil {
			return otherwise
		}
		return n
	}
	dimensions := map[string]string{}
	list, _ := p["Dimensions"].([]any)
	for _, d := range list {
		if d, ok := d.(map[string]any); ok {
			dimensions[textOf(d["Name"])] = textOf(d["Value"])
		}
	}
	a := cloudwatch.Alarm{
		Metric:    cloudwatch.Metric{Namespace: textOf(p["Namespace"]), Name: textOf(p["MetricName"]), Dimensions: cloudwatch.Dimensions(dimensions)},
		Statistic: textOf(p["Statistic"]), Period: time.Duration(number("Period", 0)) * time.Second,
		Periods: number("EvaluationPeriods", 0), Operator: alarmOperators[textOf(p["ComparisonOperator"])],
		Missing: textOf(p["TreatMissingData"]), Actions: map[cloudwatch.State][]string{},
	}
	a.Datapoints = number("DatapointsToAlarm", a.Periods)
	a.Threshold, _ = strconv.ParseFloat(textOf(p["Threshold"]), 64)
	span := a.Period * time.Duration(a.Periods)
	switch {
	case a.Period <= 0 || a.Period%time.Minute != 0 && a.Period != 10*time.Second && a.Period != 20*time.Second && a.Period != 30*time.Second:
		return a, fmt.Errorf("ValidationError: Period must be 10, 20, 30 or a multiple of 60, got %s", a.Period)
	case a.Periods < 1 || a.Datapoints < 1 || a.Datapoints > a.Periods:
		return a, fmt.Errorf("ValidationError: EvaluationPeriods and DatapointsToAlarm must be at least 1, and the second no more than the first, got %d and %d", a.Periods, a.Datapoints)
	case a.Period < time.Hour && span > 24*time.Hour || span > 7*24*time.Hour:
		return a, fmt.Errorf("ValidationError: Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400), or 7 days with a period of an hour or more, got %s", span)
	}
	if textOf(p["ActionsEnabled"]) != "false" {
		for state, name := range map[cloudwatch.State]string{cloudwatch.InAlarm: "AlarmActions", cloudwatch.OK: "OKActions", cloudwatch.Insufficient: "InsufficientDataActions"} {
			list, _ := p[name].([]any)
			for _, action := range list {
				a.Actions[state] = append(a.Actions[state], textOf(action))
			}
		}
	}
	return a, nil
}
