// Package cloudwatch has the metrics, alarms and dashboards of one account in one
// Region, by the lab's clock.
//
//	log lines ──embedded metric format──▶ metrics ──▶ alarms ──▶ Options.OnChange
//	                                          └─────── dashboards refer to both
//
// Metrics come from log lines alone (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
// An alarm is on one metric; what other forms AWS has, whoever makes alarms here has to
// refuse. What an alarm's change sets off is not here.
package cloudwatch
