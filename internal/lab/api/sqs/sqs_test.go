package sqs

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/sqs"
)

// A message goes through a queue by the API, and each call is authorised on the queue.
func TestMessages(t *testing.T) {
	t.Parallel()
	c := clock.New(1)
	t.Cleanup(c.Stop)
	queues := sqs.New(c)
	const url = "https://sqs.eu-west-1.amazonaws.com/123456789012/q"
	queues.Put(sqs.Queue{URL: url, ARN: "arn:aws:sqs:eu-west-1:123456789012:q"})
	s := Service(queues, awsid.Scope{Partition: "aws", Region: "eu-west-1", Account: "123456789012"})
	call := func(name, body string) (map[string]any, error) {
		t.Helper()
		op, err := s.Route(&api.Request{Request: &http.Request{Method: "POST", Header: http.Header{"X-Amz-Target": {"AmazonSQS." + name}}}, Body: []byte(body)})
		if err != nil {
			return nil, err
		}
		if op.Action != "sqs:"+name || op.Resource != "arn:aws:sqs:eu-west-1:123456789012:q" {
			t.Errorf("%s is authorised as %s on %s", name, op.Action, op.Resource)
		}
		reply, err := op.Run(t.Context())
		if err != nil {
			return nil, err
		}
		var out map[string]any
		return out, json.Unmarshal(reply.Body, &out)
	}
	// The queue's name counts, not the host: clients use the names of endpoints, too.
	if _, err := call("SendMessage", `{"QueueUrl":"https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/123456789012/q","MessageBody":"hi","MessageAttributes":{"a":{"DataType":"String","StringValue":"b"}}}`); err != nil {
		t.Fatal(err)
	}
	got, err := call("ReceiveMessage", `{"QueueUrl":"`+url+`","MessageAttributeNames":["All"]}`)
	if err != nil {
		t.Fatal(err)
	}
	list, _ := got["Messages"].([]any)
	if len(list) != 1 {
		t.Fatalf("%v", got)
	}
	m := list[0].(map[string]any)
	if m["Body"] != "hi" || m["MessageAttributes"] == nil {
		t.Errorf("%v", m)
	}
	if _, err := call("DeleteMessage", `{"QueueUrl":"`+url+`","ReceiptHandle":"`+m["ReceiptHandle"].(string)+`"}`); err != nil {
		t.Error(err)
	}
	if got, err := call("GetQueueAttributes", `{"QueueUrl":"`+url+`","AttributeNames":["All"]}`); err != nil || got["Attributes"].(map[string]any)["ApproximateNumberOfMessages"] != "0" {
		t.Errorf("%v %v", got, err)
	}
	if _, err := call("SendMessage", `{"QueueUrl":"`+url+`","Priority":1}`); err == nil || !strings.Contains(err.Error(), "Priority") {
		t.Errorf("an unknown member: %v", err)
	}
}
