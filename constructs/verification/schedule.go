package verification

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/known"
)

// DefaultScheduledLimit is the default of [Schedule.TimeLimit].
const DefaultScheduledLimit = contract.DefaultScheduledLimit

// Schedule says when the proofs of a stack are run again after the deployment, for as
// long as the stack lives: the same claims, from the same places, judged by the same
// function. All verifications of the stack that have a schedule run together, so theirs
// must be the same.
//
// A run changes nothing and fails nothing. It writes a line per verdict into the
// verifier's log, and metrics; alarms and a dashboard look at these; and each change of
// a verdict is an event on the account's default bus (source "provenendpoints", type
// "Endpoint Proof Verdict Change").
//
// # What is told, and when
//
// What does not hold is measured again for TimeLimit before it counts. A claim that was
// measured and is false then is refuted: the alarm of refuted claims is raised by the
// first such run, and cleared by the first without. A claim that could not be measured
// is unproven, which is no alarm by itself: an API that cannot be reached is no leak.
// But where nothing was proved for as long as Silence, be it that no run took place or
// that a claim was unproven in each, the alarm of silence is raised.
type Schedule struct {
	// Every is the time between two runs: whole minutes from 5 minutes to 24 hours, and
	// at least two minutes more than TimeLimit. Either Every or Cron is required.
	Every time.Duration
	// Cron are the six fields of a cron expression of EventBridge Scheduler, such as
	// "0 6 * * ? *"
	// (docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based).
	Cron string
	// TimeZone is the time zone of Cron, such as Asia/Seoul. Default: UTC.
	TimeZone string
	// TimeLimit is how long a claim that does not hold is measured again before it
	// counts, from 10 s to [MaxTimeLimit] in whole seconds. What passes within it is not
	// told. Default: [DefaultScheduledLimit].
	TimeLimit time.Duration
	// Silence is for how long there may be no run that judged every claim: whole
	// minutes, at least Every and two minutes, at most 24 hours, or whole hours up to 7
	// days. Required with Cron: longer than the longest time between two runs.
	// Default: three times Every.
	Silence time.Duration
	// Topic gets a message when an alarm is raised or cleared. Its policy must let
	// CloudWatch publish if it is encrypted with a key of your own. Default: none; the
	// alarms are in the console, and on the account's default bus as all alarms are.
	Topic awssns.ITopic
	// OnChange runs the proofs also a minute after somebody has changed routes, groups,
	// endpoints, peerings, ACLs or DNS options by EC2's API, and after CloudFormation has
	// changed the stack. The first needs a trail of CloudTrail in the Region that logs
	// management events: without one nobody tells EventBridge of such calls, and only the
	// stack's own changes and the schedule itself remain. Default: false.
	OnChange bool
	// NoDashboard leaves the dashboard out, which costs 3 USD per month beyond an
	// account's third (aws.amazon.com/cloudwatch/pricing). Default: false.
	NoDashboard bool
}

// limit is TimeLimit with its default.
func (s *Schedule) limit() time.Duration {
	if s.TimeLimit == 0 {
		return DefaultScheduledLimit
	}
	return s.TimeLimit
}

// silence is Silence with its default.
func (s *Schedule) silence() time.Duration {
	if s.Silence == 0 {
		return min(3*s.Every, maxSilence)
	}
	return s.Silence
}

// The limits of a schedule. The alarm's are CloudWatch's: up to a day in periods of less
// than an hour, and up to 7 days in periods of an hour
// (docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, Period).
const (
	maxEvery   = 24 * time.Hour
	finePeriod = time.Minute
	dayPeriod  = time.Hour
	maxSilence = 7 * 24 * time.Hour
	betweenRun = contract.AnswerMargin + time.Minute
)

