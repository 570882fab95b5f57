package functions

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
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
	// lower is true where the members' names begin with a small letter.
	lower bool
	make  func(aws.Config) any
}

// sdkClients are the clients by their packages' names in JavaScript.
var sdkClients = map[string]sdkClient{
	"cloudformation":            {Name: "CloudFormation", make: func(c aws.Config) any { return cloudformation.NewFromConfig(c) }},
	"cloudwatch-logs":           {Name: "CloudWatchLogs", lower: true, make: func(c aws.Config) any { return cloudwatchlogs.NewFromConfig(c) }},
	"ec2":                       {Name: "EC2", make: func(c aws.Config) any { return ec2.NewFromConfig(c) }},
	"elastic-load-balancing-v2": {Name: "ElasticLoadBalancingV2", make: func(c aws.Config) any { return elasticloadbalancingv2.NewFromConfig(c) }},
	"iam":                       {Name: "IAM", make: func(c aws.Config) any { return iam.NewFromConfig(c) }},
	"lambda":                    {Name: "Lambda", make: func(c aws.Config) any { return awslambda.NewFromConfig(c) }},
	"s3":                        {Name: "S3", make: func(c aws.Config) any { return s3.NewFromConfig(c) }},
	"sts":                       {Name: "STS", make: func(c aws.Config) any { return sts.NewFromConfig(c) }},
}

// sdkTable names the operations of all clients, for the stand-ins in the runtimes.
var sdkTable = sync.OnceValue(func() []byte {
	type entry struct {
		Name       string   `json:"name"`
		Operations []string `json:"operations"`
	}
	table := map[string]entry{}
	for name, c := range sdkClients {
		e := entry{Name: c.Name}
		t := reflect.TypeOf(c.make(aws.Config{Region: "us-east-1"}))
		for i := range t.NumMethod() {
			if m := t.Method(i); isOperation(m.Type) {
				e.Operations = append(e.Operations, m.Name)
			}
		}
		table[name] = e
	}
	text, err := json.Marshal(table)
	if err != nil { // names always encode
		panic(err)
	}
	return text
})

// isOperation reports whether a client's method is an operation: it takes a context,
// an input and options.
func isOperation(t reflect.Type) bool {
	return t.IsVariadic() && t.NumIn() == 4 && t.NumOut() == 2 && t.In(2).Kind() == reflect.Pointer && strings.HasSuffix(t.In(2).Elem().Name(), "Input")
}

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
	client := known.make(aws.Config{
		Region: region, Credentials: e.Credentials, HTTPClient: e.Client(),
		// The runtimes' SDKs try three times.
		Retryer: func() aws.Retryer { return labRetryer{retry.NewStandard(), e} },
	})
	method := reflect.ValueOf(client).MethodByName(operation)
	if !method.IsValid() || !isOperation(reflect.TypeOf(client).Method(methodIndex(client, operation)).Type) {
		return nil, fmt.Errorf("%s has no operation %s", known.Name, operation)
	}
	in := reflect.New(method.Type().In(1).Elem())
	if err := fillInput(in.Elem(), input); err != nil {
		return nil, fmt.Errorf("%s.%s: %w", known.Name, operation, err)
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), in})
	if err, _ := out[1].Interface().(error); err != nil {
		return nil, err
	}
	return plain(out[0], known.lower)
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

func methodIndex(client any, name string) int {
	m, _ := reflect.TypeOf(client).MethodByName(name)
	return m.Index
}

// fillInput reads an operation's input. A member that the operation does not have is an error.
func fillInput(in reflect.Value, text []byte) error {
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&members); err != nil {
		return err
	}
	for name, value := range members {
		field := in.FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) })
		if !field.IsValid() {
			continue // the decoder below says so
		}
		if field.Type() != reflect.TypeFor[io.Reader]() {
			members[name] = typedInput(value, field.Type())
			continue
		}
		data, ok := blob(value)
		if !ok {
			return fmt.Errorf("%s must be text or bytes", name)
		}
		field.Set(reflect.ValueOf(io.Reader(bytes.NewReader(data))))
		delete(members, name)
	}
	rest, err := json.Marshal(members)
	if err != nil {
		return err
	}
	d = json.NewDecoder(bytes.NewReader(rest))
	d.DisallowUnknownFields()
	return d.Decode(in.Addr().Interface())
}

// typedInput turns text and marked bytes into what the decoder expects where a member
// is bytes: the SDKs for JavaScript and Python take both.
func typedInput(v any, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case []any:
		if t.Kind() == reflect.Slice {
			for i := range v {
				v[i] = typedInput(v[i], t.Elem())
			}
		}
		return v
	case map[string]any:
		if data, ok := blob(v); ok && t == reflect.TypeFor[[]byte]() {
			return data
		}
		for name, x := range v {
			switch t.Kind() {
			case reflect.Map:
				v[name] = typedInput(x, t.Elem())
			case reflect.Struct:
				if f, ok := t.FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) }); ok {
					v[name] = typedInput(x, f.Type)
				}
			}
		}
		return v
	case string:
		if t == reflect.TypeFor[[]byte]() {
			return []byte(v)
		}
	}
	return v
}

// blob returns the bytes of text, or of marked bytes.
func blob(v any) ([]byte, bool) {
	switch v := v.(type) {
	case string:
		return []byte(v), true
	case map[string]any:
		text, ok := v["$bytes"].(string)
		data, err := base64.StdEncoding.DecodeString(text)
		return data, ok && err == nil && len(v) == 1
	}
	return nil, false
}

// plain turns an output into what JSON has. What is not there is left out. Times and
// bytes are marked, because the SDKs have types for them.
func plain(v reflect.Value, lower bool) (any, error) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		if body, ok := v.Interface().(io.ReadCloser); ok {
			data, err := io.ReadAll(body)
			return map[string]any{"$bytes": base64.StdEncoding.EncodeToString(data)}, errors.Join(err, body.Close())
		}
		return plain(v.Elem(), lower)
	case reflect.Slice:
		if v.IsNil() {
			return nil, nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return map[string]any{"$bytes": base64.StdEncoding.EncodeToString(v.Bytes())}, nil
		}
		out := make([]any, v.Len())
		for i := range out {
			var err error
			if out[i], err = plain(v.Index(i), lower); err != nil {
				return nil, err
			}
		}
		return out, nil
	case reflect.Map:
		if v.IsNil() {
			return nil, nil
		}
		out := map[string]any{}
		for it := v.MapRange(); it.Next(); {
			x, err := plain(it.Value(), lower)
			if err != nil {
				return nil, err
			}
			out[it.Key().String()] = x
		}
		return out, nil
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return map[string]any{"$date": t.UTC().Format(time.RFC3339Nano)}, nil
		}
		return plainStruct(v, lower)
	case reflect.String:
		if v.Len() == 0 && v.Type() != reflect.TypeFor[string]() {
			return nil, nil // an enumeration without a value
		}
		return v.String(), nil
	}
	return v.Interface(), nil
}

// notMembers are fields of outputs that the service does not send.
var notMembers = []string{"ResultMetadata", "noSmithyDocumentSerde"}

func plainStruct(v reflect.Value, lower bool) (any, error) {
	out := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || slices.Contains(notMembers, f.Name) {
			continue
		}
		x, err := plain(v.Field(i), lower)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if x == nil {
			continue
		}
		name := f.Name
		if lower {
			name = string(unicode.ToLower(rune(name[0]))) + name[1:]
		}
		out[name] = x
	}
	return out, nil
}
