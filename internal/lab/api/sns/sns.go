// Package sns is the API of SNS: Publish. The lab's package sns has the topics.
package sns

import (
	"context"
	"strconv"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/sns"
)

// account is what the operations work on.
type account struct {
	topics *sns.Topics
	now    func() time.Time
}

var service = api.QueryAPI[account]{Name: "sns", Protocol: api.Query, Version: "2010-03-31", Namespace: "http://sns.amazonaws.com/doc/2010-03-31/"}

// Service is SNS of an account.
func Service(topics *sns.Topics, now func() time.Time) api.Service {
	return service.Service(account{topics, now})
}

func init() {
	// docs.aws.amazon.com/sns/latest/api/API_Publish.html
	service.Register(api.QueryOperation[account]{
		Name: "Publish", Parameters: []string{"TopicArn", "Message", "Subject", "MessageStructure", "MessageAttributes.", "MessageGroupId", "MessageDeduplicationId"},
		Resource: func(_ account, r *api.Request) string { return r.Form.Get("TopicArn") },
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			topic := r.Form.Get("TopicArn")
			if err := a.topics.Publish(topic, sns.Message{Time: a.now(), Subject: r.Form.Get("Subject"), Text: r.Form.Get("Message")}); err != nil {
				return nil, err
			}
			return struct{ MessageId string }{awsid.UUID("sns", topic, strconv.Itoa(len(a.topics.Messages(topic))))}, nil
		},
	})
}
