package verification

import (
	"testing"
	"time"
)

func TestScheduleCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schedule *Schedule
		want     string
	}{
		"none":                  {nil, ""},
		"a rate":                {&Schedule{Every: 15 * time.Minute}, ""},
		"the shortest":          {&Schedule{Every: 5 * time.Minute}, ""},
		"the longest":           {&Schedule{Every: 24 * time.Hour}, ""},
		"cron":                  {&Schedule{Cron: "0 6 ? * MON-FRI *", TimeZone: "Asia/Seoul", Silence: 96 * time.Hour}, ""},
		"neither":               {&Schedule{}, "Schedule: must have Every or Cron, got neither"},
		"both":                  {&Schedule{Every: time.Hour, Cron: "0 6 * * ? *"}, `Schedule.Cron: must be left out with Every, got "0 6 * * ? *"`},
		"five fields":           {&Schedule{Cron: "0 6 * * ?", Silence: 48 * time.Hour}, `Schedule.Cron: must be six fields such as "0 6 * * ? *", got "0 6 * * ?"`},
		"too often":             {&Schedule{Every: time.Minute, Silence: time.Hour}, "Schedule.Every: must be whole minutes from 5m0s to 24h0m0s, got 1m0s"},
		"too seldom":            {&Schedule{Every: 25 * time.Hour, Silence: 4 * 24 * time.Hour}, "Schedule.Every: must be whole minutes from 5m0s to 24h0m0s, got 25h0m0s"},
		"seconds":               {&Schedule{Every: 330 * time.Second, Silence: time.Hour}, "Schedule.Every: must be whole minutes from 5m0s to 24h0m0s, got 5m30s"},
		"no room for a run":     {&Schedule{Every: 5 * time.Minute, TimeLimit: 4 * time.Minute}, "Schedule.Every: must be at least TimeLimit and 2m0s, which is 6m0s, got 5m0s"},
		"a zone without a cron": {&Schedule{Every: time.Hour, TimeZone: "Asia/Seoul"}, `Schedule.TimeZone: must be a time zone such as Asia/Seoul, and only with Cron, got "Asia/Seoul"`},
		"no zone":               {&Schedule{Cron: "0 6 * * ? *", TimeZone: "9 o'clock", Silence: 48 * time.Hour}, `Schedule.TimeZone: must be a time zone such as Asia/Seoul, and only with Cron, got "9 o'clock"`},
		"a limit too short":     {&Schedule{Every: time.Hour, TimeLimit: time.Second}, "Schedule.TimeLimit: must be whole seconds from 10s to 13m0s, got 1s"},
		"cron without silence":  {&Schedule{Cron: "0 6 * * ? *"}, "Schedule.Silence: required with Cron, got none"},
		"silence too short":     {&Schedule{Every: time.Hour, Silence: time.Hour}, "Schedule.Silence: must be whole minutes from Every and 2m0s to 24h, or whole hours up to 168h0m0s, got 1h0m0s"},
		"silence too long":      {&Schedule{Every: time.Hour, Silence: 200 * time.Hour}, "Schedule.Silence: must be whole minutes from Every and 2m0s to 24h, or whole hours up to 168h0m0s, got 200h0m0s"},
		"a day and a half hour": {&Schedule{Every: time.Hour, Silence: 24*time.Hour + 30*time.Minute}, "Schedule.Silence: must be whole minutes from Every and 2m0s to 24h, or whole hours up to 168h0m0s, got 24h30m0s"},
	} {
		got := ""
		if err := test.schedule.check(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, test.want)
		}
	}
}

// CloudWatch takes every alarm of silence: a day in fine periods, a week in hours, and
// the periods fill the time exactly.
func TestSilencePeriods(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{5 * time.Minute, 7 * time.Minute, 15 * time.Minute, time.Hour, 8 * time.Hour, 9 * time.Hour, 24 * time.Hour} {
		s := &Schedule{Every: every}
		if err := s.check(); err != nil {
			t.Errorf("%s: %v", every, err)
		}
		silence, period := s.silence(), silencePeriod(s.silence())
		if silence%period != 0 || silence < 2*every || period < time.Hour && silence > 24*time.Hour || silence > 7*24*time.Hour {
			t.Errorf("every %s: silence %s in periods of %s", every, silence, period)
		}
		if s.latest() < time.Minute || s.latest()+s.limit() >= every {
			t.Errorf("every %s: a run may begin %s late", every, s.latest())
		}
	}
}

func TestProofName(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"S3/Verification": "S3", "Tier/my-endpoint/Verification": "Tiermyendpoint", "Existing": "Existing", "Verification": "Proof",
	} {
		if got := proofName(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
