package functions

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/awsid"
)

// Line is one line of a log group.
type Line struct {
	Time time.Time
	// Stream is the log stream within the group.
	Stream string
	Text   string
}

// Logs returns the lines of a log group, oldest first.
func (s *Service) Logs(group string) []Line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Line(nil), s.logs[group]...)
}

// LogGroups returns the names of the log groups that have lines, sorted.
func (s *Service) LogGroups() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.logs))
}

// DropLogs forgets the lines of a log group that was deleted.
func (s *Service) DropLogs(group string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.logs, group)
}

// streamName makes the name of a log stream in Lambda's form:
// 2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef.
func (s *Service) streamName(function string) string {
	s.mu.Lock()
	s.streams++
	n := s.streams
	s.mu.Unlock()
	return s.Clock.Now().UTC().Format("2006/01/02/") + "[$LATEST]" + awsid.Hex(32, function, fmt.Sprint(n))
}

// sink takes a function's output. On AWS that is the standard output of the
// process, and Lambda writes it to the log group by the role's permission.
type sink struct {
	service *Service
	config  Config
	stream  string

	mu   sync.Mutex
	rest []byte // the beginning of a line whose end has not come yet
}

// logger writes lines of JSON, as the functions' own main packages set it up.
func (k *sink) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(k, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Write takes any part of the output; whole lines go to the log.
func (k *sink) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rest = append(k.rest, p...)
	for {
		end := bytes.IndexByte(k.rest, '\n')
		if end < 0 {
			return len(p), nil
		}
		k.line(string(k.rest[:end]))
		k.rest = k.rest[end+1:]
	}
}

// printf adds one line, for what Lambda itself reports.
func (k *sink) printf(format string, args ...any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.line(fmt.Sprintf(format, args...))
}

func (k *sink) line(text string) {
	if k.config.MayLog != nil && !k.config.MayLog() {
		return
	}
	s := k.service
	line := Line{s.Clock.Now(), k.stream, strings.TrimRight(text, "\r")}
	s.mu.Lock()
	s.logs[k.config.LogGroup] = append(s.logs[k.config.LogGroup], line)
	s.mu.Unlock()
	if s.OnLog != nil {
		s.OnLog(k.config, line)
	}
}
