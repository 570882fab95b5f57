package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/trace"
	"provenendpoints/internal/why"
	"provenendpoints/proof"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample is a run with one stack that deployed, one that failed, one that needed the
// failed one, and one that was updated, with names as long as CDK makes them.
func sample() outcome {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	event := func(seconds int, id, typ string, status cfn.Status, reason string) cfn.Event {
		return cfn.Event{Time: at.Add(time.Duration(seconds) * time.Second), LogicalID: id, Type: typ, Status: status, Reason: reason}
	}
	const stack = "AWS::CloudFormation::Stack"
	failed := cfn.Outcome{
		StackInfo: cfn.StackInfo{Name: "Bad", Status: cfn.RollbackComplete},
		Failures: []cfn.Event{event(3, "Proof", "Custom::EndpointProof", cfn.CreateFailed,
			"1 of 2 claims refuted. From private, s3.ap-northeast-2.amazonaws.com was expected to accept a connection on TCP 443, but nothing answered at 52.219.60.33:443.\nlook at the route table")},
	}
	const log = `10:00:01.000 {"msg":"verdict","requestType":"Create","requestId":"r","resource":"Proof","claim":"PrivateResolves","kind":"resolves","what":"private: resolves s3.ap-northeast-2.amazonaws.com","state":"holds","expected":"resolve","seen":"52.219.60.1, 52.219.60.33","rounds":1}
10:00:02.000 {"msg":"verdict","requestType":"Create","requestId":"r","resource":"Proof","claim":"PrivateConnects","kind":"connects","what":"private: connects s3.ap-northeast-2.amazonaws.com","state":"refuted","expected":"accept a connection on TCP 443","seen":"nothing answered at 52.219.60.33:443","hint":"the route table of the subnet of private, then the security group of the target and the network ACLs","rounds":9}
10:00:03.000 {"msg":"report","requestType":"Create","requestId":"r","resource":"Proof","subject":"gateway endpoint to S3","text":""}
`
	outputs := []cfn.Output{
		{Key: "Dig", Value: "10.0.1.142, 10.0.0.115"},
		{Key: "Report", Value: "gateway endpoint to S3: 1 of 2 claims hold, 1 refuted (1s)\nshortened"},
		{Key: "Other", Value: "several\n  lines"},
		{Key: "LongerKey", Value: "vpce-0123456789abcdef0-01234567.cloudformation.ap-northeast-2.vpce.amazonaws.com and more words"},
	}
	r := deployment.Result{
		Took: 120 * time.Millisecond,
		Stacks: []deployment.Stack{
			{
				ID: "Good", Resources: 3, Took: 41 * time.Second, Wall: 52 * time.Millisecond,
				Outcome: cfn.Outcome{StackInfo: cfn.StackInfo{
					Name: "Good", Description: "a stack that works, with a description that is a good deal longer than a line of the narrower screen", Status: cfn.CreateComplete, Outputs: outputs,
				}},
				Events: []cfn.Event{
					event(0, "Good", stack, cfn.CreateInProgress, "User Initiated"),
					event(0, "Vpc", "AWS::EC2::VPC", cfn.CreateInProgress, ""),
					event(1, "Vpc", "AWS::EC2::VPC", cfn.CreateComplete, ""),
					event(9, "InstanceSecurityGroupfromEndpointServiceMyVpcInstanceConnectSecurityGroup5049AECF222E86E47C", "AWS::EC2::SecurityGroupIngress", cfn.CreateComplete, ""),
					event(41, "Good", stack, cfn.CreateComplete, ""),
				},
				Logs:     []region.Log{{Name: "/aws/lambda/verifier", Text: log}},
				Traces:   sampleTraces(),
				Inert:    []cfn.InertResource{{LogicalID: "NetworkVpcFlowLogsDefault0123ABCD", Type: "AWS::EC2::FlowLog", Why: "no flows are logged"}},
				Deletion: []cfn.Event{event(50, "Good", stack, cfn.DeleteComplete, "")},
				Boots: []deployment.Boot{
					{Name: "Web (i-0123456789abcdef0)", Console: "one\ntwo\nthree\nfour\nfive\nsix\nseven\n", Err: errors.New("exit status 3")},
					{Name: "Db (i-0123456789abcdef1)", Err: context.DeadlineExceeded},
				},
				Warnings: []string{"the user data of Web (i-0123456789abcdef0) failed: exit status 3"},
			},
			{
				ID: "Bad", Resources: 0, Took: 9 * time.Second, Wall: 8 * time.Millisecond, Outcome: failed,
				Err:    &cfn.Failure{Outcome: failed},
				Events: []cfn.Event{failed.Failures[0]},
			},
			{ID: "Next", Skipped: "Bad"},
			{ID: "Good", Update: true, Unchanged: true, Resources: 3, Warnings: []string{"the user data of Web (i-0123456789abcdef0) failed: exit status 3"}, Outcome: cfn.Outcome{StackInfo: cfn.StackInfo{Name: "Good", Status: cfn.CreateComplete}}},
		},
		Probed: []deployment.ProbeResult{
			{Probe: deployment.Probe{From: "internet", To: "Web:80"}, Probed: reach.Probed{From: "the internet", To: "instance Web", Port: 80, Attempts: []reach.Attempted{{State: reach.Open}}}},
			{Probe: deployment.Probe{From: "Public", To: "Db:5432"}, Probed: reach.Probed{From: "subnet PublicSubnet", To: "instance Db", Port: 5432, Attempts: []reach.Attempted{
				{State: reach.Filtered, Named: &trace.Exchange{There: trace.Trace{Protocol: 6, Source: netip.MustParseAddrPort("10.0.0.5:1024"), Destination: netip.MustParseAddrPort("10.0.1.4:5432"), Hops: []trace.Hop{
					{Action: trace.Dropped, By: []string{"DbGroup (sg-0123456789abcdef0)"}, Direction: trace.Ingress, Reason: "no rule admits tcp 5432 from 10.0.0.5, whoever asks"}}}}, Why: "the rules of the security group DbGroup (sg-0123456789abcdef0) of instance Db do not admit TCP 5432 from 10.0.0.5"}}}},
		},
		Matrix: &reach.Matrix{Homes: map[string]string{"subnet A": "Vpc"}, Lines: []reach.Line{
			{Who: "subnet A", Verb: "reaches", What: "instance Web", Can: []string{"ping", "tcp 22 refused", "tcp 443", "tcp 5432 refused", "tcp 8080", "tcp 8443", "tcp 9090", "tcp 9093"}},
			{Who: "subnet A", Verb: "reaches", What: "service cloudformation.ap-northeast-2.amazonaws.com"},
			{Who: "the internet", Verb: "reaches", What: "instance Web"},
		}},
	}
	return outcome{Result: r, differences: reach.Compare(reach.Matrix{}, *r.Matrix), causes: []explained{
		{stack: "Bad", cause: &why.Cause{
			Claim: "Routed", State: proof.Refuted, Seen: "the route table of subnet-023fd636300d69a7e, rtb-0a36df6e5ebe59924, has no route for pl-78a54011 to the endpoint",
			Hop: &trace.Hop{Action: trace.Dropped, By: []string{"rtb-0a36df6e5ebe59924"}, Reason: "no route"}, Words: "DROPPED by PrivateRouteTable (rtb-0a36df6e5ebe59924): no route",
			Resource: "S3Endpoint", Type: "AWS::EC2::VPCEndpoint", Property: "RouteTableIds", Change: "add PrivateRouteTable to the route tables of S3Endpoint", Tried: 1,
		}},
		{stack: "Worse", cause: &why.Cause{Claim: "Last", State: proof.Unproven, Seen: "it was denied", Tried: 24}},
		{stack: "Updated"},
	}}
}

