package schedule

import (
	"net/http"
	"testing"
	"time"

	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
)

// A verifier that runs no more is noticed, and so is its return.
func TestSilence(t *testing.T) {
	down, up := 2*time.Hour, 5*time.Hour
	w := deploy(t, assembled.GatewayEndpoint, 15*time.Minute, func(w *world) region.Faults {
		return region.Faults{Function: func(i functions.Invocation) functions.Fault {
			return functions.Fault{Crash: isVerifier(i) && w.since() > down && w.since() < up}
		}}
	})
	w.live(down)
	w.expect("before", cloudwatch.OK, cloudwatch.OK)
	// The last run told at 2:00 at the latest; three periods later it is silence.
	w.live(30 * time.Minute)
	w.expect("two periods later", cloudwatch.OK, cloudwatch.OK)
	w.live(17 * time.Minute)
	w.expect("three periods later", cloudwatch.OK, cloudwatch.InAlarm)
	w.live(up - w.since() + 17*time.Minute)
	w.expect("when it is back", cloudwatch.OK, cloudwatch.OK)
	if told := w.told(); len(told) > 0 {
		t.Errorf("told %q", told)
	}
}

// Claims that cannot be measured are no leak: there is no alarm of refuted claims, and the
// one of silence only when it lasts.
func TestUnprovenIsNoLeak(t *testing.T) {
	down, up := time.Hour, 3*time.Hour
	w := deploy(t, assembled.GatewayEndpoint, 15*time.Minute, func(w *world) region.Faults {
		return region.Faults{Cloud: cloud.Faults{Call: func(c cloud.Call) cloud.Fault {
			if c.Service == "ec2" && w.since() > down && w.since() < up {
				return cloud.Fault{Status: http.StatusServiceUnavailable, Code: "Unavailable", Message: "down"}
			}
			return cloud.Fault{}
		}}}
	})
	w.live(down + 30*time.Minute)
	w.expect("half an hour after the API went down", cloudwatch.OK, cloudwatch.OK)
	w.live(30 * time.Minute)
	w.expect("an hour after it went down", cloudwatch.OK, cloudwatch.InAlarm)
	w.live(up - w.since() + 17*time.Minute)
	w.expect("when it is back", cloudwatch.OK, cloudwatch.OK)
	unproven := 0
	for _, told := range w.told() {
		switch {
		case len(told) > 9 && told[len(told)-9:] == " unproven":
			unproven++
		case told[len(told)-6:] != " holds":
			t.Errorf("told %q", told)
		}
	}
	if unproven == 0 {
		t.Error("that nothing could be proved for two hours was not told")
	}
}
