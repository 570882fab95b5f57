// Package logs is CloudWatch Logs: log groups with their retention, and the lines of
// functions to read. Metric filters and queries are not here.
package logs

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/functions"
)

// Source has the log groups.
type Source interface {
	// LogGroups returns the names of the log groups, sorted.
	LogGroups() []string
	// Lines returns the lines of a group, oldest first.
	Lines(group string) []functions.Line
}

type account struct {
	source Source
	groups *Groups
	scope  awsid.Scope
}

var logs = api.TargetAPI[account]{Name: "logs", Target: "Logs_20140328"}

// Service is CloudWatch Logs of an account.
func Service(source Source, groups *Groups, scope awsid.Scope) api.Service {
	return logs.Service(account{source, groups, scope})
}

// docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html and
// its like. The lab answers in one page; a token that it never gave is refused.
func init() {
	api.RegisterTarget(&logs, api.TargetOperation[account, groupsRequest]{
		Name: "DescribeLogGroups", Resource: func(a account, _ groupsRequest) string { return a.arn("*") }, Run: describeLogGroups,
	})
	api.RegisterTarget(&logs, api.TargetOperation[account, streamsRequest]{
		Name: "DescribeLogStreams", Resource: func(a account, q streamsRequest) string { return a.arn(a.name(q.LogGroupName, q.LogGroupIdentifier)) }, Run: describeLogStreams,
	})
	api.RegisterTarget(&logs, api.TargetOperation[account, filterRequest]{
		Name: "FilterLogEvents", Resource: func(a account, q filterRequest) string { return a.arn(a.name(q.LogGroupName, q.LogGroupIdentifier)) }, Run: filterLogEvents,
	})
	api.RegisterTarget(&logs, api.TargetOperation[account, eventsRequest]{
		Name: "GetLogEvents", Resource: func(a account, q eventsRequest) string { return a.arn(a.name(q.LogGroupName, q.LogGroupIdentifier)) }, Run: getLogEvents,
	})
}

type (
	groupsRequest struct {
		LogGroupNamePrefix  string `json:"logGroupNamePrefix"`
		LogGroupNamePattern string `json:"logGroupNamePattern"`
		Limit               int    `json:"limit"`
		NextToken           string `json:"nextToken"`
	}
	streamsRequest struct {
		LogGroupName        string `json:"logGroupName"`
		LogGroupIdentifier  string `json:"logGroupIdentifier"`
		LogStreamNamePrefix string `json:"logStreamNamePrefix"`
		OrderBy             string `json:"orderBy"`
		Descending          bool   `json:"descending"`
		Limit               int    `json:"limit"`
		NextToken           string `json:"nextToken"`
	}
	filterRequest struct {
		LogGroupName        string   `json:"logGroupName"`
		LogGroupIdentifier  string   `json:"logGroupIdentifier"`
		LogStreamNames      []string `json:"logStreamNames"`
		LogStreamNamePrefix string   `json:"logStreamNamePrefix"`
		StartTime           *int64   `json:"startTime"`
		EndTime             *int64   `json:"endTime"`
		FilterPattern       string   `json:"filterPattern"`
		Interleaved         bool     `json:"interleaved"`
		Limit               int      `json:"limit"`
		NextToken           string   `json:"nextToken"`
	}
	eventsRequest struct {
		LogGroupName       string `json:"logGroupName"`
		LogGroupIdentifier string `json:"logGroupIdentifier"`
		LogStreamName      string `json:"logStreamName"`
		StartTime          *int64 `json:"startTime"`
		EndTime            *int64 `json:"endTime"`
		StartFromHead      bool   `json:"startFromHead"`
		Limit              int    `json:"limit"`
		NextToken          string `json:"nextToken"`
	}
	eventJSON struct {
		Stream    string `json:"logStreamName,omitempty"`
		Timestamp int64  `json:"timestamp"`
		Ingestion int64  `json:"ingestionTime"`
		Message   string `json:"message"`
		ID        string `json:"eventId,omitempty"`
	}
)

func (a account) arn(group string) string { return a.scope.ARN("logs", "log-group:"+group+":*") }

// name is a group's name, which an identifier may give as an ARN.
func (a account) name(name, identifier string) string {
	_, after, arn := strings.Cut(identifier, ":log-group:")
	if arn {
		identifier = strings.TrimSuffix(after, ":*")
	}
	return cmp.Or(name, identifier)
}

// lines are those of a group that exists, between two times.
func (a account) lines(group, token string, from, to *int64) ([]functions.Line, error) {
	if token != "" && token != lastToken {
		return nil, awserr.New("InvalidParameterException", "The specified nextToken is invalid.")
	}
	if !slices.Contains(a.source.LogGroups(), group) {
		return nil, awserr.New("ResourceNotFoundException", "The specified log group does not exist.")
	}
	return slices.DeleteFunc(a.source.Lines(group), func(l functions.Line) bool {
		at := l.Time.UnixMilli()
		return from != nil && at < *from || to != nil && at > *to
	}), nil
}

