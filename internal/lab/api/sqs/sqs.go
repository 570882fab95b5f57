// Package sqs is the API of SQS. The lab's package sqs has the queues.
package sqs

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/sqs"
)

// account is what the operations work on.
type account struct {
	queues *sqs.Queues
	scope  awsid.Scope
}

var service = api.TargetAPI[account]{Name: "sqs", Target: "AmazonSQS"}

// Service is SQS of an account.
func Service(queues *sqs.Queues, scope awsid.Scope) api.Service {
	return service.Service(account{queues, scope})
}

// members are those of all requests that the lab knows
// (docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/).
type members struct {
	QueueURL                    string `json:"QueueUrl"`
	QueueName                   string
	QueueOwnerAWSAccountID      string `json:"QueueOwnerAWSAccountId"`
	MessageBody                 string
	MessageAttributes           map[string]any
	MessageSystemAttributes     map[string]any
	MessageGroupID              string `json:"MessageGroupId"`
	MessageDeduplicationID      string `json:"MessageDeduplicationId"`
	DelaySeconds                *int
	MaxNumberOfMessages         *int
	WaitTimeSeconds             *int
	VisibilityTimeout           *int
	ReceiptHandle               string
	AttributeNames              []string
	MessageAttributeNames       []string
	MessageSystemAttributeNames []string
	ReceiveRequestAttemptID     string `json:"ReceiveRequestAttemptId"`
	Entries                     []entry
}

// entry is a message of a batch.
type entry struct {
	ID                     string `json:"Id"`
	MessageBody            string
	MessageAttributes      map[string]any
	MessageGroupID         string `json:"MessageGroupId"`
	MessageDeduplicationID string `json:"MessageDeduplicationId"`
	DelaySeconds           *int
	ReceiptHandle          string
	VisibilityTimeout      *int
}

// url is the queue's: by its URL, at whatever name of the service, or by its name.
func (a account) url(q members) string {
	name := q.QueueName
	if name == "" {
		name = q.QueueURL[strings.LastIndex(q.QueueURL, "/")+1:]
	}
	return fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", a.scope.Region, a.scope.Account, name)
}

func (a account) arn(q members) string {
	url := a.url(q)
	return a.scope.ARN("sqs", url[strings.LastIndex(url, "/")+1:])
}

// seconds is a duration; negative: none was given.
func seconds(n *int) time.Duration {
	if n == nil {
		return -1
	}
	return time.Duration(*n) * time.Second
}

func operation(name string, run func(ctx context.Context, a account, q members, url string) (any, error)) {
	api.RegisterTarget(&service, api.TargetOperation[account, members]{
		Name: name, Resource: account.arn,
		Run: func(ctx context.Context, a account, q members) (any, error) { return run(ctx, a, q, a.url(q)) },
	})
}

func sent(m sqs.Message) map[string]any {
	return map[string]any{"MessageId": m.ID, "MD5OfMessageBody": m.MD5}
}

func init() {
	nothing := map[string]any{}
	operation("SendMessage", func(_ context.Context, a account, q members, url string) (any, error) {
		m, err := a.queues.Send(url, q.MessageBody, q.MessageAttributes, seconds(q.DelaySeconds))
		return sent(m), err
	})
	operation("SendMessageBatch", func(_ context.Context, a account, q members, url string) (any, error) {
		var done []any
		for _, e := range q.Entries {
			m, err := a.queues.Send(url, e.MessageBody, e.MessageAttributes, seconds(e.DelaySeconds))
			if err != nil {
				return nil, err
			}
			one := sent(m)
			one["Id"] = e.ID
			done = append(done, one)
		}
		return map[string]any{"Successful": done, "Failed": []any{}}, nil
	})
	operation("ReceiveMessage", receive)
	operation("DeleteMessage", func(_ context.Context, a account, q members, url string) (any, error) {
		return nothing, a.queues.Remove(url, q.ReceiptHandle)
	})
	operation("DeleteMessageBatch", func(_ context.Context, a account, q members, url string) (any, error) {
		var done []any
		for _, e := range q.Entries {
			if err := a.queues.Remove(url, e.ReceiptHandle); err != nil {
				return nil, err
			}
			done = append(done, map[string]any{"Id": e.ID})
		}
		return map[string]any{"Successful": done, "Failed": []any{}}, nil
	})
	operation("ChangeMessageVisibility", func(_ context.Context, a account, q members, url string) (any, error) {
		return nothing, a.queues.Hide(url, q.ReceiptHandle, max(seconds(q.VisibilityTimeout), 0))
	})
	operation("PurgeQueue", func(_ context.Context, a account, _ members, url string) (any, error) {
		return nothing, a.queues.Purge(url)
	})
	operation("GetQueueUrl", func(_ context.Context, a account, _ members, url string) (any, error) {
		_, _, err := a.queues.Queue(url)
		return map[string]any{"QueueUrl": url}, err
	})
	operation("GetQueueAttributes", func(_ context.Context, a account, _ members, url string) (any, error) {
		c, n, err := a.queues.Queue(url)
		return map[string]any{"Attributes": map[string]string{
			"QueueArn": c.ARN, "ApproximateNumberOfMessages": strconv.Itoa(n), "VisibilityTimeout": strconv.Itoa(int(c.Visibility.Seconds())), "DelaySeconds": strconv.Itoa(int(c.Delay.Seconds())),
		}}, err
	})
}

func receive(ctx context.Context, a account, q members, url string) (any, error) {
	most := 1
	if q.MaxNumberOfMessages != nil {
		most = *q.MaxNumberOfMessages
	}
	got, err := a.queues.Receive(ctx, url, most, seconds(q.WaitTimeSeconds), seconds(q.VisibilityTimeout))
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	var list []any
	for _, m := range got {
		one := map[string]any{
			"MessageId": m.ID, "ReceiptHandle": m.Receipt, "MD5OfBody": m.MD5, "Body": m.Body,
			"Attributes": map[string]string{"ApproximateReceiveCount": strconv.Itoa(m.Receives), "SentTimestamp": strconv.FormatInt(m.Sent.UnixMilli(), 10)},
		}
		if len(m.Attributes) > 0 && len(q.MessageAttributeNames) > 0 {
			one["MessageAttributes"] = m.Attributes
		}
		list = append(list, one)
	}
	if list != nil {
		out["Messages"] = list
	}
	return out, nil
}
