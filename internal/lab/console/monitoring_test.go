package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/console/consoletest"
	"provenendpoints/internal/test/assembled"
)

// What watches a Region is on a page of its own: the schedule of a proof that goes on, its
// metrics with their values, its alarms, a dashboard; and what an alarm has told.
func TestMonitoringPage(t *testing.T) {
	t.Parallel()
	c := consoletest.New(t)
	const at = "/console/monitoring/ap-northeast-2"
	if body, answer := get(t, c.URL+at); answer.StatusCode != http.StatusOK || !strings.Contains(body, "There are no alarms.") {
		t.Errorf("of an empty Region: status %d", answer.StatusCode)
	}
	c.Deployed(t, assembled.Scheduled(t, assembled.GatewayEndpoint, 15*time.Minute), cfn.Stack{ID: "Board", Name: "Board", Template: []byte(
		`{"Resources": {"Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardName": "a-board", "DashboardBody": "{\"widgets\":[{\"type\":\"text\",\"properties\":{\"title\":\"<b>bold</b>\"}}]}"}}}}`)})
	c.Live(t, time.Hour)
	body, _ := get(t, c.URL+at)
	for _, want := range []string{"rate(15 minutes)", contract.MetricRefuted, "ok</span>", "<polyline points=", `href="` + at + `/dashboards/a-board"`, "enabled"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	board, _ := get(t, c.URL+at+"/dashboards/a-board")
	if !strings.Contains(board, "text &lt;b&gt;bold&lt;/b&gt;") || strings.Contains(board, "<b>") {
		t.Error("the dashboard is not written as text")
	}
	for _, none := range []string{"/console/monitoring/eu-west-1", at + "/dashboards/none", "/console/monitoring/eu-west-1/dashboards/a-board"} {
		if _, answer := get(t, c.URL+none); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", none, answer.StatusCode)
		}
	}
}
