// Package cloudwatch is the API of CloudWatch's alarms, metrics and dashboards, as they can be
// read. The lab's package cloudwatch has them.
package cloudwatch

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cloudwatch"
)

// account is what the operations describe.
type account struct {
	service *cloudwatch.Service
	scope   awsid.Scope
}

// The service is called monitoring by endpoints and signatures, cloudwatch by IAM.
var monitoring = api.TargetAPI[account]{Name: "monitoring", Prefix: "cloudwatch", Target: "GraniteServiceVersion20100801"}

// Service is CloudWatch of an account, in the JSON protocol of its newer clients.
func Service(service *cloudwatch.Service, scope awsid.Scope) api.Service {
	s := monitoring.Service(account{service, scope})
	s.Protocol = api.Query // which older clients speak; see package readcalls
	return s
}

type (
	dimension struct{ Name, Value string }
	alarmsAsk struct {
		AlarmNames, AlarmTypes                               []string
		AlarmNamePrefix, StateValue, ActionPrefix, NextToken string
		MaxRecords                                           int
	}
	historyAsk struct {
		AlarmName, HistoryItemType, NextToken, ScanBy string
		AlarmTypes                                    []string
		StartDate, EndDate                            float64
		MaxRecords                                    int
	}
	metricsAsk struct {
		Namespace, MetricName, NextToken, RecentlyActive string
		Dimensions                                       []dimension
	}
	statisticsAsk struct {
		Namespace, MetricName, Unit string
		Dimensions                  []dimension
		Statistics                  []string
		StartTime, EndTime          float64
		Period                      int
	}
	dashboardsAsk struct{ DashboardNamePrefix, NextToken string }
	dashboardAsk  struct{ DashboardName string }
)

// docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html
func init() {
	api.RegisterTarget(&monitoring, api.TargetOperation[account, alarmsAsk]{Name: "DescribeAlarms", Run: describeAlarms})
	api.RegisterTarget(&monitoring, api.TargetOperation[account, historyAsk]{Name: "DescribeAlarmHistory", Run: describeHistory})
	api.RegisterTarget(&monitoring, api.TargetOperation[account, metricsAsk]{Name: "ListMetrics", Run: listMetrics})
	api.RegisterTarget(&monitoring, api.TargetOperation[account, statisticsAsk]{Name: "GetMetricStatistics", Run: getStatistics})
	api.RegisterTarget(&monitoring, api.TargetOperation[account, dashboardsAsk]{
		Name: "ListDashboards", Run: func(_ context.Context, a account, q dashboardsAsk) (any, error) {
			entries := []map[string]any{}
			for _, name := range a.service.Dashboards() {
				if strings.HasPrefix(name, q.DashboardNamePrefix) {
					entries = append(entries, map[string]any{"DashboardName": name, "DashboardArn": a.scope.GlobalARN("cloudwatch", "dashboard/"+name)})
				}
			}
			return map[string]any{"DashboardEntries": entries}, nil
		},
	})
	api.RegisterTarget(&monitoring, api.TargetOperation[account, dashboardAsk]{
		Name: "GetDashboard",
		Resource: func(a account, q dashboardAsk) string {
			return a.scope.GlobalARN("cloudwatch", "dashboard/"+q.DashboardName)
		},
		Run: func(_ context.Context, a account, q dashboardAsk) (any, error) {
			body, err := a.service.Dashboard(q.DashboardName)
			return map[string]any{"DashboardName": q.DashboardName, "DashboardBody": body, "DashboardArn": a.scope.GlobalARN("cloudwatch", "dashboard/"+q.DashboardName)}, err
		},
	})
}

// operators are CloudWatch's names of what a datapoint is compared by.
var operators = map[string]string{
	">=": "GreaterThanOrEqualToThreshold", ">": "GreaterThanThreshold", "<": "LessThanThreshold", "<=": "LessThanOrEqualToThreshold",
}