var (
	// cronForm are minutes, hours, days of the month, months, days of the week and years
	// (docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based).
	cronForm = regexp.MustCompile(`^[0-9*,/-]+ [0-9*,/-]+ [0-9*,/?LW-]+ [0-9A-Z*,/-]+ [0-9A-Z*,/?#-]+ [0-9*,/-]+$`)
	zoneForm = regexp.MustCompile(`^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$`)
)

// check returns everything that is wrong with the schedule.
func (s *Schedule) check() error {
	if s == nil {
		return nil
	}
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("Schedule."+format, args...)) }
	switch {
	case s.Every == 0 && s.Cron == "":
		errs = append(errs, errors.New("Schedule: must have Every or Cron, got neither"))
	case s.Every != 0 && s.Cron != "":
		wrong("Cron: must be left out with Every, got %q", s.Cron)
	case s.Cron != "" && !cronForm.MatchString(s.Cron):
		wrong(`Cron: must be six fields such as "0 6 * * ? *", got %q`, s.Cron)
	case s.Cron != "" && strings.Count(s.Cron, "?") != 1:
		wrong("Cron: must have ? for either the day of the month or the day of the week, got %q", s.Cron)
	}
	if s.Every != 0 && (s.Every < contract.MinEvery || s.Every > maxEvery || s.Every%time.Minute != 0) {
		wrong("Every: must be whole minutes from %s to %s, got %s", contract.MinEvery, maxEvery, s.Every)
	} else if s.Every != 0 && s.Every < s.limit()+betweenRun {
		wrong("Every: must be at least TimeLimit and %s, which is %s, got %s", betweenRun, s.limit()+betweenRun, s.Every)
	}
	if s.TimeZone != "" && (s.Cron == "" || !zoneForm.MatchString(s.TimeZone)) {
		wrong("TimeZone: must be a time zone such as Asia/Seoul, and only with Cron, got %q", s.TimeZone)
	}
	if s.limit() < contract.MinTimeLimit || s.limit() > contract.MaxTimeLimit || s.limit()%time.Second != 0 {
		wrong("TimeLimit: must be whole seconds from %s to %s, got %s", contract.MinTimeLimit, contract.MaxTimeLimit, s.limit())
	}
	switch silence := s.silence(); {
	case s.Silence == 0 && s.Every == 0 && s.Cron != "":
		wrong("Silence: required with Cron, got none")
	case s.Silence == 0 && (s.Every < contract.MinEvery || s.Every > maxEvery || s.Every%time.Minute != 0 || s.Every < s.limit()+betweenRun):
		// It follows from Every, which is told already.
	case silence < s.Every+betweenRun || silence > maxSilence || silence%finePeriod != 0 || silence > 24*time.Hour && silence%dayPeriod != 0:
		wrong("Silence: must be whole minutes from Every and %s to 24h, or whole hours up to %s, got %s", betweenRun, maxSilence, silence)
	}
	return errors.Join(errs...)
}

// expression is the schedule as EventBridge Scheduler writes it. Its rates have a unit in
// the singular for one.
func (s *Schedule) expression() string {
	if s.Cron != "" {
		return "cron(" + s.Cron + ")"
	}
	return fmt.Sprintf("rate(%d minutes)", int(s.Every.Minutes()))
}

// latest is how late a run may begin.
func (s *Schedule) latest() time.Duration {
	if s.Every == 0 {
		return contract.LatestBegin
	}
	return min(s.Every-s.limit()-contract.AnswerMargin, contract.LatestBegin)
}

// pathIn is the path of a verification in its stack.
func pathIn(stack awscdk.Stack, c constructs.IConstruct) string {
	return strings.TrimPrefix(known.Path(c), known.Path(stack)+"/")
}

// proofName is the name of a verification in the runs of its stack: its path in the
// stack, letters and digits alone.
func proofName(path string) string {
	name := notID.ReplaceAllString(strings.TrimSuffix(path, "/Verification"), "")
	if name == "" || name == "Verification" {
		return "Proof"
	}
	return name
}
