package lifecycle

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

// The reason of a failed creation points to a log that the rollback does not delete,
// and that is in nobody's way: the same stack is created again, with a log of its own.
func TestTheLogOutlivesARollback(t *testing.T) {
	t.Parallel()
	stack := assembled.Stack(t, "GatewayEndpoint")
	w := newWorld(t, "GatewayEndpoint")
	w.cut.Store(true)
	reason := w.must(assembled.Changed(t, stack, soon), cfn.RollbackComplete)
	named := regexp.MustCompile(`log group (\S+), stream`).FindStringSubmatch(reason)
	if named == nil {
		t.Fatalf("the reason points to no log: %s", reason)
	}
	if !strings.HasPrefix(named[1], w.id+"-EndpointVerificationVerifierLogs") {
		t.Errorf("nobody can tell whose log %s is", named[1])
	}
	if !slices.Contains(kept(w, w.id), named[1]) {
		t.Errorf("the reason points to %s, but all that is kept is %q", named[1], kept(w, w.id))
	}
	failed, _ := w.Stack(w.id)
	w.Remove(failed.Name)
	if !slices.Contains(kept(w, failed.ID), named[1]) {
		t.Errorf("%s went with the stack", named[1])
	}

	w.cut.Store(false)
	w.must(stack, cfn.CreateComplete)
	url := w.output("Log")
	if !strings.HasPrefix(url, "https://console.aws.amazon.com/cloudwatch/home?region=ap-northeast-2#logsV2:log-groups/log-group/"+w.id+"-") || strings.HasSuffix(url, named[1]) {
		t.Errorf("the output Log is %s", url)
	}
	w.Remove(w.id)
}

// kept are the physical ids of what a stack retained.
func kept(w *world, stack string) []string {
	var ids []string
	for _, e := range w.Retained(stack) {
		ids = append(ids, e.PhysicalID)
	}
	return ids
}

// soon lets the proof try for as long as a test needs.
func soon(t templates.Template) {
	t.Each(contract.ResourceType, func(_ string, p object) { p["TimeLimit"] = "20" })
}
