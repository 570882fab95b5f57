package api

import (
	"net/http"
	"strings"

	"provenendpoints/internal/lab/awserr"
)

// AuthFailure is why a caller cannot be authenticated.
type AuthFailure int

// The reasons. Services put them into words of their own.
const (
	MalformedAuthorization AuthFailure = iota
	MissingSignature
	UnknownKey
	WrongSignature
	WrongScope
	WrongBody
)

// AuthError is the error of a protocol's services for a caller who cannot be
// authenticated.
func (p Protocol) AuthError(f AuthFailure) error {
	const mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	switch f {
	case MissingSignature:
		switch p {
		case RESTXML:
			return awserr.WithStatus(http.StatusForbidden, "AccessDenied", "Access Denied")
		case EC2:
			return awserr.WithStatus(http.StatusUnauthorized, "AuthFailure", "AWS was not able to validate the provided access credentials")
		}
		return awserr.WithStatus(http.StatusForbidden, p.exceptionOr("MissingAuthenticationTokenException", "MissingAuthenticationToken"), "Missing Authentication Token")
	case UnknownKey:
		switch p {
		case RESTXML:
			return awserr.WithStatus(http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
		case EC2:
			return awserr.WithStatus(http.StatusUnauthorized, "AuthFailure", "AWS was not able to validate the provided access credentials")
		}
		return awserr.WithStatus(http.StatusForbidden, p.exceptionOr("UnrecognizedClientException", "InvalidClientTokenId"), "The security token included in the request is invalid.")
	case WrongSignature:
		return awserr.WithStatus(http.StatusForbidden, p.exceptionOr("InvalidSignatureException", "SignatureDoesNotMatch"), mismatch)
	case WrongScope:
		return awserr.WithStatus(http.StatusForbidden, p.exceptionOr("InvalidSignatureException", "SignatureDoesNotMatch"), "Credential should be scoped to a valid region and to the correct service.")
	case WrongBody:
		return awserr.New(p.exceptionOr("InvalidSignatureException", "XAmzContentSHA256Mismatch"), "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	return awserr.New(p.exceptionOr("IncompleteSignatureException", "IncompleteSignature"), "The authorization header is malformed.")
}

// passRole is the permission to give a role to a service.
const passRole = "iam:PassRole"

// Denied is the error for a call that the policies do not allow. reason is
// IAM's: which policy decided.
func (p Protocol) Denied(r *Request, op *Operation, reason string) error {
	switch {
	case r.Caller.Presigned:
		return awserr.WithStatus(http.StatusForbidden, "AccessDenied", "Access Denied")
	case r.Caller.Instance != "":
		return awserr.WithStatus(http.StatusForbidden, "AccessDenied", "User: %s is not authorized to perform: %s %s", r.Caller.Instance, op.Action, reason)
	case !r.Caller.Signed():
		return p.AuthError(MissingSignature)
	}
	message := "User: " + r.Caller.ARN + " is not authorized to perform: " + op.Action
	if op.Passes != "" && strings.Contains(reason, passRole) {
		message = "User: " + r.Caller.ARN + " is not authorized to perform: " + passRole + " on resource: " + op.Passes + " " + reason
		return awserr.WithStatus(http.StatusForbidden, p.exceptionOr("AccessDeniedException", "AccessDenied"), "%s", message)
	}
	switch {
	case op.Resource == "*":
	case p == RESTXML: // S3 quotes the resource
		message += ` on resource: "` + op.Resource + `"`
	default:
		message += " on resource: " + op.Resource
	}
	message += " " + reason
	if p == EC2 {
		return awserr.WithStatus(http.StatusForbidden, "UnauthorizedOperation", "You are not authorized to perform this operation. %s", message)
	}
	return awserr.WithStatus(http.StatusForbidden, p.exceptionOr("AccessDeniedException", "AccessDenied"), "%s", message)
}
