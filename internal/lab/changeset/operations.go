package changeset

import (
	"context"
	"errors"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
)

// Create begins the creation of a stack and returns its id.
func (m *Manager) Create(in Input, protected bool) (string, error) {
	if info, exists := m.Engine.Stack(in.Stack); exists {
		return "", awserr.New("AlreadyExistsException", "Stack [%s] already exists", info.Name)
	}
	id, err := m.deploy(in)
	if err == nil && protected {
		err = m.Protect(id, true)
	}
	return id, err
}

// Update begins the update of a stack and returns its id. If there is nothing to update, the
// error is that of CloudFormation's API, which is a mistake in the request.
func (m *Manager) Update(in Input) (string, error) {
	info, exists := m.Engine.Stack(in.Stack)
	switch {
	case !exists || info.Status == cfn.ReviewInProgress:
		return "", validation("Stack [%s] does not exist", in.Stack)
	case info.Status.InProgress():
		return "", validation("Stack:%s is in %s state and can not be updated.", info.ID, info.Status)
	}
	return m.deploy(in)
}

func (m *Manager) deploy(in Input) (string, error) {
	stack, err := m.stack(in)
	if err != nil {
		return "", err
	}
	err = m.start(stack.Name, func(ctx context.Context) error {
		_, err := m.Engine.Deploy(ctx, stack)
		if info, _ := m.Engine.Stack(stack.Name); in.DeleteOnFailure && info.Status == cfn.RollbackComplete {
			_, deletion := m.Engine.Delete(ctx, info.Name)
			return errors.Join(err, deletion)
		}
		return err
	})
	if err != nil {
		return "", asValidation(err)
	}
	info, _ := m.Engine.Stack(stack.Name)
	return info.ID, nil
}

// Delete begins the deletion of a stack. That there is none is no error.
func (m *Manager) Delete(stack string) error {
	info, exists := m.Engine.Stack(stack)
	switch {
	case !exists || info.Status == cfn.DeleteComplete:
		return nil
	case m.Protected(info.ID):
		return validation("Stack [%s] cannot be deleted while TerminationProtection is enabled", info.Name)
	case info.Status.InProgress():
		return validation("Stack [%s] cannot be deleted while in status %s", info.Name, info.Status)
	}
	return asValidation(m.start(info.Name, func(ctx context.Context) error {
		_, err := m.Engine.Delete(ctx, info.Name)
		return err
	}))
}

// Continue rolls back once more what could not be rolled back.
func (m *Manager) Continue(stack string) error {
	info, exists := m.Engine.Stack(stack)
	if !exists {
		return validation("Stack [%s] does not exist", stack)
	}
	return asValidation(m.start(info.Name, func(ctx context.Context) error {
		_, err := m.Engine.ContinueRollback(ctx, info.Name)
		return err
	}))
}

// RollBack brings a stack back whose creation or update has failed and was left as it is.
// retainExceptOnCreate is [cfn.Stack.RetainExceptOnCreate].
func (m *Manager) RollBack(stack string, retainExceptOnCreate bool) (string, error) {
	info, exists := m.Engine.Stack(stack)
	if !exists {
		return "", validation("Stack [%s] does not exist", stack)
	}
	return info.ID, asValidation(m.start(info.Name, func(ctx context.Context) error {
		_, err := m.Engine.RollBack(ctx, info.Name, retainExceptOnCreate)
		return err
	}))
}

// Protect switches the termination protection of a stack.
func (m *Manager) Protect(stack string, on bool) error {
	info, exists := m.Engine.Stack(stack)
	if !exists || info.Status == cfn.DeleteComplete {
		return validation("Stack [%s] does not exist", stack)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.protected[info.ID] = on
	return nil
}

// Protected reports whether a stack's termination protection is on.
func (m *Manager) Protected(stackID string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.protected[stackID]
}
