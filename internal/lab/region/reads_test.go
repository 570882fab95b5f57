package region_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/sandbox"
	"provenendpoints/internal/test/assembled"
)

// A sound deployment passes, and a false one does not, although AWS's APIs show every change
// only after three quarters of a minute: a way out that an update adds just before the proof
// is not in any answer that the proof has in its first rounds.
func TestOldAnswersDoNotDecide(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s := scenario(t, id)
			r := newRegion(t, region.Options{Faults: region.Faults{Reads: 45 * time.Second}})
			deploy(t, r, s)
			if id == assembled.GatewayEndpoint {
				_, err := r.Deploy(within(t), changed(t, s, breakages["way out by an internet gateway"].change))
				var failure *cfn.Failure
				if !errors.As(err, &failure) || len(failure.Failures) == 0 || !strings.Contains(failure.Failures[0].Reason, "0.0.0.0/0 to igw-") {
					t.Errorf("deployed, or failed otherwise: %v", err)
				}
			}
			remove(t, r, s)
		})
	}
}

// hasty describes what it has just made, once. patient tries again.
const (
	hasty = `
import json, os, time, urllib.request, boto3
def handler(event, context):
    answer = {k: event[k] for k in ("StackId", "RequestId", "LogicalResourceId")}
    answer.update(Status="SUCCESS", PhysicalResourceId="seen", Reason="")
    if event["RequestType"] != "Delete":
        for left in reversed(range(TRIES)):
            try:
                boto3.client("ec2").describe_route_tables(RouteTableIds=[event["ResourceProperties"]["Table"]])
                break
            except Exception as e:
                if left == 0:
                    answer.update(Status="FAILED", Reason=str(e))
                else:
                    time.sleep(5)
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers={"Content-Type": ""}))
`
	seen = `{"Resources": {` + handlerTemplate + `,
		"Vpc": {"Type": "AWS::EC2::VPC", "DependsOn": "Handler", "Properties": {"CidrBlock": "10.0.0.0/16"}},
		"Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
		"Seen": {"Type": "Custom::Seen", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Handler", "Arn"]}, "Table": {"Ref": "Table"}}}}}`
)

// A handler of somebody else that describes what was just made and takes no for an answer
// fails under some seeds; one that asks again for a minute, under none.
func TestSeedsFindAHandlerThatDoesNotTryAgain(t *testing.T) {
	if err := sandbox.Probe(); err != nil {
		t.Skip(err)
	}
	failed := func(tries int) (out []uint64) {
		code := t.TempDir()
		if err := os.WriteFile(filepath.Join(code, "index.py"), []byte(strings.Replace(hasty, "TRIES", fmt.Sprint(tries), 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(6) {
			r, err := region.New(region.Options{Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.Deploy(context.WithoutCancel(within(t)), cfn.Stack{
				ID: "S", Name: "S", Template: fmt.Appendf(nil, seen, `"ec2:DescribeRouteTables"`, "python3.13"), Assets: map[string]string{"handler.zip": code},
			})
			var failure *cfn.Failure
			switch {
			case errors.As(err, &failure) && strings.Contains(failure.Failures[0].Reason, "InvalidRouteTableID.NotFound"):
				out = append(out, seed)
			case failure != nil:
				t.Error(seed, failure.Failures, r.Logs("S"))
			case err != nil:
				t.Errorf("seed %d: %v", seed, err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		return out
	}
	if once := failed(1); len(once) == 0 || len(once) == 6 {
		t.Errorf("of 6 seeds %v fail, want some", once)
	}
	if patient := failed(12); len(patient) > 0 {
		t.Errorf("with further tries the seeds %v fail", patient)
	}
}
