package functions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"provenendpoints/internal/awsapi"
	"provenendpoints/internal/awsapi/models"
)

// Lambda's runtimes bring the AWS SDKs for JavaScript and Python along, and code, CDK's
// own handlers first of all, relies on it. They are not on this machine. What the code
// does not bring itself is stood in for by the SDK for Go: all SDKs are generated of the
// same models, so operations and members have the same names. The requests are as real
// as any: signed with the role's credentials, sent from the function's interface.

// sdkClient is one service's client.
type sdkClient struct {
	// Name is that of the client in JavaScript.
	Name string
	// model is the name of AWS's published model, which the calls are made by. S3 has
	// none: what its requests need of their own is in the SDK's client.
	model string
}

// sdkClients are the clients by their packages' names in JavaScript.
var sdkClients = map[string]sdkClient{
	"cloudformation":            {"CloudFormation", "cloudformation"},
	"cloudwatch-logs":           {"CloudWatchLogs", "logs"},
	"dynamodb":                  {"DynamoDB", "dynamodb"},
	"ec2":                       {"EC2", "ec2"},
	"elastic-load-balancing-v2": {"ElasticLoadBalancingV2", "elbv2"},
	"iam":                       {"IAM", "iam"},
	"lambda":                    {"Lambda", "lambda"},
	"s3":                        {"S3", ""},
	"secrets-manager":           {"SecretsManager", "secretsmanager"},
	"sfn":                       {"SFN", "stepfunctions"},
	"sns":                       {"SNS", "sns"},
	"sqs":                       {"SQS", "sqs"},
	"ssm":                       {"SSM", "ssm"},
	"sts":                       {"STS", "sts"},
}

// operations are the names of all operations, sorted.
func (c sdkClient) operations() (names []string) {
	if c.model != "" {
		return slices.Sorted(maps.Keys(models.Of(c.model)[c.model].Operations))
	}
	return s3Operations()
}

// sdkTable names the operations of all clients, for the stand-ins in the runtimes.
var sdkTable = sync.OnceValue(func() []byte {
	type entry struct {
		Name       string   `json:"name"`
		Operations []string `json:"operations"`
	}
	table := map[string]entry{}
	for name, c := range sdkClients {
		table[name] = entry{c.Name, c.operations()}
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
	if e, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		out.Status = e.HTTPStatusCode()
	}
	return out
}

// callSDK makes one call and returns its output.
func (e Environment) callSDK(ctx context.Context, service, operation, region string, input []byte) (any, error) {
	known, ok := sdkClients[service]
	if !ok {
		return nil, fmt.Errorf("the lab has no client of %s", service)
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
		return nil, fmt.Errorf("%s.%s: %w", known.Name, operation, err)
	}
	if known.model == "" {
		return callS3(ctx, config, operation, members)
	}
	model := models.Of(known.model)
	out, err := awsapi.New(config, model).Do(ctx, known.model, operation, unmarked(model[known.model], operation, members))
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
