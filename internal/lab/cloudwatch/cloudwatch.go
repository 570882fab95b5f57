package cloudwatch

import (
	"maps"
	"net/http"
	"slices"
	"sync"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/clock"
)

// Options describe a service.
type Options struct {
	// Clock is the time of alarms. Required.
	Clock *clock.Clock
	// OnChange is called with each change of an alarm's state. Optional.
	OnChange func(Change)
}

// Service has the metrics, alarms and dashboards. It is safe for concurrent use.
type Service struct {
	Options
	mu         sync.Mutex
	closed     bool
	data       map[Metric][]Datum
	alarms     map[string]*alarm
	dashboards map[string]string
	history    []Change
}

// New makes a service without anything in it.
func New(o Options) *Service {
	return &Service{Options: o, data: map[Metric][]Datum{}, alarms: map[string]*alarm{}, dashboards: map[string]string{}}
}

// Close ends all evaluations.
func (s *Service) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, a := range s.alarms {
		a.stop()
	}
}

// put adds a value, and has the alarms on the metric evaluated.
func (s *Service) put(m Metric, d Datum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data[m] = append(s.data[m], d)
	for _, a := range s.alarms {
		if a.Metric == m {
			s.evaluateFor(a, d)
		}
	}
}

// PutDashboard makes a dashboard or replaces it.
func (s *Service) PutDashboard(name, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dashboards[name] = body
}

// DeleteDashboard removes a dashboard.
func (s *Service) DeleteDashboard(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dashboards, name)
}

// Dashboard returns the body of a dashboard.
func (s *Service) Dashboard(name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, ok := s.dashboards[name]
	if !ok {
		return "", awserr.WithStatus(http.StatusNotFound, "ResourceNotFound", "Dashboard %s does not exist", name)
	}
	return body, nil
}

// Dashboards returns the names of all dashboards, sorted.
func (s *Service) Dashboards() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.dashboards))
}
