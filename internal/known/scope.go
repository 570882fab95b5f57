package known

import (
	"errors"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
)

// CheckScope refuses a scope and an id with which no construct of this module can be
// made: CDK says so by exceptions about other things.
func CheckScope(scope constructs.Construct, id string) error {
	var errs []error
	if scope == nil {
		errs = append(errs, errors.New("scope: required, got none"))
	} else if !inStack(scope) {
		errs = append(errs, fmt.Errorf("scope: must be a stack or in one, got %s", described(scope)))
	}
	if id == "" {
		errs = append(errs, errors.New("id: required, got none"))
	}
	return errors.Join(errs...)
}

// inStack reports whether there is a stack above the construct. CDK throws where there
// is none, which jsii makes a panic.
func inStack(c constructs.Construct) (found bool) {
	defer func() { found = recover() == nil }()
	Stack(c)
	return
}

// described is a construct in an error: its path, or that it is the app.
func described(c constructs.Construct) string {
	if path := Path(c); path != "" {
		return path
	}
	return "the app"
}
