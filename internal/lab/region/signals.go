package region

import (
	"context"
	"fmt"

	"provenendpoints/internal/lab/api/s3"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
)

// signals carry CloudFormation's requests to custom resources and, by presigned
// URLs, their responses.
type signals struct {
	buckets   *s3.Store
	functions *functions.Service
}

// Invoke implements [cfn.Signals]: CloudFormation invokes asynchronously.
func (s signals) Invoke(_ context.Context, function string, payload []byte) error {
	return s.functions.InvokeEvent(function, payload)
}

// Presign implements [cfn.Signals].
func (s signals) Presign(p cfn.PresignedURL) (url string, bodies <-chan []byte, cancel func()) {
	var err error
	if p.Purpose == cfn.WaitConditionSignal {
		url, bodies, cancel, err = s.buckets.PresignWait(p.StackID, p.LogicalID)
	} else {
		url, bodies, cancel, err = s.buckets.PresignResponse(p.StackID, p.LogicalID, p.RequestID)
	}
	if err != nil {
		// The lab's own credentials always sign.
		panic(fmt.Sprintf("region: %v", err))
	}
	return url, bodies, cancel
}
