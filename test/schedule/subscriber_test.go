package schedule

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/sandbox"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
)

// alerts is a topic with a function that is subscribed to it.
const alerts = `{"Resources": {
	"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
	"Role": {"Type": "AWS::IAM::Role", "Properties": {
		"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
		"ManagedPolicyArns": [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}]}},
	"Reader": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.13", "Handler": "index.handler", "Role": {"Fn::GetAtt": ["Role", "Arn"]},
		"Code": {"ZipFile": "def handler(event, context):\n    for r in event['Records']:\n        print('got ' + r['Sns']['Subject'] + ' ' + r['Sns']['Message'])\n"}}},
	"MayInvoke": {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Ref": "Reader"}, "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com", "SourceArn": {"Ref": "Topic"}}},
	"Subscription": {"Type": "AWS::SNS::Subscription", "Properties": {"Protocol": "lambda", "TopicArn": {"Ref": "Topic"}, "Endpoint": {"Fn::GetAtt": ["Reader", "Arn"]}}}
}}`

// Whoever is subscribed to the topic of the alarms is told of a drift, and of its end.
func TestASubscriberIsTold(t *testing.T) {
	if err := sandbox.Probe(); err != nil {
		t.Skip(err)
	}
	scheduled := assembled.Scheduled(t, assembled.GatewayEndpoint, 15*time.Minute)
	w := &world{stack: assembled.GatewayEndpoint, clock: clock.NewStepping()}
	t.Cleanup(w.clock.Stop)
	w.World = deployed.New(t, w.stack, region.Options{Clock: w.clock})
	if err := w.Deploy(cfn.Stack{ID: "Alerts", Name: "Alerts", Template: []byte(alerts)}); err != nil {
		t.Fatal(err)
	}
	topic := ""
	for _, r := range w.Resources("Alerts") {
		if r.Type == "AWS::SNS::Topic" {
			topic = r.PhysicalID
		}
	}
	alarming := assembled.Changed(t, scheduled, func(tpl template) {
		for _, id := range tpl.OfType("AWS::CloudWatch::Alarm") {
			tpl.Properties(id)["AlarmActions"], tpl.Properties(id)["OKActions"] = []any{topic}, []any{topic}
		}
	})
	if err := w.Deploy(alarming); err != nil {
		t.Fatal(err)
	}
	w.start = w.clock.Now()
	mend, err := w.Apply(t.Context(), region.Drift{Stack: w.stack, Template: assembled.Changed(t, alarming, func(tpl template) {
		tpl.Add("Way", "AWS::EC2::Route", object{
			"RouteTableId": ref(tpl, "AWS::EC2::RouteTable", "Private"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref(tpl, "AWS::EC2::InternetGateway", "Network"),
		})
	}).Template})
	if err != nil {
		t.Fatal(err)
	}
	w.live(17*time.Minute + contract.DefaultScheduledLimit)
	if err := mend(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.live(17 * time.Minute)
	var states []string
	for _, log := range w.Logs("Alerts") {
		for line := range strings.Lines(log.Text) {
			_, got, ok := strings.Cut(line, "got ")
			if !ok {
				continue
			}
			var message struct{ AlarmName, OldStateValue, NewStateValue, NewStateReason string }
			subject, text, _ := strings.Cut(got, "{")
			if err := json.Unmarshal([]byte("{"+text), &message); err != nil || message.NewStateReason == "" || !strings.HasPrefix(subject, message.NewStateValue+`: "`+message.AlarmName+`" in `) {
				t.Errorf("got %q: %v", got, err)
			}
			if strings.Contains(message.AlarmName, "Refute") && message.OldStateValue != "INSUFFICIENT_DATA" {
				states = append(states, message.NewStateValue)
			}
		}
	}
	if got := strings.Join(states, " "); got != "ALARM OK" {
		t.Errorf("the subscriber was told %q of refuted claims, want ALARM and OK", got)
	}
	for _, stack := range []string{w.stack, "Alerts"} {
		if _, err := w.Delete(t.Context(), stack); err != nil {
			t.Error(err)
		}
	}
	if err := w.Left(); err != nil {
		t.Error(err)
	}
}
