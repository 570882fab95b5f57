package verifier

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"regexp"
	"slices"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/contract"
)

// answer is the response of a custom resource
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html).
type answer struct {
	Status             cfn.StatusType    `json:"Status"`
	Reason             string            `json:"Reason,omitempty"`
	PhysicalResourceID string            `json:"PhysicalResourceId"`
	StackID            string            `json:"StackId"`
	RequestID          string            `json:"RequestId"`
	LogicalResourceID  string            `json:"LogicalResourceId"`
	NoEcho             bool              `json:"NoEcho"`
	Data               map[string]string `json:"Data,omitempty"`
}

// newAnswer starts an answer to event.
func newAnswer(event cfn.Event, status cfn.StatusType) answer {
	return answer{
		Status:             status,
		PhysicalResourceID: physicalID(event),
		StackID:            event.StackID,
		RequestID:          event.RequestID,
		LogicalResourceID:  event.LogicalResourceID,
	}
}

// physicalID is the id in the event, or one made of stack and logical id. It never
// changes while the resource exists: CloudFormation takes a changed id for a
// replacement, and deletes the old resource.
func physicalID(event cfn.Event) string {
	if event.PhysicalResourceID != "" {
		return event.PhysicalResourceID
	}
	sum := sha256.Sum256([]byte(event.StackID + "\n" + event.LogicalResourceID))
	return "endpoint-proof-" + hex.EncodeToString(sum[:8])
}

// The weights by which an answer that is too long is divided among its texts. An
// answer that failed is all reason. One with both is a rollback's: then the reason
// weighs most.
const (
	weightClaim   = 2
	weightSummary = 4
	weightReport  = 12
	weightReason  = 40
)

// encode returns the answer as JSON of at most [contract.MaxResponse] bytes. It
// shortens texts that are too long, but for the address of the log, and leaves none out. full is the line that
// says where the full report is.
func (a answer) encode(full string) ([]byte, error) {
	body, err := marshal(a)
	if err != nil || len(body) <= contract.MaxResponse {
		return body, err
	}
	// The alignment of columns goes first: it takes up to a third of a long report.
	if report, ok := a.Data[contract.AttributeReport]; ok {
		a.Data = maps.Clone(a.Data)
		a.Data[contract.AttributeReport] = columns.ReplaceAllString(report, "  ")
		if body, err = marshal(a); err != nil || len(body) <= contract.MaxResponse {
			return body, err
		}
	}
	names := slices.Sorted(maps.Keys(a.Data))
	wants := []int{encodedLen(a.Reason)}
	weights := []int{weightReason}
	empty := a
	empty.Data = make(map[string]string, len(names))
	for _, name := range names {
		empty.Data[name] = ""
		if name == contract.AttributeLog {
			// An address leads nowhere unless it is whole.
			empty.Data[name] = a.Data[name]
		}
		wants = append(wants, encodedLen(a.Data[name])-encodedLen(empty.Data[name]))
		weights = append(weights, weightOf(name))
	}
	if a.Reason != "" {
		// An empty reason would be left out, and its name not be counted.
		empty.Reason = "-"
	}
	frame, err := marshal(empty)
	if err != nil {
		return nil, err
	}
	room := share(wants, weights, contract.MaxResponse-len(frame))
	short := empty
	short.Reason = shortenLines(a.Reason, "…"+full, room[0])
	for i, name := range names {
		switch text := a.Data[name]; name {
		case contract.AttributeLog:
		case contract.AttributeReport:
			short.Data[name] = shortenLines(text, "…"+full, room[i+1])
		default:
			short.Data[name] = shorten(text, room[i+1])
		}
	}
	body, err = marshal(short)
	if err != nil || len(body) <= contract.MaxResponse {
		return body, err
	}
	// Not even the names of the attributes fit. [contract.Decode] refuses that
	// many claims, so this answers a malformed event.
	short.Data, short.Reason = nil, "-"
	if frame, err = marshal(short); err != nil {
		return nil, err
	}
	short.Reason = shorten(a.Reason, contract.MaxResponse-len(frame))
	return marshal(short)
}

// columns matches the spaces that align the columns of a report.
var columns = regexp.MustCompile(` {3,}`)

func weightOf(attribute string) int {
	switch attribute {
	case contract.AttributeReport:
		return weightReport
	case contract.AttributeSummary:
		return weightSummary
	}
	return weightClaim
}

// marshal writes JSON without escaping <, > and &, which would cost six bytes each.
func marshal(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buffer.Bytes(), "\n"), nil
}
