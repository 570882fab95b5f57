package verification

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	cloudwatch "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/contract"
)

// addAlarms makes the two alarms, and the dashboard that shows them. The alarms stay what
// they are while there is no news: of refuted claims that a run without them has come,
// of silence until it is broken.
func (s *scheduled) addAlarms(v *verifier) {
	refuted := cloudwatch.NewAlarm(s.scope, jsii.String("Refuted"), &cloudwatch.AlarmProps{
		AlarmDescription: jsii.String("A claim about a private endpoint was measured and is false. What and where: the dashboard, " +
			"or the lines \"verdict\" in the verifier's log."),
		Metric:             s.metric(contract.MetricRefuted, "Maximum", time.Minute),
		ComparisonOperator: cloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		TreatMissingData:   cloudwatch.TreatMissingData_IGNORE,
	})
	period := silencePeriod(s.schedule.silence())
	silence := cloudwatch.NewAlarm(s.scope, jsii.String("Silence"), &cloudwatch.AlarmProps{
		AlarmDescription: jsii.String("For " + s.schedule.silence().String() + " no run has judged every claim about the private endpoints: " +
			"none took place, or claims could not be measured. It does not say that traffic is not private; nobody knows. " +
			"Look at the verifier's log, and whether the schedule still invokes it."),
		Metric:             s.metric(contract.MetricUnproven, "Minimum", period),
		ComparisonOperator: cloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(float64(s.schedule.silence() / period)),
		TreatMissingData:   cloudwatch.TreatMissingData_BREACHING,
	})
	for _, alarm := range []cloudwatch.Alarm{refuted, silence} {
		s.waiting = append(s.waiting, alarm)
		if s.schedule.Topic != nil {
			action := awscloudwatchactions.NewSnsAction(s.schedule.Topic)
			alarm.AddAlarmAction(action)
			alarm.AddOkAction(action)
		}
	}
	if !s.schedule.NoDashboard {
		s.addDashboard(v, refuted, silence)
	}
}

// silencePeriod is the period of the alarm of silence: as fine as CloudWatch has it.
func silencePeriod(silence time.Duration) time.Duration {
	switch {
	case silence > 24*time.Hour:
		return dayPeriod
	case silence%(5*time.Minute) == 0:
		return 5 * time.Minute
	}
	return finePeriod
}

// metric is one of the set's metrics.
func (s *scheduled) metric(name, statistic string, period time.Duration) cloudwatch.Metric {
	return cloudwatch.NewMetric(&cloudwatch.MetricProps{
		Namespace: jsii.String(contract.Namespace), MetricName: &name, Statistic: &statistic, Period: duration(period),
		DimensionsMap: &map[string]*string{contract.SetDimension: awscdk.Aws_STACK_NAME()},
	})
}
