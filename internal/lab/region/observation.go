package region

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/dynamodb"
	"provenendpoints/internal/lab/eventbridge"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/resources"
	"provenendpoints/internal/lab/sns"
	"provenendpoints/internal/lab/sqs"
	"provenendpoints/internal/lab/states"
)

// observe makes the services that watch and tell.
//
//	functions' log lines ──▶ metrics ──▶ alarms ──▶ topics, bus
//	stacks, alarms, calls, functions ──▶ bus ──▶ rules ──▶ functions
//	clock ──▶ schedules ──▶ functions
func (r *Region) observe(scope awsid.Scope) resources.Observation {
	options := eventbridge.Options{
		Scope: scope, Clock: r.clock,
		Invoke: func(rule, function string, payload []byte) error {
			return r.Functions.InvokeEventFor("events.amazonaws.com", rule, function, payload)
		},
		InvokeAs: r.invokeAs,
	}
	return resources.Observation{
		Metrics:   cloudwatch.New(cloudwatch.Options{Clock: r.clock, OnChange: r.onAlarm}),
		Bus:       eventbridge.NewBus(options),
		Schedules: eventbridge.NewSchedules(options), Topics: sns.New(func(topic, function string, payload []byte) error {
			return r.Functions.InvokeEventFor(sns.Principal, topic, function, payload)
		}),
		Queues:   sqs.New(r.clock),
		Tables:   dynamodb.New(r.clock.Now),
		Machines: states.New(states.Options{Scope: scope, Clock: r.clock, Invoke: r.invokeTask}),
	}
}

// invokeAs invokes a function for the scheduler, with a role.
func (r *Region) invokeAs(role, function string, payload []byte) error {
	if err := r.Cloud.Roles.MayAssumeFor(eventbridge.Scheduler, eventbridge.GroupARN(r.Cloud.Scope()), role); err != nil {
		return err
	}
	if d := r.Cloud.Authorize(role, "lambda:InvokeFunction", function, nil); !d.Allowed {
		return awserr.New("AccessDeniedException", "%s is not authorized to perform: lambda:InvokeFunction on resource: %s %s", role, function, d.Reason)
	}
	return r.Functions.InvokeEvent(function, payload)
}

// invokeTask invokes a function for a state machine, with its role.
func (r *Region) invokeTask(ctx context.Context, role, function string, payload []byte) ([]byte, bool, error) {
	if err := r.Cloud.Roles.MayAssume("states.amazonaws.com", role); err != nil {
		return nil, false, err
	}
	if d := r.Cloud.Authorize(role, "lambda:InvokeFunction", function, nil); !d.Allowed {
		return nil, false, awserr.New("AccessDeniedException", "%s is not authorized to perform: lambda:InvokeFunction on resource: %s %s", role, function, d.Reason)
	}
	answer, err := r.Functions.Invoke(ctx, function, payload)
	return answer.Payload, answer.FunctionError != "", err
}

func (r *Region) onLog(c functions.Config, line functions.Line) {
	r.resources.OnLog(c, line)
	r.Metrics.Line(line.Text)
	if r.traces != nil {
		r.traces.line(line.Text)
	}
}

// onAlarm publishes a change to the alarm's topics and puts it on the bus
// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html). A
// subscriber gets the alarm's message as JSON
// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html).
func (r *Region) onAlarm(c cloudwatch.Change) {
	name, account := r.Place()
	text, err := json.Marshal(map[string]any{
		"AlarmName": c.Alarm.Name, "AlarmArn": c.Alarm.ARN, "AWSAccountId": account, "Region": name,
		"NewStateValue": string(c.To), "OldStateValue": string(c.From), "NewStateReason": c.Reason,
		"StateChangeTime": c.Time.UTC().Format("2006-01-02T15:04:05.000+0000"),
	})
	if err != nil { // it is made of texts
		panic(err)
	}
	for _, topic := range c.Alarm.Actions[c.To] {
		// A topic that is gone gets nothing, as on AWS.
		_ = r.Topics.Publish(topic, sns.Message{Time: c.Time, Subject: fmt.Sprintf("%s: %q in %s", c.To, c.Alarm.Name, name), Text: string(text)})
	}
	r.put("aws.cloudwatch", "CloudWatch Alarm State Change", []string{c.Alarm.ARN}, map[string]any{
		"alarmName": c.Alarm.Name, "state": map[string]any{"value": string(c.To), "reason": c.Reason},
		"previousState": map[string]any{"value": string(c.From)},
	})
}

// tellingOf puts what happens to stacks on the bus, besides telling it to another
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-event-format-details.html).
func (r *Region) tellingOf(next func(cfn.Event)) func(cfn.Event) {
	return func(e cfn.Event) {
		if e.OfStack() {
			r.put("aws.cloudformation", "CloudFormation Stack Status Change", []string{e.StackID}, map[string]any{
				"stack-id": e.StackID, "status-details": map[string]any{"status": string(e.Status), "status-reason": e.Reason},
				"client-request-token": "",
			})
		}
		if next != nil {
			next(e)
		}
	}
}

// Called tells the bus of a call of AWS's API that was not refused, as CloudTrail does where
// a trail logs management events, with the parameters of the request that matter
// (docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html).
func (r *Region) Called(service, call, by string, parameters map[string]any) {
	detail := map[string]any{
		"eventSource": service + ".amazonaws.com", "eventName": call, "userIdentity": map[string]any{"type": "IAMUser", "arn": by},
		"eventTime": r.Now().UTC().Format(time.RFC3339), "readOnly": false,
	}
	if parameters != nil {
		detail["requestParameters"] = parameters
	}
	r.put("aws."+service, "AWS API Call via CloudTrail", nil, detail)
}

// told tells a bus of calls from outside of the lab, where there is a trail; nil: there is none.
func (r *Region) told(o Options) func(cloud.Call) {
	if o.Trail == nil {
		return nil
	}
	return func(c cloud.Call) {
		at := r
		if isGlobal(c.Service) && o.Name != globalHome {
			at = o.Trail(globalHome)
		}
		if at == nil {
			return
		}
		_, call, _ := strings.Cut(c.Action, ":")
		parameters := map[string]any{}
		for k, v := range c.Parameters {
			parameters[strings.ToLower(k[:1])+k[1:]] = v
		}
		at.Called(c.Service, call, c.Caller, parameters)
	}
}

func (r *Region) put(source, detailType string, about []string, detail map[string]any) {
	text, err := json.Marshal(detail)
	if err != nil { // it is made of texts
		panic(err)
	}
	r.Bus.Put(eventbridge.Event{Source: source, DetailType: detailType, Resources: about, Detail: text})
}

// alarmNames are the names of all alarms.
func (r *Region) alarmNames() []string {
	var names []string
	for _, a := range r.Metrics.Alarms() {
		names = append(names, a.Name)
	}
	return names
}
