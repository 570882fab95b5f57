package lambdatest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Watching is the part of [AWS] that a proof which goes on calls: one parameter, the
// default bus, and one schedule. The zero value has an empty memory.
type Watching struct {
	// Input is that of the schedule.
	Input string
	// OnPut is called before a version of the parameter is written, as if another
	// had been faster.
	OnPut func(w *Watching)

	mutex    sync.Mutex
	versions []string
	events   []map[string]any
}

// Memory returns the last version of the parameter.
func (w *Watching) Memory() string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.version(len(w.versions))
}

// Remember writes a version of the parameter.
func (w *Watching) Remember(value string) int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if len(w.versions) == 0 {
		w.versions = []string{"{}"}
	}
	w.versions = append(w.versions, value)
	return len(w.versions)
}

func (w *Watching) version(n int) string {
	if n < 1 || n > len(w.versions) {
		return "{}"
	}
	return w.versions[n-1]
}

// Events returns the details of the events that were put.
func (w *Watching) Events() []map[string]any {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.events
}

// serve answers a call, and reports whether it is one of these.
func (w *Watching) serve(action string, out http.ResponseWriter, r *http.Request, body []byte) bool {
	var in struct {
		Name, Value string
		Entries     []struct{ Source, DetailType, Detail string }
	}
	_ = json.Unmarshal(body, &in)
	var answer any
	switch {
	case action == "GetParameter":
		w.mutex.Lock()
		n := max(1, len(w.versions))
		if _, version, ok := strings.Cut(in.Name, ":"); ok {
			n, _ = strconv.Atoi(version)
		}
		answer = map[string]any{"Parameter": map[string]any{"Value": w.version(n), "Version": n}}
		w.mutex.Unlock()
	case action == "PutParameter":
		if w.OnPut != nil {
			w.OnPut(w)
		}
		answer = map[string]any{"Version": w.Remember(in.Value)}
	case action == "PutEvents":
		results := []any{}
		w.mutex.Lock()
		for _, e := range in.Entries {
			var detail map[string]any
			_ = json.Unmarshal([]byte(e.Detail), &detail)
			w.events = append(w.events, detail)
			results = append(results, map[string]any{"EventId": "1"})
		}
		w.mutex.Unlock()
		answer = map[string]any{"Entries": results, "FailedEntryCount": 0}
	case strings.HasPrefix(r.URL.Path, "/schedules/"):
		answer = map[string]any{"Target": map[string]any{"Arn": "arn", "RoleArn": "arn", "Input": w.Input}}
	default:
		return false
	}
	_ = json.NewEncoder(out).Encode(answer)
	return true
}
