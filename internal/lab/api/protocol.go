package api

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"time"

	"provenendpoints/internal/lab/awserr"
)

// Protocol is a wire protocol of AWS's services
// (smithy.io/2.0/aws/protocols/index.html).
type Protocol int

// The wire protocols, each with AWS's page about how it writes errors.
const (
	RESTXML Protocol = iota // docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
	Query                   // docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
	EC2                     // docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
	JSON                    // docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
)

// exceptionOr returns the JSON protocol's name of an error, or the other protocols'.
func (p Protocol) exceptionOr(exception, code string) string {
	if p == JSON {
		return exception
	}
	return code
}

// Error is the answer to a request that failed.
func (p Protocol) Error(r *Request, e *awserr.Error) *Reply {
	header := http.Header{}
	var body []byte
	var err error
	if p == Query && r.Header.Get("X-Amz-Target") != "" {
		p = JSON // a service with both protocols
	}
	switch p {
	case JSON:
		header.Set("Content-Type", "application/json")
		header.Set("X-Amzn-Errortype", e.Code)
		body, err = json.Marshal(map[string]string{"__type": e.Code, "Type": fault(e), "Message": e.Message, "message": e.Message})
	case RESTXML:
		body, err = marshalXML(header, struct {
			XMLName                 xml.Name `xml:"Error"`
			Code, Message, Resource string
			RequestID               string `xml:"RequestId"`
			HostID                  string `xml:"HostId"`
		}{Code: e.Code, Message: e.Message, Resource: r.URL.Path, RequestID: r.ID, HostID: "lab"})
		header.Set("Content-Type", "application/xml")
	case EC2:
		type item struct{ Code, Message string }
		body, err = marshalXML(header, struct {
			XMLName   xml.Name `xml:"Response"`
			Errors    []item   `xml:"Errors>Error"`
			RequestID string
		}{Errors: []item{{e.Code, e.Message}}, RequestID: r.ID})
	default:
		type item struct{ Type, Code, Message string }
		body, err = marshalXML(header, struct {
			XMLName   xml.Name `xml:"ErrorResponse"`
			Error     item
			RequestID string `xml:"RequestId"`
		}{Error: item{fault(e), e.Code, e.Message}, RequestID: r.ID})
	}
	if err != nil {
		body = []byte(e.Error())
	}
	return &Reply{e.HTTPStatus(), header, body}
}

// fault is the party at fault, in the query protocol's words.
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

// ReplyXML is a successful answer in XML.
func ReplyXML(value any) (*Reply, error) {
	header := http.Header{}
	body, err := marshalXML(header, value)
	return &Reply{Header: header, Body: body}, err
}

// ReplyJSON is a successful answer in JSON.
func ReplyJSON(value any) (*Reply, error) {
	body, err := json.Marshal(value)
	return &Reply{Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, err
}

// Timestamp is a time as AWS's XML writes it.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// Bool is a boolean as condition keys and filters write it.
func Bool(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