// sampleTraces are the ways of a packet that was dropped on its way back.
func sampleTraces() region.Traces {
	at := netip.MustParseAddrPort
	acl := trace.Hop{By: []string{"acl-0e42b74049c9cb6c0"}, Direction: trace.Egress, Rule: "entry 100: " + "allow " + trace.Rule(-1, 0, 0, "0.0.0.0/0"), Number: 100, Action: trace.Admitted}
	return region.Traces{
		Names: map[string]string{"rtb-0a36df6e5ebe59924": "NetworkPrivateRouteTable", "eni-04a56c378cc003063": "function EndpointVerificationProbersNetworkPrivate"},
		ByClaim: map[string]map[string][]trace.Exchange{"r": {"PrivateConnects": {{
			There: trace.Trace{From: "eni-04a56c378cc003063", To: "com.amazonaws.ap-northeast-2.s3", Protocol: 6, Source: at("10.0.1.5:63089"), Destination: at("52.219.60.33:443"), Hops: []trace.Hop{
				{Action: trace.Received, At: "eni-04a56c378cc003063"},
				{Action: trace.Routed, By: []string{"rtb-0a36df6e5ebe59924"}, Rule: "pl-78a54011", To: "vpce-0b9196dc2f3bd1832"},
				acl,
				{Action: trace.Translated, By: []string{"nat-1"}, Source: at("10.0.0.7:63089"), Destination: at("52.219.60.33:443")},
				{Action: trace.Delivered, To: "com.amazonaws.ap-northeast-2.s3"},
			}},
			Back: &trace.Trace{From: "com.amazonaws.ap-northeast-2.s3", Protocol: 6, Source: at("52.219.60.33:443"), Destination: at("10.0.1.5:63089"), Hops: []trace.Hop{
				{Action: trace.Received, At: "com.amazonaws.ap-northeast-2.s3"},
				{Action: trace.Received, At: "eni-04a56c378cc003063"},
				{Action: trace.Dropped, By: []string{"acl-0e42b74049c9cb6c0"}, Direction: trace.Ingress, Reason: "no entry allows tcp 63089 from 52.219.60.33"},
			}},
		}}}},
	}
}

