package resources

import (
	"maps"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/dynamodb"
	"provenendpoints/internal/lab/eventbridge"
	"provenendpoints/internal/lab/sns"
	"provenendpoints/internal/lab/sqs"
	"provenendpoints/internal/lab/states"
)

// newObserved is a world with the services that watch.
func newObserved(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	o := eventbridge.Options{Scope: w.Scope, Clock: w.Clock}
	w.Observation = Observation{cloudwatch.New(cloudwatch.Options{Clock: w.Clock}), eventbridge.NewBus(o), eventbridge.NewSchedules(o), sns.New(nil), sqs.New(w.Clock), dynamodb.New(w.Clock.Now), states.New(states.Options{Scope: w.Scope, Clock: w.Clock})}
	t.Cleanup(func() {
		w.Observation.Schedules.Close()
		w.Observation.Bus.Close()
		w.Observation.Metrics.Close()
		w.Observation.Machines.Close()
	})
	return w
}

const someFunction = "arn:aws:lambda:ap-northeast-2:123456789012:function:f"

func alarmProps(more props) props {
	p := props{
		"Namespace": "N", "MetricName": "M", "Dimensions": []any{props{"Name": "Stack", "Value": "S"}}, "Statistic": "Maximum", "Period": 60,
		"EvaluationPeriods": 3, "ComparisonOperator": "GreaterThanThreshold", "Threshold": "1.5", "TreatMissingData": "ignore", "AlarmActions": []any{"arn:topic"},
	}
	for name, value := range more {
		p[name] = value
	}
	return p
}

// What the lab has of a type is made, changed and removed; what it has not makes the
// resource inert, with the reason.
func TestPartialTypes(t *testing.T) {
	t.Parallel()
	w := newObserved(t)
	inert := func(name string, p props) string {
		typ, _ := w.Type(name)
		return typ.(cfn.Inert).Inert(resolved(t, p), nil)
	}
	for name, c := range map[string]struct {
		of    string
		props props
		why   string
	}{
		"an alarm":                 {"AWS::CloudWatch::Alarm", alarmProps(nil), ""},
		"an alarm with a formula":  {"AWS::CloudWatch::Alarm", props{"Metrics": []any{}}, "alarms with Metrics are not evaluated"},
		"an anomaly":               {"AWS::CloudWatch::Alarm", alarmProps(props{"ComparisonOperator": "GreaterThanUpperThreshold"}), "alarms with GreaterThanUpperThreshold are not evaluated"},
		"a rule":                   {"AWS::Events::Rule", props{"EventPattern": props{"source": []any{"a"}}, "Targets": []any{props{"Id": "1", "Arn": someFunction}}}, ""},
		"a rule to a queue":        {"AWS::Events::Rule", props{"ScheduleExpression": "rate(1 day)", "Targets": []any{props{"Id": "1", "Arn": "arn:aws:sqs:r:1:q"}}}, "the lab invokes functions alone, not arn:aws:sqs:r:1:q"},
		"a rule of another bus":    {"AWS::Events::Rule", props{"EventBusName": "mine", "EventPattern": props{"source": []any{"a"}}}, "the lab has the default bus alone"},
		"a pattern of numbers":     {"AWS::Events::Rule", props{"EventPattern": props{"a": []any{props{"numeric": []any{">", 1}}}}}, "the lab has no numeric [> 1] in event patterns (a)"},
		"a schedule":               {"AWS::Scheduler::Schedule", props{"ScheduleExpression": "cron(0 6 * * ? *)", "Target": props{"Arn": someFunction, "RoleArn": "r"}}, ""},
		"a schedule of a call":     {"AWS::Scheduler::Schedule", props{"ScheduleExpression": "rate(1 day)", "Target": props{"Arn": "arn:aws:scheduler:::aws-sdk:ec2:stopInstances", "RoleArn": "r"}}, "the lab invokes functions alone, not arn:aws:scheduler:::aws-sdk:ec2:stopInstances"},
		"a last day":               {"AWS::Scheduler::Schedule", props{"ScheduleExpression": "cron(0 6 L * ? *)"}, "the lab has no cron expression"},
		"a schedule with an end":   {"AWS::Scheduler::Schedule", props{"ScheduleExpression": "rate(1 day)", "EndDate": "2027-01-01T00:00:00Z"}, "the lab has no schedules with EndDate"},
		"a topic, and a dashboard": {"AWS::SNS::Topic", props{}, ""},
	} {
		if got := inert(c.of, c.props); c.why == "" && got != "" || !strings.Contains(got, c.why) {
			t.Errorf("%s: inert %q, want %q", name, got, c.why)
		}
	}
	// An inert one is made all the same.
	w.make("AWS::Events::Rule", "Queue", props{"ScheduleExpression": "rate(1 day)", "Targets": []any{props{"Id": "1", "Arn": "arn:aws:sqs:r:1:q"}}}).delete()
	if left := w.Observation.Bus.Rules(); len(left) > 0 {
		t.Errorf("an inert rule is followed: %q", left)
	}
}

