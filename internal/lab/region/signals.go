package region

import (
	"context"
	"fmt"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/functions"
)

// signals carry what CloudFormation sends to custom resources, and what comes
// back to it over presigned URLs.
type signals struct {
	cloud     *cloud.Cloud
	functions *functions.Service
}

// Invoke implements [cfn.Signals]: CloudFormation invokes asynchronously.
func (s signals) Invoke(_ context.Context, function string, payload []byte) error {
	return s.functions.InvokeEvent(function, payload)
}

// Presign implements [cfn.Signals].
func (s signals) Presign(m cfn.PresignedURL) (url string, bodies <-chan []byte, cancel func()) {
	kind := cloud.ResponseMailbox
	if m.Purpose == cfn.WaitConditionSignal {
		kind = cloud.WaitMailbox
	}
	url, bodies, cancel, err := s.cloud.Presign(kind, m.StackID, m.LogicalID, m.RequestID)
	if err != nil {
		// The lab's own credentials always sign.
		panic(fmt.Sprintf("region: %v", err))
	}
	return url, bodies, cancel
}
