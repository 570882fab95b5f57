package eventbridge

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"provenendpoints/internal/lab/awsid"
)

// pathForm is what the lab has of JSON paths.
var pathForm = regexp.MustCompile(`^\$(\.[A-Za-z0-9_-]+)+$`)

// CheckPaths refuses what of an input transformer the lab does not have.
func CheckPaths(paths map[string]string) error {
	for name, path := range paths {
		if !pathForm.MatchString(path) {
			return fmt.Errorf("the lab has no JSON path %q (%s)", path, name)
		}
	}
	return nil
}

// payload is what a target is invoked with
// (docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html).
func (t Target) payload(e Event, scope awsid.Scope) []byte {
	object := e.object(scope)
	switch {
	case t.Input != "":
		return []byte(t.Input)
	case t.Template == "":
		text, _ := json.Marshal(object) // it came from JSON
		return text
	}
	out := t.Template
	for name, path := range t.Paths {
		value := at(object, path)
		// Inside a string of the template a value stands without quotes.
		text, is := value.(string)
		if !is && value != nil {
			data, _ := json.Marshal(value)
			text = string(data)
		}
		quoted, _ := json.Marshal(text)
		inside := string(quoted[1 : len(quoted)-1])
		out = strings.ReplaceAll(out, `"<`+name+`>"`, `"`+inside+`"`)
		out = strings.ReplaceAll(out, "<"+name+">", inside)
	}
	return []byte(out)
}

// at is the value at a path; nil: there is none.
func at(value any, path string) any {
	for _, key := range strings.Split(path, ".")[1:] {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	return value
}
