package cfn

import "context"

// URLPurpose is the use of a presigned URL. CloudFormation has a bucket of its
// own for each use.
type URLPurpose int

// The uses of presigned URLs.
const (
	// CustomResourceResponse takes the one response of a custom resource
	// (bucket cloudformation-custom-resource-response-…).
	CustomResourceResponse URLPurpose = iota
	// WaitConditionSignal takes the signals for a wait condition
	// (bucket cloudformation-waitcondition-REGION).
	WaitConditionSignal
)

// PresignedURL describes a presigned URL that is to be made.
type PresignedURL struct {
	Purpose            URLPurpose
	StackID, LogicalID string
	// RequestID is that of the request to the custom resource. It is empty for
	// wait conditions.
	RequestID string
}

// Signals carries what CloudFormation sends out and what comes back to it.
type Signals interface {
	// Invoke starts a Lambda function asynchronously. An error means that the
	// invocation was not accepted.
	Invoke(ctx context.Context, functionARN string, payload []byte) error
	// Presign makes a URL that a body can be PUT to without credentials. Every
	// body is sent to the channel. cancel makes the URL useless; the channel is
	// not closed before that.
	Presign(u PresignedURL) (url string, bodies <-chan []byte, cancel func())
}