// lastToken stands for the end of a stream's lines.
const lastToken = "f/0"

func describeLogGroups(_ context.Context, a account, q groupsRequest) (any, error) {
	type group struct {
		Name      string `json:"logGroupName"`
		ARN       string `json:"arn"`
		Stored    int    `json:"storedBytes"`
		Retention int    `json:"retentionInDays,omitempty"`
	}
	out := struct {
		Groups []group `json:"logGroups"`
	}{[]group{}}
	for _, name := range a.source.LogGroups() {
		if strings.HasPrefix(name, q.LogGroupNamePrefix) && strings.Contains(name, q.LogGroupNamePattern) {
			out.Groups = append(out.Groups, group{Name: name, ARN: a.arn(name), Retention: a.groups.retention(name)})
		}
	}
	return out, nil
}

func describeLogStreams(_ context.Context, a account, q streamsRequest) (any, error) {
	group := a.name(q.LogGroupName, q.LogGroupIdentifier)
	lines, err := a.lines(group, q.NextToken, nil, nil)
	if err != nil {
		return nil, err
	}
	type stream struct {
		Name  string `json:"logStreamName"`
		First int64  `json:"firstEventTimestamp"`
		Last  int64  `json:"lastEventTimestamp"`
		ARN   string `json:"arn"`
	}
	out := struct {
		Streams []stream `json:"logStreams"`
	}{[]stream{}}
	for _, l := range lines {
		i := slices.IndexFunc(out.Streams, func(s stream) bool { return s.Name == l.Stream })
		if i < 0 {
			i = len(out.Streams)
			out.Streams = append(out.Streams, stream{Name: l.Stream, First: l.Time.UnixMilli(), ARN: a.scope.ARN("logs", "log-group:"+group+":log-stream:"+l.Stream)})
		}
		out.Streams[i].Last = l.Time.UnixMilli()
	}
	out.Streams = slices.DeleteFunc(out.Streams, func(s stream) bool { return !strings.HasPrefix(s.Name, q.LogStreamNamePrefix) })
	slices.SortStableFunc(out.Streams, func(x, y stream) int {
		if q.OrderBy == "LastEventTime" {
			return cmp.Compare(x.Last, y.Last)
		}
		return cmp.Compare(x.Name, y.Name)
	})
	if q.Descending {
		slices.Reverse(out.Streams)
	}
	return out, nil
}

// filterLogEvents knows patterns of words, all of which must be there, and of one quoted text
// (docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
func filterLogEvents(_ context.Context, a account, q filterRequest) (any, error) {
	if strings.ContainsAny(q.FilterPattern, "{}[]?%") {
		return nil, awserr.New("InvalidParameterException", "the lab does not know the filter pattern %q: it knows words and quoted text", q.FilterPattern)
	}
	words := strings.Fields(q.FilterPattern)
	if len(q.FilterPattern) > 1 && strings.HasPrefix(q.FilterPattern, `"`) && strings.HasSuffix(q.FilterPattern, `"`) {
		words = []string{strings.Trim(q.FilterPattern, `"`)}
	}
	lines, err := a.lines(a.name(q.LogGroupName, q.LogGroupIdentifier), q.NextToken, q.StartTime, q.EndTime)
	if err != nil {
		return nil, err
	}
	out := struct {
		Events   []eventJSON `json:"events"`
		Searched []string    `json:"searchedLogStreams"`
	}{[]eventJSON{}, []string{}}
	for i, l := range lines {
		if len(q.LogStreamNames) > 0 && !slices.Contains(q.LogStreamNames, l.Stream) || !strings.HasPrefix(l.Stream, q.LogStreamNamePrefix) {
			continue
		}
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(l.Text, w) }) {
			continue
		}
		if q.Limit > 0 && len(out.Events) == q.Limit {
			break
		}
		at := l.Time.UnixMilli()
		out.Events = append(out.Events, eventJSON{l.Stream, at, at, l.Text, strconv.Itoa(i)})
	}
	return out, nil
}

// getLogEvents answers all lines of a stream, and with the token that it gave none.
func getLogEvents(_ context.Context, a account, q eventsRequest) (any, error) {
	lines, err := a.lines(a.name(q.LogGroupName, q.LogGroupIdentifier), q.NextToken, q.StartTime, q.EndTime)
	if err != nil {
		return nil, err
	}
	out := struct {
		Events   []eventJSON `json:"events"`
		Forward  string      `json:"nextForwardToken"`
		Backward string      `json:"nextBackwardToken"`
	}{[]eventJSON{}, lastToken, lastToken}
	for _, l := range lines {
		if at := l.Time.UnixMilli(); l.Stream == q.LogStreamName && q.NextToken == "" {
			out.Events = append(out.Events, eventJSON{"", at, at, l.Text, ""})
		}
	}
	if n := len(out.Events); q.Limit > 0 && n > q.Limit {
		if q.StartFromHead {
			out.Events = out.Events[:q.Limit]
		} else {
			out.Events = out.Events[n-q.Limit:]
		}
	}
	return out, nil
}
