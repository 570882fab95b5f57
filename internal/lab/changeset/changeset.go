package changeset

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
)

// Type is what a change set is for.
type Type string

// The types. There is no IMPORT.
const (
	ForCreate Type = "CREATE"
	ForUpdate Type = "UPDATE"
)

// ChangeSet is a change set. It does not change after it is made, but for its executions.
type ChangeSet struct {
	// ID is its ARN. StackID and StackName are those of its stack.
	ID, Name, Description string
	StackID, StackName    string
	Type                  Type
	Created               time.Time
	// Reason is why it cannot be executed; empty if it can. Empty says that there was
	// nothing to change, and Findings are those of the template.
	Reason   string
	Empty    bool
	Findings []string
	// Executed says that it was executed.
	Executed   bool
	Input      Input
	Tags       map[string]string
	Parameters map[string]string
	Changes    []cfn.Change
	stack      cfn.Stack
}

// Failed reports whether it could not be made.
func (c ChangeSet) Failed() bool { return c.Reason != "" }

// nothing is CloudFormation's reason for a change set without changes.
const nothing = "The submitted information didn't contain changes. Submit different information to create a change set."

var setName = regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`)

// CreateChangeSet makes a change set. For a stack that does not exist it makes one that is
// in review.
func (m *Manager) CreateChangeSet(name, description string, kind Type, in Input) (ChangeSet, error) {
	if !setName.MatchString(name) {
		return ChangeSet{}, validation("1 validation error detected: Value '%s' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*", name)
	}
	info, exists := m.Engine.Stack(in.Stack)
	deployed := exists && info.Status != cfn.ReviewInProgress
	switch {
	case kind == ForCreate && deployed:
		return ChangeSet{}, validation("Stack [%s] already exists and cannot be created again with the changeSet [%s].", in.Stack, name)
	case kind == ForUpdate && !deployed:
		return ChangeSet{}, validation("Stack [%s] does not exist", in.Stack)
	case kind == ForUpdate && info.Status.InProgress():
		return ChangeSet{}, validation("Stack:%s is in %s state and can not be updated.", info.ID, info.Status)
	}
	if _, err := m.find(info.ID, name); err == nil {
		return ChangeSet{}, awserr.WithStatus(http.StatusConflict, "AlreadyExistsException", "ChangeSet %s cannot be created because a changeset with this name already exists for stack %s", name, in.Stack)
	}
	stack, err := m.stack(in)
	if err != nil {
		return ChangeSet{}, err
	}
	if kind == ForCreate {
		if info, err = m.Engine.Review(in.Stack); err != nil {
			return ChangeSet{}, asValidation(err)
		}
	}
	m.mu.Lock()
	m.made++
	id := awsid.UUID("change set", m.Scope.Region, m.Scope.Account, strconv.Itoa(m.made))
	m.mu.Unlock()
	c := &ChangeSet{
		ID: m.Scope.ARN("cloudformation", "changeSet/"+name+"/"+id), Name: name, Description: description, StackID: info.ID, StackName: info.Name,
		Type: kind, Created: m.Clock.Now(), Input: in, Tags: stack.Tags, stack: stack,
	}
	c.preview(m.Engine)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sets[info.ID] = append(m.sets[info.ID], c)
	return *c, nil
}

// preview finds out what the change set would change, or why it cannot be executed.
func (c *ChangeSet) preview(engine *cfn.Engine) {
	preview, err := engine.Preview(c.stack, c.Input.IncludeNestedStacks)
	c.Parameters, c.Changes, c.stack.Fetched = preview.Parameters, preview.Changes, preview.Fetched
	var refusal *cfn.Refusal
	switch {
	case errors.Is(err, cfn.ErrNoUpdates):
		c.Reason, c.Empty = nothing, true
	case errors.As(err, &refusal):
		c.Findings = slices.Sorted(slices.Values(refusal.Findings))
		c.Reason = "Template error: " + strings.Join(c.Findings, "; ")
	case err != nil:
		c.Reason = err.Error()
	}
}

// ChangeSet finds a change set by its ARN, or by its name and its stack.
func (m *Manager) ChangeSet(stack, name string) (ChangeSet, error) {
	if !strings.HasPrefix(name, "arn:") {
		info, ok := m.Engine.Stack(stack)
		if !ok {
			return ChangeSet{}, validation("Stack [%s] does not exist", stack)
		}
		stack = info.ID
	}
	return m.find(stack, name)
}

func (m *Manager) find(stackID, name string) (ChangeSet, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, sets := range m.sets {
		for _, c := range sets {
			if c.ID == name || id == stackID && c.Name == name {
				return *c, nil
			}
		}
	}
	return ChangeSet{}, awserr.WithStatus(http.StatusNotFound, "ChangeSetNotFound", "ChangeSet [%s] does not exist", name)
}

// ChangeSets returns those of a stack, oldest first.
func (m *Manager) ChangeSets(stack string) ([]ChangeSet, error) {
	info, ok := m.Engine.Stack(stack)
	if !ok {
		return nil, validation("Stack [%s] does not exist", stack)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []ChangeSet
	for _, c := range m.sets[info.ID] {
		out = append(out, *c)
	}
	return out, nil
}

// DeleteChangeSet deletes a change set. That there is none of the name is no error, as with
// CloudFormation.
func (m *Manager) DeleteChangeSet(stack, name string) error {
	c, err := m.ChangeSet(stack, name)
	if awserr.Code(err) == "ChangeSetNotFound" {
		return nil
	} else if err != nil {
		return err
	}
	m.forget(c)
	return nil
}

// forget removes a change set.
func (m *Manager) forget(c ChangeSet) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sets[c.StackID] = slices.DeleteFunc(m.sets[c.StackID], func(other *ChangeSet) bool { return other.ID == c.ID })
}

// Execute begins the deployment of a change set. The stack's others become useless and go.
func (m *Manager) Execute(stack, name string, noRollback, retainExceptOnCreate bool) error {
	c, err := m.ChangeSet(stack, name)
	switch {
	case err != nil:
		return err
	case c.Failed() || c.Executed:
		return awserr.New("InvalidChangeSetStatus", "ChangeSet [%s] cannot be executed in its current status of [%s]", c.ID, c.Status())
	}
	c.stack.NoRollback = c.stack.NoRollback || noRollback
	c.stack.RetainExceptOnCreate = retainExceptOnCreate
	err = m.start(c.StackName, func(ctx context.Context) error {
		_, err := m.Engine.Deploy(ctx, c.stack)
		return err
	})
	if err != nil {
		return asValidation(err)
	}
	c.Executed = true
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sets[c.StackID] = []*ChangeSet{&c}
	return nil
}

// Status is its status: CREATE_COMPLETE or FAILED.
func (c ChangeSet) Status() string {
	if c.Failed() {
		return "FAILED"
	}
	return "CREATE_COMPLETE"
}

// ExecutionStatus is whether it can be executed, or was.
func (c ChangeSet) ExecutionStatus() string {
	switch {
	case c.Failed():
		return "UNAVAILABLE"
	case c.Executed:
		return "EXECUTE_COMPLETE"
	}
	return "AVAILABLE"
}
