package awserr

import (
	"errors"
	"fmt"
	"testing"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err             error
		notFound, inUse bool
		code            string
		status          int
	}{
		{New("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", "subnet-1"), true, false, "InvalidSubnetID.NotFound", 400},
		{New("Gateway.NotAttached", "not attached"), true, false, "Gateway.NotAttached", 400},
		{WithStatus(404, "NoSuchEntity", "The role cannot be found."), true, false, "NoSuchEntity", 404},
		{WithStatus(404, "ResourceNotFoundException", "Function not found"), true, false, "ResourceNotFoundException", 404},
		{New("DependencyViolation", "in use"), false, true, "DependencyViolation", 400},
		{New("ExistingVpcEndpointConnections", "in use"), false, true, "ExistingVpcEndpointConnections", 400},
		{New("InvalidIPAddress.InUse", "in use"), false, true, "InvalidIPAddress.InUse", 400},
		{&Error{Code: "InvalidParameterValue"}, false, false, "InvalidParameterValue", 400},
		{errors.New("NotFound"), false, false, "", 500},
	} {
		wrapped := fmt.Errorf("create: %w", test.err)
		if got := IsNotFound(wrapped); got != test.notFound {
			t.Errorf("IsNotFound(%v) = %v", test.err, got)
		}
		if got := IsInUse(wrapped); got != test.inUse {
			t.Errorf("IsInUse(%v) = %v", test.err, got)
		}
		if got := Code(wrapped); got != test.code {
			t.Errorf("Code(%v) = %q", test.err, got)
		}
		if got := From(wrapped).HTTPStatus(); got != test.status {
			t.Errorf("status of %v = %d", test.err, got)
		}
	}
}