// seconds is a time as the protocol has it.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func describeAlarms(_ context.Context, a account, q alarmsAsk) (any, error) {
	found := []map[string]any{}
	changes := a.service.History()
	for _, alarm := range a.service.Alarms() {
		state := a.service.State(alarm.Name)
		switch {
		case len(q.AlarmNames) > 0 && !slices.Contains(q.AlarmNames, alarm.Name), !strings.HasPrefix(alarm.Name, q.AlarmNamePrefix), q.StateValue != "" && q.StateValue != string(state):
			continue
		}
		x := map[string]any{
			"AlarmName": alarm.Name, "AlarmArn": alarm.ARN, "StateValue": state, "ActionsEnabled": true,
			"Namespace": alarm.Metric.Namespace, "MetricName": alarm.Metric.Name, "Dimensions": dimensionsOf(alarm.Metric),
			"Statistic": alarm.Statistic, "Period": int(alarm.Period.Seconds()), "EvaluationPeriods": alarm.Periods, "DatapointsToAlarm": alarm.Datapoints,
			"ComparisonOperator": operators[alarm.Operator], "Threshold": alarm.Threshold, "TreatMissingData": alarm.Missing,
			"AlarmActions": actions(alarm, cloudwatch.InAlarm), "OKActions": actions(alarm, cloudwatch.OK), "InsufficientDataActions": actions(alarm, cloudwatch.Insufficient),
			"StateReason": "Unchecked: Initial alarm creation",
		}
		for _, c := range changes { // the last one stays
			if c.Alarm.Name == alarm.Name {
				x["StateReason"], x["StateUpdatedTimestamp"] = c.Reason, seconds(c.Time)
			}
		}
		found = append(found, x)
	}
	return map[string]any{"MetricAlarms": found, "CompositeAlarms": []any{}}, nil
}

func actions(a cloudwatch.Alarm, of cloudwatch.State) []string {
	return append([]string{}, a.Actions[of]...)
}

func describeHistory(_ context.Context, a account, q historyAsk) (any, error) {
	if q.HistoryItemType != "" && q.HistoryItemType != "StateUpdate" {
		return map[string]any{"AlarmHistoryItems": []any{}}, nil
	}
	items := []map[string]any{}
	for _, c := range a.service.History() {
		at := seconds(c.Time)
		if q.AlarmName != "" && q.AlarmName != c.Alarm.Name || q.StartDate > 0 && at < q.StartDate || q.EndDate > 0 && at > q.EndDate {
			continue
		}
		items = append(items, map[string]any{
			"AlarmName": c.Alarm.Name, "AlarmType": "MetricAlarm", "Timestamp": at, "HistoryItemType": "StateUpdate",
			"HistorySummary": "Alarm updated from " + string(c.From) + " to " + string(c.To), "HistoryData": c.Reason,
		})
	}
	if q.ScanBy != "TimestampAscending" {
		slices.Reverse(items)
	}
	return map[string]any{"AlarmHistoryItems": items}, nil
}

func dimensionsOf(m cloudwatch.Metric) []dimension {
	out := []dimension{}
	for _, pair := range strings.Split(m.Dimensions, ",") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			out = append(out, dimension{name, value})
		}
	}
	return out
}

func listMetrics(_ context.Context, a account, q metricsAsk) (any, error) {
	found := []map[string]any{}
	for _, m := range a.service.Metrics() {
		has := dimensionsOf(m)
		if q.Namespace != "" && q.Namespace != m.Namespace || q.MetricName != "" && q.MetricName != m.Name || slices.ContainsFunc(q.Dimensions, func(d dimension) bool {
			return !slices.ContainsFunc(has, func(h dimension) bool { return h.Name == d.Name && (d.Value == "" || d.Value == h.Value) })
		}) {
			continue
		}
		found = append(found, map[string]any{"Namespace": m.Namespace, "MetricName": m.Name, "Dimensions": has})
	}
	return map[string]any{"Metrics": found}, nil
}

func getStatistics(_ context.Context, a account, q statisticsAsk) (any, error) {
	if q.Period < 1 || q.EndTime <= q.StartTime {
		return nil, awserr.WithStatus(http.StatusBadRequest, "InvalidParameterCombination", "The parameter StartTime must be less than the parameter EndTime, and Period at least 1")
	}
	wanted := map[string]string{}
	for _, d := range q.Dimensions {
		wanted[d.Name] = d.Value
	}
	metric := cloudwatch.Metric{Namespace: q.Namespace, Name: q.MetricName, Dimensions: cloudwatch.Dimensions(wanted)}
	periods := map[int64][]float64{}
	for _, d := range a.service.Data(metric) {
		if at := seconds(d.Time); at >= q.StartTime && at < q.EndTime {
			begin := d.Time.Unix() / int64(q.Period) * int64(q.Period)
			periods[begin] = append(periods[begin], d.Value)
		}
	}
	points := []map[string]any{}
	for begin, values := range periods {
		p := map[string]any{"Timestamp": float64(begin), "Unit": "None"}
		for _, name := range q.Statistics {
			p[name] = cloudwatch.Statistic(name, values)
		}
		points = append(points, p)
	}
	slices.SortFunc(points, func(x, y map[string]any) int { return int(x["Timestamp"].(float64) - y["Timestamp"].(float64)) })
	return map[string]any{"Label": q.MetricName, "Datapoints": points}, nil
}
