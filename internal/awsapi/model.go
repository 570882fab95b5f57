package awsapi

import (
	"encoding/json"
	"fmt"
)

// Model describes services' APIs in the form in which AWS publishes them with its SDK
// for Python (github.com/boto/botocore, botocore/data/SERVICE/VERSION/service-2.json
// and paginators-1.json), by the SDK's names for the services, such as ec2. Only what
// decides about requests and answers is read.
type Model map[string]*Service

// Service is one service's API.
type Service struct {
	Metadata   Metadata             `json:"metadata"`
	Operations map[string]Operation `json:"operations"`
	Shapes     map[string]*Shape    `json:"shapes"`
	Pagination map[string]Paginator `json:"pagination,omitempty"`
}

// Metadata are what all operations of a service share.
type Metadata struct {
	APIVersion     string `json:"apiVersion"`
	EndpointPrefix string `json:"endpointPrefix"`
	Protocol       string `json:"protocol"`
	JSONVersion    string `json:"jsonVersion,omitempty"`
	ServiceID      string `json:"serviceId"`
	SigningName    string `json:"signingName,omitempty"`
	TargetPrefix   string `json:"targetPrefix,omitempty"`
}

// Operation is one call.
type Operation struct {
	HTTP struct {
		Method       string `json:"method"`
		RequestURI   string `json:"requestUri"`
		ResponseCode int    `json:"responseCode,omitempty"`
	} `json:"http"`
	Input  *Reference `json:"input,omitempty"`
	Output *Reference `json:"output,omitempty"`
}

// Reference is where a shape is used: as a member, an item, an input or an output.
type Reference struct {
	Shape            string     `json:"shape"`
	Location         string     `json:"location,omitempty"`
	LocationName     string     `json:"locationName,omitempty"`
	QueryName        string     `json:"queryName,omitempty"`
	TimestampFormat  string     `json:"timestampFormat,omitempty"`
	Flattened        bool       `json:"flattened,omitempty"`
	XMLAttribute     bool       `json:"xmlAttribute,omitempty"`
	IdempotencyToken bool       `json:"idempotencyToken,omitempty"`
	XMLNamespace     *Namespace `json:"xmlNamespace,omitempty"`
}

// Namespace is one of XML.
type Namespace struct {
	URI string `json:"uri"`
}

// Shape is a type of values.
type Shape struct {
	Type            string                `json:"type"`
	Members         map[string]*Reference `json:"members,omitempty"`
	Required        []string              `json:"required,omitempty"`
	Payload         string                `json:"payload,omitempty"`
	Member          *Reference            `json:"member,omitempty"`
	Key             *Reference            `json:"key,omitempty"`
	Value           *Reference            `json:"value,omitempty"`
	Flattened       bool                  `json:"flattened,omitempty"`
	TimestampFormat string                `json:"timestampFormat,omitempty"`
}

// Paginator says how an operation's answers come in pages. Empty where they do not.
type Paginator struct {
	InputToken  Names  `json:"input_token,omitempty"`
	OutputToken Names  `json:"output_token,omitempty"`
	MoreResults string `json:"more_results,omitempty"`
	ResultKey   Names  `json:"result_key,omitempty"`
}

// Names are one name or several.
type Names []string

// UnmarshalJSON reads both forms.
func (n *Names) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*n = Names{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(n))
}

// Parse reads a model in JSON.
func Parse(text []byte) (Model, error) {
	var m Model
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("the model of AWS's APIs: %w", err)
	}
	return m, nil
}
