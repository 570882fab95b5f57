package endpoint

import (
	"fmt"
	"slices"
	"strings"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Notification is a topic that hears of changes of connections.
type Notification struct {
	// Topic gets the messages. PrivateLink gets the permission to send them, as far as
	// this app makes the topic. Required.
	Topic awssns.ITopic
	// Events are what it hears of: Connect, Accept, Reject and Delete. Default: all.
	Events []string
}

// connectionEvents are those that AWS sends
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpointConnectionNotification.html).
var connectionEvents = []string{"Accept", "Connect", "Delete", "Reject"}

func checkNotifications(notifications []Notification) []error {
	var errs []error
	for i, n := range notifications {
		field := fmt.Sprintf("Notifications[%d]", i)
		errs = append(errs, required(field+".Topic", n.Topic == nil))
		for _, event := range n.Events {
			if !slices.Contains(connectionEvents, event) {
				errs = append(errs, fmt.Errorf("%s.Events: must be of %s, got %q", field, strings.Join(connectionEvents, ", "), event))
			}
		}
	}
	return errs
}

// notifyAboutEndpoint makes the notifications of an endpoint.
func notifyAboutEndpoint(holder constructs.Construct, endpoint ec2.IVpcEndpoint, notifications []Notification) {
	notify(holder, "EndpointNotification", notifications, ec2.CfnVPCEndpointConnectionNotificationProps{VpcEndpointId: endpoint.VpcEndpointId()})
}

// notifyAboutService makes the notifications of an endpoint service.
func notifyAboutService(holder constructs.Construct, service ec2.IVpcEndpointService, notifications []Notification) {
	notify(holder, "ServiceNotification", notifications, ec2.CfnVPCEndpointConnectionNotificationProps{ServiceId: service.VpcEndpointServiceId()})
}

func notify(holder constructs.Construct, id string, notifications []Notification, about ec2.CfnVPCEndpointConnectionNotificationProps) {
	for i, n := range notifications {
		events := n.Events
		if len(events) == 0 {
			events = connectionEvents
		}
		about.ConnectionEvents = jsii.Strings(events...)
		about.ConnectionNotificationArn = n.Topic.TopicArn()
		made := ec2.NewCfnVPCEndpointConnectionNotification(holder, jsii.String(fmt.Sprint(id, i+1)), &about)
		// PrivateLink tries the topic when the notification is made.
		granted := n.Topic.GrantPublish(iam.NewServicePrincipal(jsii.String("vpce.amazonaws.com"), nil))
		granted.ApplyBefore(made)
	}
}
