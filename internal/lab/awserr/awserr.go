// Package awserr is the error of AWS's APIs, as every service of the lab
// returns it: a code, a message and an HTTP status.
//
// How an error looks on the wire is no part of it. The wire protocols write it
// (package api), with the id of the request, which only the front knows.
//
// smithy-go's GenericAPIError is the SDK's view of the same thing. It does not
// serve here: it has no HTTP status, which a server must choose.
package awserr

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Error is an error of an AWS API. Codes and messages are AWS's where they are
// known (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// and its like of the other services).
type Error struct {
	// Code is such as DependencyViolation or InvalidSubnetID.NotFound.
	Code string
	// Message is for people.
	Message string
	// Status is the HTTP status. Default: 400.
	Status int
}

// Error returns the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// HTTPStatus returns the status with its default.
func (e *Error) HTTPStatus() int {
	if e.Status == 0 {
		return http.StatusBadRequest
	}
	return e.Status
}

// New returns an *[Error] with status 400.
func New(code, format string, args ...any) error {
	return WithStatus(http.StatusBadRequest, code, format, args...)
}

// WithStatus returns an *[Error] with an HTTP status.
func WithStatus(status int, code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: status}
}

// From returns the *[Error] in err. Any other error is an InternalFailure with
// status 500.
func From(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: "InternalFailure", Message: err.Error(), Status: http.StatusInternalServerError}
}

// Code returns the code of the *[Error] in err, or "" if there is none.
func Code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// IsNotFound reports whether err says that something does not exist: EC2's
// codes end in NotFound, those of IAM, S3 and Route 53 begin with NoSuch, and Lambda's
// has status 404.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && (strings.HasSuffix(e.Code, "NotFound") || strings.HasPrefix(e.Code, "NoSuch") ||
		e.Code == "Gateway.NotAttached" || e.Code == "ResourceNotFoundException" || e.Status == http.StatusNotFound)
}

// IsInUse reports whether err says that something is kept because something else
// uses it, in the words of EC2 and of Route 53.
func IsInUse(err error) bool {
	code := Code(err)
	return code == "DependencyViolation" || code == "ExistingVpcEndpointConnections" || code == "ResourceInUseException" ||
		code == "HostedZoneNotEmpty" || strings.HasSuffix(code, "InUse")
}
