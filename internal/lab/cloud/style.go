package cloud

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// style is how a service writes errors.
type style int

const (
	s3Style    style = iota // docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
	queryStyle              // docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
	ec2Style                // docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
	jsonStyle               // docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
)

// authProblem is why a caller is not known.
type authProblem int

const (
	badAuthorization authProblem = iota
	missingSignature
	unknownKey
	wrongSignature
	wrongScope
	wrongBody
)

// authFailure is the error of a style for a caller who is not known.
func (s style) authFailure(p authProblem) error {
	const mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	switch p {
	case missingSignature:
		switch s {
		case s3Style:
			return awserr.WithStatus(http.StatusForbidden, "AccessDenied", "Access Denied")
		case ec2Style:
			return awserr.WithStatus(http.StatusUnauthorized, "AuthFailure", "AWS was not able to validate the provided access credentials")
		}
		return awserr.WithStatus(http.StatusForbidden, s.pick("MissingAuthenticationToken", "MissingAuthenticationTokenException"), "Missing Authentication Token")
	case unknownKey:
		switch s {
		case s3Style:
			return awserr.WithStatus(http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
		case ec2Style:
			return awserr.WithStatus(http.StatusUnauthorized, "AuthFailure", "AWS was not able to validate the provided access credentials")
		}
		return awserr.WithStatus(http.StatusForbidden, s.pick("InvalidClientTokenId", "UnrecognizedClientException"), "The security token included in the request is invalid.")
	case wrongSignature:
		return awserr.WithStatus(http.StatusForbidden, s.pick("SignatureDoesNotMatch", "InvalidSignatureException"), "%s", mismatch)
	case wrongScope:
		return awserr.WithStatus(http.StatusForbidden, s.pick("SignatureDoesNotMatch", "InvalidSignatureException"), "Credential should be scoped to a valid region and to the correct service.")
	case wrongBody:
		return awserr.New(s.pick("XAmzContentSHA256Mismatch", "InvalidSignatureException"), "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	return awserr.New(s.pick("IncompleteSignature", "IncompleteSignatureException"), "The authorization header is malformed.")
}

func (s style) pick(text, exception string) string {
	if s == jsonStyle {
		return exception
	}
	return text
}

// denied is the error for a call that the policies do not allow.
func (s style) denied(r *request, op *operation, d iam.Decision) error {
	if r.caller.session == nil && r.caller.presigned == nil {
		return s.authFailure(missingSignature)
	}
	if r.caller.presigned != nil {
		return awserr.WithStatus(http.StatusForbidden, "AccessDenied", "Access Denied")
	}
	message := fmt.Sprintf("User: %s is not authorized to perform: %s", r.caller.session.arn, op.action)
	if op.resource != "*" {
		message += fmt.Sprintf(" on resource: %q", op.resource)
		if s != s3Style {
			message = fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", r.caller.session.arn, op.action, op.resource)
		}
	}
	message += " " + d.Reason
	if s == ec2Style {
		return awserr.WithStatus(http.StatusForbidden, "UnauthorizedOperation", "You are not authorized to perform this operation. %s", message)
	}
	return awserr.WithStatus(http.StatusForbidden, s.pick("AccessDenied", "AccessDeniedException"), "%s", message)
}

// failure writes an error.
func (s style) failure(r *request, e *awserr.Error) *reply {
	header := http.Header{}
	var body []byte
	var err error
	switch s {
	case jsonStyle:
		header.Set("Content-Type", "application/json")
		header.Set("X-Amzn-Errortype", e.Code)
		body, err = json.Marshal(map[string]string{"__type": e.Code, "Type": fault(e), "Message": e.Message, "message": e.Message})
	case s3Style:
		body, err = marshalXML(header, struct {
			XMLName                 xml.Name `xml:"Error"`
			Code, Message, Resource string
			RequestID               string `xml:"RequestId"`
			HostID                  string `xml:"HostId"`
		}{Code: e.Code, Message: e.Message, Resource: r.URL.Path, RequestID: r.id, HostID: "lab"})
		header.Set("Content-Type", "application/xml")
	case ec2Style:
		type item struct{ Code, Message string }
		body, err = marshalXML(header, struct {
			XMLName   xml.Name `xml:"Response"`
			Errors    []item   `xml:"Errors>Error"`
			RequestID string
		}{Errors: []item{{e.Code, e.Message}}, RequestID: r.id})
	default:
		type item struct{ Type, Code, Message string }
		body, err = marshalXML(header, struct {
			XMLName   xml.Name `xml:"ErrorResponse"`
			Error     item
			RequestID string `xml:"RequestId"`
		}{Error: item{fault(e), e.Code, e.Message}, RequestID: r.id})
	}
	if err != nil {
		body = []byte(e.Error())
	}
	return &reply{e.HTTPStatus(), header, body}
}

// fault says whose fault an error is.
func fault(e *awserr.Error) string {
	if e.HTTPStatus() >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

func marshalXML(header http.Header, value any) ([]byte, error) {
	header.Set("Content-Type", "text/xml;charset=UTF-8")
	body, err := xml.Marshal(value)
	return append([]byte(xml.Header), body...), err
}

// replyXML is a successful answer in XML.
func replyXML(value any) (*reply, error) {
	header := http.Header{}
	body, err := marshalXML(header, value)
	return &reply{header: header, body: body}, err
}
