package schedule

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/test/assembled"
)

// The dashboard shows what there is: every metric has values, every alarm exists, and the
// log group is one that functions write to.
func TestDashboard(t *testing.T) {
	w := deploy(t, assembled.GatewayEndpoint, 15*time.Minute, nil)
	w.live(40 * time.Minute)
	if n := len(w.runs("Holds")); n != 2 && n != 3 {
		t.Errorf("%d runs in 40 minutes", n)
	}
	w.expect("as deployed", cloudwatch.OK, cloudwatch.OK)
	body, err := w.Metrics.Dashboard(w.Metrics.Dashboards()[0])
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Widgets []struct {
			Type       string
			Properties struct {
				Metrics [][]any
				Alarms  []string
				Query   string
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &board); err != nil {
		t.Fatal(err)
	}
	shown := map[string]int{}
	for _, widget := range board.Widgets {
		shown[widget.Type]++
		for _, m := range widget.Properties.Metrics {
			named := cloudwatch.Metric{Namespace: m[0].(string), Name: m[1].(string), Dimensions: m[2].(string) + "=" + m[3].(string)}
			if len(w.Metrics.Data(named)) == 0 {
				t.Errorf("the dashboard shows %v, which has no value", named)
			}
		}
		for _, arn := range widget.Properties.Alarms {
			known := false
			for _, a := range w.Metrics.Alarms() {
				known = known || a.ARN == arn
			}
			if !known {
				t.Errorf("the dashboard shows the alarm %s, which is not there", arn)
			}
		}
		if query := widget.Properties.Query; query != "" {
			group := strings.Split(query, "'")[1]
			if len(w.Functions.Logs(group)) == 0 {
				t.Errorf("the dashboard asks the log group %s, which is empty", group)
			}
		}
	}
	for _, kind := range []string{"text", "alarm", "metric", "log"} {
		if shown[kind] == 0 {
			t.Errorf("the dashboard has no %s: %v", kind, shown)
		}
	}
	if failed := append(w.Bus.Failed(), w.Schedules.Failed()...); len(failed) > 0 {
		t.Errorf("invocations were refused: %v", failed)
	}
}

// An update that takes the schedule away, and a deletion, leave nothing behind; one that
// changes it is followed.
func TestUpdateAndDelete(t *testing.T) {
	// All of them first: while another process synthesizes, the lab's clock would go on.
	seldom, often, never := assembled.Scheduled(t, assembled.GatewayEndpoint, 6*time.Hour), assembled.Scheduled(t, assembled.GatewayEndpoint, 15*time.Minute), assembled.Stack(t, assembled.GatewayEndpoint)
	w := deploy(t, assembled.GatewayEndpoint, 15*time.Minute, nil)
	update := func(s cfn.Stack) {
		t.Helper()
		if err := w.Deploy(s); err != nil {
			t.Fatal(err)
		}
	}
	update(seldom)
	before := len(w.runs("Holds"))
	w.live(7 * time.Hour)
	if n := len(w.runs("Holds")) - before; n < 1 || n > 2 {
		t.Errorf("%d runs in 7 hours, with a schedule of 6", n)
	}
	w.expect("after the update", cloudwatch.OK, cloudwatch.OK)
	update(never)
	parameters := slices.DeleteFunc(w.Parameters.Names(), func(name string) bool { return strings.Contains(name, "Nonce") })
	if left := len(w.Metrics.Alarms()) + len(w.Metrics.Dashboards()) + len(w.Bus.Rules()) + len(w.Schedules.Names()) + len(parameters); left > 0 {
		t.Errorf("%d things are left of the schedule: %v %v %v %v", left, w.Metrics.Dashboards(), w.Bus.Rules(), w.Schedules.Names(), parameters)
	}
	before = len(w.runs("Holds"))
	w.live(24 * time.Hour)
	if n := len(w.runs("Holds")); n != before {
		t.Errorf("%d runs without a schedule", n-before)
	}
	update(often)
	w.Remove(w.stack)
	w.live(24 * time.Hour)
}
