package verifier

import (
	"log/slog"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/proof"
)

// embedded describes metrics to CloudWatch, which takes them out of the log line that
// it is part of. That needs no permission
// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
type embedded struct {
	Timestamp         int64 // milliseconds since 1970
	CloudWatchMetrics []metricDirective
}

type metricDirective struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []metricDefinition
}

type metricDefinition struct{ Name, Unit string }

// logMetrics writes the metrics of a run of a set. age is how long ago the run before
// it ended; negative: unknown.
func logMetrics(log *slog.Logger, now time.Time, set string, report proof.Report, age time.Duration) {
	directive := metricDirective{Namespace: contract.Namespace, Dimensions: [][]string{{contract.SetDimension}}}
	attributes := []any{contract.SetDimension, set}
	add := func(name, unit string, value any) {
		directive.Metrics = append(directive.Metrics, metricDefinition{name, unit})
		attributes = append(attributes, name, value)
	}
	states := map[proof.State]int{}
	for _, verdict := range report.Verdicts {
		states[verdict.State]++
	}
	add(contract.MetricHolds, "Count", states[proof.Holds])
	add(contract.MetricRefuted, "Count", states[proof.Refuted])
	add(contract.MetricUnproven, "Count", len(report.Verdicts)-states[proof.Holds]-states[proof.Refuted])
	add(contract.MetricDuration, "Seconds", report.Took.Seconds())
	if age >= 0 {
		add(contract.MetricAge, "Seconds", age.Seconds())
	}
	attributes = append(attributes, "_aws", embedded{now.UnixMilli(), []metricDirective{directive}})
	log.Info("metrics", attributes...)
}
