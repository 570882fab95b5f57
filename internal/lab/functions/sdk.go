package functions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"provenendpoints/internal/awsapi"
	"provenendpoints/internal/awsapi/models"
	"provenendpoints/internal/lab/awserr"
)

// Lambda's runtimes bring the AWS SDKs for JavaScript and Python along, and code, CDK's
// own handlers first of all, relies on it. They are not on this machine. What the code
// does not bring itself is stood in for by the SDK for Go: all SDKs are generated of the
// same models, so operations and members have the same names. The requests are as real
// as any: signed with the role's credentials, sent from the function's interface.

// sdkModels are the services that the stand-ins have a model of, by their packages' names in
// JavaScript. S3 has none: what its requests need of their own is in the SDK's client.
var sdkModels = sync.OnceValue(func() map[string]string {
	out := map[string]string{"s3": ""}
	for _, n := range models.Names() {
		if models.Versions[n.Service] != "" {
			out[n.Package()] = n.Service
		}
	}
	return out
})

// sdkTable names the clients and operations of all services of AWS, for the stand-ins in the
// runtimes. Calls of those that the lab has no model of say so.
var sdkTable = sync.OnceValue(func() []byte {
	type entry struct {
		Name       string   `json:"name"`
		Service    string   `json:"service"` // in boto3
		Operations []string `json:"operations"`
	}
	table := map[string]entry{}
	for _, n := range models.Names() {
		table[n.Package()] = entry{n.Client(), n.Service, n.Operations}
	}
	text, err := json.Marshal(table)
	if err != nil { // names always encode
		panic(err)
	}
	return text
})

// sdk answers a call of a stand-in: POST /sdk/SERVICE/OPERATION with the input.
func (r *relay) sdk(w http.ResponseWriter, q *http.Request) {
	var answer struct {
		Error  *sdkError `json:"error,omitempty"`
		Output any       `json:"output,omitempty"`
	}
	body, err := io.ReadAll(q.Body)
	if err == nil {
		service, operation, _ := strings.Cut(strings.TrimPrefix(q.URL.Path, "/sdk/"), "/")
		r.wait(func() { answer.Output, err = r.e.callSDK(r.ctx, service, operation, q.URL.Query().Get("region"), body) })
	}
	if err != nil {
		answer.Error = describeSDKError(err)
	}
	_ = json.NewEncoder(w).Encode(answer) // a process that is gone needs no answer
}

// sdkError is an error as the stand-ins raise it.
type sdkError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Status  int    `json:"status"`
}

func describeSDKError(err error) *sdkError {
	out := &sdkError{Code: "Error", Message: err.Error(), Status: http.StatusBadRequest}
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		out.Code, out.Message = e.ErrorCode(), e.ErrorMessage()
	}
	if e, ok := errors.AsType[*awserr.Error](err); ok {
		out.Code, out.Message, out.Status = e.Code, e.Message, e.Status
	}
	if e, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		out.Status = e.HTTPStatusCode()
	}
	return out
}

// callSDK makes one call and returns its output.
func (e Environment) callSDK(ctx context.Context, service, operation, region string, input []byte) (any, error) {
	model, ok := sdkModels()[service]
	if !ok {
		return nil, awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab has no calls of %s, and not %s", service, operation)
	}
	if region == "" {
		region = e.Region
	}
	config := aws.Config{
		Region: region, Credentials: e.Credentials, HTTPClient: e.Client(),
		// The runtimes' SDKs try three times.
		Retryer: func() aws.Retryer { return labRetryer{retry.NewStandard(), e} },
	}
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(input))
	d.UseNumber()
	if err := d.Decode(&members); err != nil {
		return nil, fmt.Errorf("%s.%s: %w", service, operation, err)
	}
	if model == "" {
		return callS3(ctx, config, operation, members)
	}
	described := models.Of(model)
	out, err := awsapi.New(config, described).Do(ctx, model, operation, unmarked(described[model], operation, members))
	return marked(out), err
}

// labRetryer waits for the next attempt on the lab's clock, which the SDK does not know.
type labRetryer struct {
	aws.Retryer
	e Environment
}

func (r labRetryer) RetryDelay(attempt int, err error) (time.Duration, error) {
	delay, failed := r.Retryer.RetryDelay(attempt, err)
	if failed == nil {
		failed = r.e.Clock.Sleep(context.Background(), delay)
	}
	return 0, failed
}
