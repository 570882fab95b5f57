package proof

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
)

// awsError reads the error code and message of an AWS answer, in whichever of
// AWS's protocols it is written. Both are empty if it is in none of them: then
// the answer is not from AWS.
//
//	XML    <Error><Code>…, at the top (S3), in <ErrorResponse> (Query) or in
//	       <Response><Errors> (EC2)
//	JSON   "__type" or "code", or the header X-Amzn-Errortype
//
// (smithy.io/2.0/aws/protocols, "Operation error serialization" of each)
func awsError(header http.Header, body string) (code, message string) {
	trimmed := strings.TrimSpace(body)
	if strings.HasPrefix(trimmed, "<") {
		code, message = xmlError(trimmed)
	} else {
		code, message = jsonError(trimmed)
	}
	if code == "" {
		code = header.Get("X-Amzn-Errortype")
	}
	return bareCode(code), message
}

// xmlError finds Code and Message inside the first Error element.
func xmlError(body string) (code, message string) {
	decoder := xml.NewDecoder(strings.NewReader(body))
	var inside []string
	for {
		element, err := decoder.Token()
		if err != nil {
			return code, message
		}
		switch element := element.(type) {
		case xml.StartElement:
			inside = append(inside, element.Name.Local)
		case xml.EndElement:
			if element.Name.Local == "Error" {
				return code, message
			}
			inside = inside[:len(inside)-1]
		case xml.CharData:
			if depth := len(inside); depth >= 2 && inside[depth-2] == "Error" {
				switch inside[depth-1] {
				case "Code":
					code += string(element)
				case "Message":
					message += string(element)
				}
			}
		}
	}
}

func jsonError(body string) (code, message string) {
	// Names match in either case: "message" and "Message" both occur.
	var answer struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	if json.Unmarshal([]byte(body), &answer) != nil {
		return "", ""
	}
	if answer.Type != "" {
		return answer.Type, answer.Message
	}
	return answer.Code, answer.Message
}

// bareCode takes the code out of a shape id with its namespace and of a header
// with a URL behind the code.
func bareCode(code string) string {
	if _, after, found := strings.Cut(code, "#"); found {
		code = after
	}
	code, _, _ = strings.Cut(code, ":")
	return strings.TrimSpace(code)
}

// deniedCodes are the codes by which AWS services say that the caller may not do
// what it asked (docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
// and the common errors of each service's API reference).
var deniedCodes = []string{
	"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException",
	"NotAuthorized", "UnauthorizedOperation",
}

// unjudgedCodes are the codes of answers that AWS gives before it checks
// permission, because it did not accept the signature.
var unjudgedCodes = []string{
	"ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException",
	"InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSignatureException", "InvalidToken", "AuthFailure",
	"AuthorizationHeaderMalformed", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "OptInRequired",
	"RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "UnrecognizedClientException",
}

// throttledCodes are the codes of answers that say that there are too many calls.
var throttledCodes = []string{
	"RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException", "ThrottledException",
	"TooManyRequestsException", "RequestThrottled", "RequestThrottledException", "PriorRequestNotComplete",
	"BandwidthLimitExceeded", "ProvisionedThroughputExceededException", "EC2ThrottledException",
}

// DeniedCode reports whether an error code of AWS says that the caller may not do what it
// asked.
func DeniedCode(code string) bool { return slices.Contains(deniedCodes, code) }

// denied reports whether an AWS answer says that access is denied.
func (o Observation) denied() bool {
	return o.Status >= 400 && o.Status < 500 && DeniedCode(o.Code)
}

// unjudged reports whether an AWS answer was given before permission was checked.
func (o Observation) unjudged() bool {
	return o.Status >= 500 || o.throttled() || slices.Contains(unjudgedCodes, o.Code)
}

// throttled reports whether an AWS answer says that there are too many calls.
func (o Observation) throttled() bool {
	return o.Status == http.StatusTooManyRequests || slices.Contains(throttledCodes, o.Code)
}
