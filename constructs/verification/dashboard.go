package verification

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	cloudwatch "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/contract"
)

// introduction is for somebody who has never seen the project.
const introduction = `## Private endpoints of the stack %s
A function runs inside each subnet and tries what must work and what must not: names, connections, signed calls. Another compares what AWS's APIs say of routes, groups, endpoints and policies with what was declared. Each such sentence is a **claim**.

* **holds**: it was measured and is true.
* **refuted**: it was measured and is **false**. Traffic may not be private. This is an alarm.
* **unproven**: it could not be measured. That is no leak, and nobody knows. If it lasts, or no run takes place, the alarm of silence is raised.

Below: the alarms; how many claims held, over time; each claim as of its last run, those that do not hold first; and every change of a verdict, with its reason and the calls that came before it.`

// addDashboard makes the dashboard of the stack.
func (s *scheduled) addDashboard(v *verifier, alarms ...cloudwatch.Alarm) {
	stack := *awscdk.Aws_STACK_NAME()
	list := []interfacesawscloudwatch.IAlarmRef{}
	for _, alarm := range alarms {
		list = append(list, alarm)
	}
	period := max(s.schedule.Every, 5*time.Minute)
	graph := func(title string, width float64, stacked bool, metrics ...cloudwatch.IMetric) cloudwatch.IWidget {
		return cloudwatch.NewGraphWidget(&cloudwatch.GraphWidgetProps{
			Title: &title, Width: jsii.Number(width), Height: jsii.Number(6), Left: &metrics, Stacked: &stacked,
			LeftYAxis: &cloudwatch.YAxisProps{Min: jsii.Number(0)},
		})
	}
	colored := func(name string, color *string) cloudwatch.IMetric {
		return s.metric(name, "Maximum", period).With(&cloudwatch.MetricOptions{Color: color})
	}
	query := func(title string, lines ...string) cloudwatch.IWidget {
		return cloudwatch.NewLogQueryWidget(&cloudwatch.LogQueryWidgetProps{
			Title: &title, Width: jsii.Number(24), Height: jsii.Number(8), View: cloudwatch.LogQueryVisualizationType_TABLE,
			LogGroupNames: &[]*string{v.function.LogGroup().LogGroupName()}, QueryLines: jsii.Strings(lines...),
		})
	}
	cloudwatch.NewDashboard(s.scope, jsii.String("Dashboard"), &cloudwatch.DashboardProps{
		DefaultInterval: awscdk.Duration_Days(jsii.Number(7)),
		Widgets: &[]*[]cloudwatch.IWidget{
			{cloudwatch.NewTextWidget(&cloudwatch.TextWidgetProps{Markdown: jsii.String(fmt.Sprintf(introduction, stack)), Width: jsii.Number(24), Height: jsii.Number(7)})},
			{cloudwatch.NewAlarmStatusWidget(&cloudwatch.AlarmStatusWidgetProps{Title: jsii.String("Alarms"), Alarms: &list, Width: jsii.Number(24), Height: jsii.Number(3)})},
			{
				graph("Claims", 12, true, colored(contract.MetricHolds, cloudwatch.Color_GREEN()), colored(contract.MetricUnproven, cloudwatch.Color_ORANGE()), colored(contract.MetricRefuted, cloudwatch.Color_RED())),
				graph("Seconds that a run took", 6, false, s.metric(contract.MetricDuration, "Maximum", period)),
				graph("Seconds since the run before", 6, false, s.metric(contract.MetricAge, "Maximum", period)),
			},
			{query("The claims as of their last run",
				"fields @timestamp, claim, state, seen, expected, hint",
				`filter msg = "verdict" and ispresent(run)`,
				"stats latest(@timestamp) as at, latest(state) as verdict, latest(seen) as evidence, latest(expected) as wanted, latest(hint) as look by claim",
				"sort verdict desc, claim",
				"limit 200")},
			{query("Changes of verdicts",
				"fields @timestamp, claim, previous, state, reason, changes.0.Call as call, changes.0.By as by",
				`filter msg = "verdict changed"`,
				"sort @timestamp desc",
				"limit 50")},
		},
	})
}