// The screen at two widths. No line is longer, so that a terminal wraps none.
func TestScreenEndsWithTheReason(t *testing.T) {
	t.Parallel()
	for _, width := range []int{80, 120} {
		var out strings.Builder
		if err := newScreen(&out, width).result(sample(), options{Matrix: true, Expect: "reach.txt", Trace: true}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "\x1b[") {
			t.Error("colours where there is no terminal")
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width || strings.HasSuffix(line, " \n") {
				t.Errorf("%d characters, or spaces at the end: %q", n, line)
			}
		}
		golden(t, fmt.Sprintf("screen%d.txt", width), out.String())
	}
}

func TestScreenShowsEveryEventIfAsked(t *testing.T) {
	t.Parallel()
	const line = "CREATE_IN_PROGRESS  AWS::EC2::VPC"
	for _, all := range []bool{false, true} {
		var out strings.Builder
		if err := newScreen(&out, 200).result(sample(), options{Events: all}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), line) != all {
			t.Errorf("all events: %t, printed:\n%s", all, out.String())
		}
	}
}

// What makes the command fail, and what only with -strict.
func TestFailed(t *testing.T) {
	t.Parallel()
	ok := sample().Stacks[0]
	warned := deployment.Result{Stacks: []deployment.Stack{ok}}
	ok.Warnings = nil
	missed := deployment.Result{Stacks: []deployment.Stack{ok}, Probed: sample().Probed}
	for name, test := range map[string]struct {
		r    outcome
		o    options
		want bool
	}{
		"nothing":     {r: outcome{Result: deployment.Result{Stacks: []deployment.Stack{ok}}}},
		"a warning":   {r: outcome{Result: warned}},
		"strict":      {r: outcome{Result: warned}, o: options{Strict: true}, want: true},
		"a probe":     {r: outcome{Result: missed}, want: true},
		"differences": {r: outcome{Result: deployment.Result{Stacks: []deployment.Stack{ok}}, differences: sample().differences}, want: true},
		"a failure":   {r: sample(), want: true},
	} {
		if got := test.r.failed(test.o); got != test.want {
			t.Errorf("%s: failed %t, want %t", name, got, test.want)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := sample()
	r.Left = errors.New("subnet-1 is left")
	if err := writeJSON(&out, r, options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "result.json", out.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run go test ./lab -update and read what it wrote", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}