func TestAlarmsAreMade(t *testing.T) {
	t.Parallel()
	w := newObserved(t)
	made := w.make("AWS::CloudWatch::Alarm", "Alarm", alarmProps(nil))
	a := w.Observation.Metrics.Alarms()[0]
	if a.Metric != (cloudwatch.Metric{Namespace: "N", Name: "M", Dimensions: "Stack=S"}) || a.Threshold != 1.5 || a.Operator != ">" || a.Period != time.Minute ||
		a.Periods != 3 || a.Datapoints != 3 || a.Missing != "ignore" || a.Actions[cloudwatch.InAlarm][0] != "arn:topic" || a.ARN != made.Attributes["Arn"] {
		t.Errorf("made %+v", a)
	}
	if err := made.update(alarmProps(props{"Threshold": 7, "ActionsEnabled": false})); err != nil {
		t.Fatal(err)
	}
	if a := w.Observation.Metrics.Alarms()[0]; a.Threshold != 7 || len(a.Actions) != 0 {
		t.Errorf("changed to %+v", a)
	}
	made.delete()
	if left := w.Observation.Metrics.Alarms(); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	for want, more := range map[string]props{
		"multiple of 60":     {"Period": 90},
		"more than a day":    {"Period": 300, "EvaluationPeriods": 300},
		"7 days":             {"Period": 86400, "EvaluationPeriods": 8},
		"no more than the":   {"DatapointsToAlarm": 4},
		"must be at least 1": {"EvaluationPeriods": 0},
	} {
		if _, err := w.try("AWS::CloudWatch::Alarm", "Alarm", alarmProps(more)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", more, err, want)
		}
	}
}

// A schedule needs a role that the scheduler may assume, for a schedule of this account.
func TestSchedulesNeedTheirRole(t *testing.T) {
	t.Parallel()
	w := newObserved(t)
	trust := func(service string, condition props) props {
		statement := props{"Effect": "Allow", "Principal": props{"Service": service}, "Action": "sts:AssumeRole"}
		if condition != nil {
			statement["Condition"] = condition
		}
		return props{"AssumeRolePolicyDocument": props{"Version": "2012-10-17", "Statement": []any{statement}}}
	}
	group := w.Scope.ARN("scheduler", "schedule-group/default")
	for name, c := range map[string]struct {
		role props
		ok   bool
	}{
		"Any":     {trust("scheduler.amazonaws.com", nil), true},
		"Group":   {trust("scheduler.amazonaws.com", props{"StringEquals": props{"aws:SourceArn": group}}), true},
		"Other":   {trust("scheduler.amazonaws.com", props{"StringEquals": props{"aws:SourceArn": "arn:other"}}), false},
		"Service": {trust("events.amazonaws.com", nil), false},
	} {
		role := w.make("AWS::IAM::Role", name+"Role", c.role)
		_, err := w.try("AWS::Scheduler::Schedule", name, props{"ScheduleExpression": "rate(1 day)", "State": "DISABLED",
			"Target": props{"Arn": someFunction, "RoleArn": role.Attributes["Arn"], "Input": "{}"}})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDashboardsAndTopics(t *testing.T) {
	t.Parallel()
	w := newObserved(t)
	if _, err := w.try("AWS::CloudWatch::Dashboard", "Bad", props{"DashboardBody": "no JSON"}); err == nil {
		t.Error("a dashboard without JSON is taken")
	}
	board := w.make("AWS::CloudWatch::Dashboard", "Board", props{"DashboardBody": `{"widgets":[]}`})
	if body, err := w.Observation.Metrics.Dashboard(board.id()); err != nil || body != `{"widgets":[]}` {
		t.Errorf("body %q, error %v", body, err)
	}
	topic := w.make("AWS::SNS::Topic", "Topic", nil)
	if err := w.Observation.Topics.Publish(topic.id(), sns.Message{Text: "x"}); err != nil || len(w.Observation.Topics.Messages(topic.id())) != 1 {
		t.Errorf("not published: %v", err)
	}
	board.delete()
	topic.delete()
	if len(w.Observation.Metrics.Dashboards())+len(w.Observation.Topics.ARNs()) > 0 {
		t.Error("something is left")
	}
}

// A table is in DynamoDB's API with its key and its indexes, until it is deleted; one with
// replicas in other Regions is inert.
func TestTables(t *testing.T) {
	t.Parallel()
	w := newObserved(t)
	table := func(more props) props {
		p := props{
			"TableName": "Orders", "KeySchema": []any{props{"AttributeName": "a", "KeyType": "HASH"}, props{"AttributeName": "b", "KeyType": "RANGE"}},
			"AttributeDefinitions":   []any{props{"AttributeName": "a", "AttributeType": "S"}, props{"AttributeName": "b", "AttributeType": "N"}},
			"GlobalSecondaryIndexes": []any{props{"IndexName": "ByB", "KeySchema": []any{props{"AttributeName": "b", "KeyType": "HASH"}}}},
		}
		maps.Copy(p, more)
		return p
	}
	made := w.make("AWS::DynamoDB::Table", "Table", table(nil))
	found, _, err := w.Observation.Tables.Find("Orders")
	if err != nil || found.Hash != (dynamodb.Key{Name: "a", Type: "S"}) || found.Range.Type != "N" || found.Indexes["ByB"].Hash.Name != "b" || found.ARN != made.Attributes["Arn"] {
		t.Errorf("%+v, %v", found, err)
	}
	made.delete()
	if names := w.Observation.Tables.Names(); len(names) > 0 {
		t.Errorf("left: %v", names)
	}
	typ, _ := w.Type("AWS::DynamoDB::GlobalTable")
	one, two := []any{props{"Region": "a"}}, []any{props{"Region": "a"}, props{"Region": "b"}}
	if why := typ.(cfn.Inert).Inert(table(props{"Replicas": one}), nil); why != "" {
		t.Errorf("one replica: %s", why)
	}
	if why := typ.(cfn.Inert).Inert(table(props{"Replicas": two}), nil); !strings.Contains(why, "replicas") {
		t.Errorf("two replicas: %q", why)
	}
}
