package cfn

import "fmt"

// Review makes a stack without resources that waits for its first change set to be
// executed: REVIEW_IN_PROGRESS. If there is one already, it returns that. Deploy creates it,
// Delete forgets it
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html).
func (e *Engine) Review(name string) (StackInfo, error) {
	s, end, err := e.begin(name, true)
	if err != nil {
		return StackInfo{}, err
	}
	defer end()
	if s.id != "" && s.status != ReviewInProgress {
		return StackInfo{}, fmt.Errorf("Stack [%s] already exists and cannot be created again with the changeSet [CREATE].", name)
	}
	if s.id == "" {
		s.id = e.stackARN(name, e.opts.NewID())
		e.mu.Lock()
		s.created = e.opts.Clock.Now()
		e.stacks[name] = s
		e.mu.Unlock()
		e.setStatus(s, ReviewInProgress, "User Initiated")
	}
	info, _ := e.Stack(s.id)
	return info, nil
}
