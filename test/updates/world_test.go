package updates

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/console/consoletest"
	"provenendpoints/internal/lab/server"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

type (
	template = templates.Template
	object   = templates.Object
)

const (
	region, account = "ap-northeast-2", "123456789012"
	stackName       = assembled.GatewayEndpoint
)

// world is a server with the stack, and a client.
type world struct {
	*testing.T
	*server.Server
	client *cloudformation.Client
	// original is the template as it was synthesized.
	original cfn.Stack

	mu     sync.Mutex
	change *sync.Cond
	status cfn.Status
	// proofs counts the runs of the proof, sets the change sets.
	proofs, sets int
}

// newWorld serves a Region and creates the stack in it.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, original: assembled.Stack(t, stackName)}
	w.change = sync.NewCond(&w.mu)
	var err error
	if w.Server, err = server.Start(server.Options{Region: region, Account: account, OnEvent: w.note}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, e := range w.Region(region).Events(stackName) {
				t.Log(e)
			}
			for _, log := range w.Region(region).Logs(stackName) {
				t.Logf("log %s\n%s", log.Name, log.Text)
			}
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	names := strings.NewReplacer("${AWS::AccountId}", account, "${AWS::Region}", region, "${AWS::Partition}", "aws")
	for _, a := range w.original.Published {
		if err := w.Region(region).Buckets.Publish(names.Replace(a.Bucket), a.Key, a.Path); err != nil {
			t.Fatal(err)
		}
	}
	w.client = cloudformation.NewFromConfig(w.Config())
	text := string(w.original.Template)
	_, err = w.client.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String(stackName), TemplateBody: &text, Capabilities: capabilities})
	w.ends(err, types.StackStatusCreateComplete)
	return w
}

// capabilities are those that somebody acknowledges who deploys the stack.
var capabilities = []types.Capability{types.CapabilityCapabilityNamedIam, types.CapabilityCapabilityAutoExpand}

// note receives the events.
func (w *world) note(e cfn.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case e.OfStack() && e.LogicalID == stackName:
		w.status = e.Status
		w.change.Broadcast()
	case e.Type == contract.ResourceType && e.Status.InProgress():
		w.proofs++
	}
}

// ends waits until an operation that was accepted has ended, in a status, and returns why it
// failed: the reason of the first resource that did.
func (w *world) ends(err error, want types.StackStatus) string {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	name := aws.String(stackName)
	w.mu.Lock()
	for w.status.InProgress() || w.status == "" {
		w.change.Wait()
	}
	w.mu.Unlock()
	stacks, err := w.client.DescribeStacks(w.Context(), &cloudformation.DescribeStacksInput{StackName: name})
	if err != nil {
		w.Fatal(err)
	}
	events, err := w.client.DescribeStackEvents(w.Context(), &cloudformation.DescribeStackEventsInput{StackName: name})
	if err != nil {
		w.Fatal(err)
	}
	reason := ""
	for _, e := range events.StackEvents { // the newest first
		if aws.ToString(e.ResourceStatusReason) == "User Initiated" && aws.ToString(e.LogicalResourceId) == stackName {
			break
		}
		if status := string(e.ResourceStatus); strings.HasSuffix(status, "_FAILED") && !strings.HasSuffix(aws.ToString(e.ResourceStatusReason), "cancelled") {
			reason = aws.ToString(e.ResourceStatusReason)
		}
	}
	if got := stacks.Stacks[0].StackStatus; got != want {
		w.Fatalf("the stack is in %s, want %s: %s", got, want, reason)
	}
	return reason
}

// began forgets the status, before an operation.
func (w *world) began() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = ""
}

// runs is how often the proof has run.
func (w *world) runs() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.proofs
}

// update calls UpdateStack. What the input leaves out is the stack's name.
func (w *world) update(in cloudformation.UpdateStackInput, want types.StackStatus) string {
	w.Helper()
	w.began()
	in.StackName, in.Capabilities = aws.String(stackName), capabilities
	_, err := w.client.UpdateStack(w.Context(), &in)
	return w.ends(err, want)
}

// execute makes a change set and executes it. The change set must say that the proof runs.
func (w *world) execute(in cloudformation.CreateChangeSetInput, want types.StackStatus) string {
	w.Helper()
	w.sets++
	in.StackName, in.ChangeSetName, in.Capabilities = aws.String(stackName), aws.String(fmt.Sprint("change", w.sets)), capabilities
	made, err := w.client.CreateChangeSet(w.Context(), &in)
	if err != nil {
		w.Fatal(err)
	}
	set, err := w.client.DescribeChangeSet(w.Context(), &cloudformation.DescribeChangeSetInput{ChangeSetName: made.Id})
	if err != nil {
		w.Fatal(err)
	}
	if set.ExecutionStatus != types.ExecutionStatusAvailable {
		w.Fatalf("the change set is %s: %s", set.ExecutionStatus, aws.ToString(set.StatusReason))
	}
	told := false
	for _, c := range set.Changes {
		told = told || aws.ToString(c.ResourceChange.ResourceType) == contract.ResourceType
	}
	if !told {
		w.Error("the change set does not say that the proof is updated")
	}
	w.began()
	_, err = w.client.ExecuteChangeSet(w.Context(), &cloudformation.ExecuteChangeSetInput{ChangeSetName: made.Id})
	return w.ends(err, want)
}

// edited is the synthesized template with an edit by hand: the digests stay as they were.
func (w *world) edited(edits ...func(template)) *string {
	w.Helper()
	t := assembled.Template(w.T, w.original)
	for _, edit := range edits {
		edit(t)
	}
	text, err := json.Marshal(t)
	if err != nil {
		w.Fatal(err)
	}
	return aws.String(string(text))
}

// refuted checks the reason of an update: the proof has seen the way out.
func (w *world) refuted(reason string) {
	w.Helper()
	if !strings.Contains(reason, "sends 0.0.0.0/0 to igw-") {
		w.Errorf("the reason is %q, want that of the way out", reason)
	}
}

// ran checks that an operation runs the proof.
func (w *world) ran(operate func()) {
	w.Helper()
	before := w.runs()
	operate()
	if w.runs() == before {
		w.Error("the proof did not run")
	}
}

// page is a page of the console.
func (w *world) page(at string) string {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), http.MethodGet, w.URL()+at, nil)
	if err != nil {
		w.Fatal(err)
	}
	text, _ := consoletest.Answer(w.T, r)
	return text
}
