package compare_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/compare"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/server"
	"provenendpoints/internal/test/assembled"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// What is read by AWS's APIs of a stack is what the lab says of it itself: the lab's own
// server stands in for AWS, with the same seed.
func TestReadSeesWhatTheLabSees(t *testing.T) {
	t.Parallel()
	stack := assembled.Stack(t, assembled.GatewayEndpoint)
	onAWS, template := served(t, stack)
	result := deployment.Run(t.Context(), []cfn.Stack{stack}, deployment.Options{Keep: true})
	inLab := compare.FromLab(result.Stacks[0], 0)
	c := compare.Of(stack.Name, compare.SameTemplate(template, stack.Template), onAWS, inLab)
	if !c.SameTemplate || c.AWS.Status != "CREATE_COMPLETE" || c.Lab.Status != "CREATE_COMPLETE" {
		t.Errorf("the same template %t, %s and %s", c.SameTemplate, c.AWS.Status, c.Lab.Status)
	}
	if len(c.Claims) != 19 {
		t.Errorf("%d claims, want 19", len(c.Claims))
	}
	if differ, outside := c.Differences(); differ > 0 || outside > 0 {
		t.Errorf("%d claims differ, %d durations are outside the table:\n%s", differ, outside, c.Text())
	}
	for _, d := range c.Durations {
		if d.AWS == 0 || d.Lab == 0 {
			t.Errorf("%s has no duration: %+v", d.LogicalID, d)
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"123456789012", "vpce-0", "subnet-0", "sg-0", "vpc-0"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the file has %s", secret)
		}
	}
}

// served deploys a stack to the lab's server and reads it as from AWS.
func served(t *testing.T, stack cfn.Stack) (compare.Course, []byte) {
	t.Helper()
	done := make(chan cfn.Status, 100)
	s, err := server.Start(server.Options{OnEvent: func(e cfn.Event) {
		if e.OfStack() && e.Stack == stack.Name && !e.Status.InProgress() {
			done <- e.Status
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	upload(t, s, stack)
	body := string(stack.Template)
	_, err = cloudformation.NewFromConfig(s.Config()).CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: &stack.Name, TemplateBody: &body, Capabilities: []types.Capability{types.CapabilityCapabilityIam}})
	if err != nil {
		t.Fatal(err)
	}
	t.Log("deployed: ", <-done)
	course, template, err := compare.Read(t.Context(), s.Config(), stack.Name)
	if err != nil {
		t.Fatal(err)
	}
	return course, template
}

// upload puts the stack's assets where `cdk deploy` puts them.
func upload(t *testing.T, s *server.Server, stack cfn.Stack) {
	t.Helper()
	bucket := "cdk-hnb659fds-assets-123456789012-ap-northeast-2"
	client := s3.NewFromConfig(s.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
		t.Fatal(err)
	}
	for key, path := range stack.Assets {
		var body bytes.Buffer
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			packed := zip.NewWriter(&body)
			err = errors.Join(packed.AddFS(os.DirFS(path)), packed.Close())
		} else {
			var text []byte
			text, err = os.ReadFile(path)
			body.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body.Bytes())}); err != nil {
			t.Fatal(err)
		}
	}
}

// A claim that is judged otherwise, one that is missing, and a duration that the lab's
// table does not have, are each named.
func TestDifferencesAreNamed(t *testing.T) {
	t.Parallel()
	inLab := compare.Course{
		Claims:    []compare.Claim{{Proof: "P", ID: "Same", State: "holds", Rounds: 1}, {Proof: "P", ID: "Other", State: "holds"}, {Proof: "P", ID: "Missing", State: "holds"}},
		Resources: []compare.Resource{{LogicalID: "Balancer", Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", Ended: 120}, {LogicalID: "Topic", Type: "AWS::SNS::Topic", Ended: 3}},
	}
	onAWS := compare.Course{
		Claims:    []compare.Claim{{Proof: "P", ID: "Same", State: "holds", Rounds: 9}, {Proof: "P", ID: "Other", State: "refuted"}},
		Resources: []compare.Resource{{LogicalID: "Balancer", Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", Ended: (20 * time.Minute).Seconds()}, {LogicalID: "Topic", Type: "AWS::SNS::Topic", Ended: 900}},
	}
	c := compare.Of("S", false, onAWS, inLab)
	var differ, outside []string
	for _, p := range c.Claims {
		if p.Differ {
			differ = append(differ, p.ID)
		}
	}
	for _, d := range c.Durations {
		if d.Outside {
			outside = append(outside, d.LogicalID)
		}
	}
	if !slices.Equal(differ, []string{"Other", "Missing"}) || !slices.Equal(outside, []string{"Balancer"}) {
		t.Errorf("claims %q, durations %q", differ, outside)
	}
	for _, want := range []string{"! Other", "! Missing", "  Same", "The template on AWS is not the one", "table 1m30s to 5m5s", "2 of 3 claims differ; 1 of 2 durations are outside"} {
		if !strings.Contains(c.Text(), want) {
			t.Errorf("the text does not say %q:\n%s", want, c.Text())
		}
	}
}
