package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	cloudformationapi "provenendpoints/internal/lab/api/cloudformation"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	labelb "provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/iam"
)

const allowAll = `{"Effect":"Allow","Action":"*","Resource":"*"}`

// TestEC2 reads the network with the real SDK's client.
func TestEC2(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	client := ec2.NewFromConfig(b.config(b.outside, b.role("verifier", allowAll)))
	ctx := t.Context()

	endpoints, err := client.DescribeVpcEndpoints(ctx, &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: []string{"vpce-cfn"}})
	b.must(err)
	if len(endpoints.VpcEndpoints) != 1 {
		t.Fatalf("endpoints: %+v", endpoints.VpcEndpoints)
	}
	e := endpoints.VpcEndpoints[0]
	if e.VpcEndpointType != types.VpcEndpointTypeInterface || *e.VpcId != "vpc-1" || *e.ServiceName != "com.amazonaws.ap-northeast-2.cloudformation" ||
		e.State != "available" || *e.PrivateDnsEnabled || len(e.NetworkInterfaceIds) != 1 || *e.Groups[0].GroupId != "sg-open" || *e.Groups[0].GroupName != "open" {
		t.Errorf("endpoint: %+v", e)
	}
	if name := aws.ToString(e.DnsEntries[0].DnsName); !strings.HasPrefix(name, "vpce-cfn-") || !strings.HasSuffix(name, ".cloudformation.ap-northeast-2.vpce.amazonaws.com") {
		t.Errorf("first name %q", name)
	}

	if got := aws.ToString(e.PolicyDocument); got != `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}` {
		t.Errorf("policy %s", got)
	}

	interfaces, err := client.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{NetworkInterfaceIds: e.NetworkInterfaceIds})
	b.must(err)
	if i := interfaces.NetworkInterfaces[0]; *i.SubnetId != "subnet-1" || *i.AvailabilityZone != "ap-northeast-2a" || !netip.MustParsePrefix("10.0.1.0/24").Contains(netip.MustParseAddr(*i.PrivateIpAddress)) {
		t.Errorf("interface: %+v", i)
	}

	vpcs, err := client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{VpcIds: []string{"vpc-1"}})
	b.must(err)
	if v := vpcs.Vpcs[0]; *v.CidrBlock != "10.0.0.0/16" || len(v.CidrBlockAssociationSet) != 1 || *v.CidrBlockAssociationSet[0].CidrBlock != "10.0.0.0/16" {
		t.Errorf("vpc: %+v", v)
	}

	lists, err := client.DescribePrefixLists(ctx, &ec2.DescribePrefixListsInput{Filters: []types.Filter{{Name: aws.String("prefix-list-name"), Values: []string{"com.amazonaws.ap-northeast-2.s3"}}}})
	b.must(err)
	if len(lists.PrefixLists) != 1 || len(lists.PrefixLists[0].Cidrs) != 3 {
		t.Errorf("prefix lists: %+v", lists.PrefixLists)
	}

	tables, err := client.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{RouteTableIds: []string{"rtb-private"}})
	b.must(err)
	gateways := map[string]string{}
	for _, r := range tables.RouteTables[0].Routes {
		gateways[aws.ToString(r.DestinationCidrBlock)+aws.ToString(r.DestinationPrefixListId)] = aws.ToString(r.GatewayId) + " " + string(r.State)
	}
	if len(gateways) != 2 || gateways["10.0.0.0/16"] != "local active" || gateways["pl-78a54011"] != "vpce-s3 active" {
		t.Errorf("routes: %v", gateways)
	}
	if a := tables.RouteTables[0].Associations; len(a) != 1 || *a[0].SubnetId != "subnet-1" || *a[0].Main {
		t.Errorf("associations: %+v", a)
	}
	tables, err = client.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{"vpc-1"}}}})
	b.must(err)
	if len(tables.RouteTables) != 2 {
		t.Errorf("route tables of the vpc: %d, want the main one and rtb-private", len(tables.RouteTables))
	}

	groups, err := client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{"sg-open"}})
	b.must(err)
	g := groups.SecurityGroups[0]
	if p := g.IpPermissions; *g.VpcId != "vpc-1" || len(p) != 1 || *p[0].IpProtocol != "tcp" || *p[0].FromPort != 443 || *p[0].ToPort != 443 || *p[0].IpRanges[0].CidrIp != "10.0.0.0/16" {
		t.Errorf("ingress: %+v", p)
	}
	if p := g.IpPermissionsEgress; len(p) != 1 || *p[0].IpProtocol != "-1" || p[0].FromPort != nil {
		t.Errorf("egress: %+v", p)
	}

	connections, err := client.DescribeVpcEndpointConnections(ctx, &ec2.DescribeVpcEndpointConnectionsInput{Filters: []types.Filter{{Name: aws.String("service-id"), Values: []string{"vpce-svc-1"}}}})
	b.must(err)
	if len(connections.VpcEndpointConnections) != 0 {
		t.Errorf("connections: %+v", connections.VpcEndpointConnections)
	}
	subnets, err := client.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
	if err != nil || len(subnets.Subnets) != 1 || *subnets.Subnets[0].CidrBlock != "10.0.1.0/24" {
		t.Errorf("subnets: %+v, %v", subnets, err)
	}
}

// TestEC2Refuses shows the errors that the SDK decodes.
func TestEC2Refuses(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	ctx := t.Context()
	client := ec2.NewFromConfig(b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":["ec2:DescribeVpcs","ec2:DescribeSpotPriceHistory"],"Resource":"*"}`)))
	_, denied := client.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
	if code(denied) != "UnauthorizedOperation" || !strings.Contains(denied.Error(), "assumed-role/verifier/test is not authorized to perform: ec2:DescribeSubnets because no identity-based policy allows the ec2:DescribeSubnets action") {
		t.Errorf("denied: %v", denied)
	}
	_, missing := client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{VpcIds: []string{"vpc-9"}})
	_, filter := client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{Filters: []types.Filter{{Name: aws.String("no-such-filter"), Values: []string{"y"}}}})
	_, action := client.DescribeSpotPriceHistory(ctx, &ec2.DescribeSpotPriceHistoryInput{})
	_, dry := client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{DryRun: aws.Bool(true)})
	for want, err := range map[string]error{
		"InvalidVpcID.NotFound": missing, "InvalidParameterValue": filter, "InvalidAction": action, "DryRunOperation": dry,
	} {
		if code(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// stacks is a StackSource of one stack.
type stacks struct{ stack cloudformationapi.Stack }

func (s stacks) Stack(name string) (cloudformationapi.Stack, bool) {
	return s.stack, name == s.stack.Name || name == s.stack.ID
}
func (s stacks) Stacks() []cloudformationapi.Stack { return []cloudformationapi.Stack{s.stack} }
func (s stacks) Drift(context.Context, string, ...string) ([]cfn.Drift, time.Time, error) {
	return nil, time.Time{}, nil
}
func (s stacks) Template(string) []byte { return []byte(`{"Resources":{}}`) }

func (s stacks) Metadata(string, string) (string, error) { return `{"Owner":"me"}`, nil }
func (s stacks) Signal(_, _, uniqueID string, _ bool) error {
	return errors.New("no signals: " + uniqueID)
}

// Resources are more than fit on a page.
func (s stacks) Resources(string) []cloudformationapi.Resource {
	resources := make([]cloudformationapi.Resource, 230)
	for i := range resources {
		resources[i] = cloudformationapi.Resource{LogicalID: fmt.Sprintf("R%03d", i), Type: "AWS::EC2::VPC", Status: "CREATE_COMPLETE"}
	}
	return resources
}

const stackID = "arn:aws:cloudformation:ap-northeast-2:123456789012:stack/Demo/11111111-2222-4333-8444-555555555555"

func demo() stacks {
	return stacks{cloudformationapi.Stack{
		ID: stackID, Name: "Demo", Status: "UPDATE_ROLLBACK_IN_PROGRESS", StatusReason: "why", Created: time.Unix(1e9, 0),
		Outputs: []cloudformationapi.Output{{Key: "Out", Value: "v", Description: "d"}}, Parameters: map[string]string{"P": "1"}, Policy: `{"Statement":[]}`,
	}}
}

func TestCloudFormation(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	b.handleStacks(demo())
	ctx := t.Context()
	client := cloudformation.NewFromConfig(b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":"cloudformation:*","Resource":["`+stackID+`","arn:aws:cloudformation:*:*:stack/Gone/*"]}`)))
	out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(stackID)})
	b.must(err)
	s := out.Stacks[0]
	if s.StackStatus != "UPDATE_ROLLBACK_IN_PROGRESS" || *s.StackStatusReason != "why" || *s.Outputs[0].OutputValue != "v" || *s.Parameters[0].ParameterKey != "P" || s.CreationTime.Unix() != 1e9 || s.LastUpdatedTime != nil {
		t.Errorf("stack: %+v", s)
	}
	policy, err := client.GetStackPolicy(ctx, &cloudformation.GetStackPolicyInput{StackName: aws.String(stackID)})
	if err != nil || aws.ToString(policy.StackPolicyBody) != `{"Statement":[]}` {
		t.Errorf("policy: %+v, %v", policy, err)
	}
	template, err := client.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: aws.String(stackID), TemplateStage: "Original"})
	if err != nil || aws.ToString(template.TemplateBody) != `{"Resources":{}}` {
		t.Errorf("template: %+v, %v", template, err)
	}
	pages, listed := cloudformation.NewListStackResourcesPaginator(client, &cloudformation.ListStackResourcesInput{StackName: aws.String(stackID)}), 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		b.must(err)
		for _, r := range page.StackResourceSummaries {
			if want := fmt.Sprintf("R%03d", listed); *r.LogicalResourceId != want || r.ResourceStatus != "CREATE_COMPLETE" {
				t.Errorf("resource %d: %+v", listed, r)
			}
			listed++
		}
	}
	if listed != 230 {
		t.Errorf("listed %d resources, want 230", listed)
	}
	// By name the call is about every stack of the name.
	_, err = client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String("Demo")})
	if code(err) != "AccessDenied" || !strings.Contains(err.Error(), "on resource: arn:aws:cloudformation:ap-northeast-2:123456789012:stack/Demo/* because") {
		t.Errorf("by name: %v", err)
	}
	_, err = client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String("Gone")})
	if code(err) != "ValidationError" || !strings.Contains(err.Error(), "Stack with id Gone does not exist") {
		t.Errorf("gone: %v", err)
	}
	if _, err = client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{}); code(err) != "AccessDenied" {
		t.Errorf("all stacks: %v", err)
	}
}

// answers is a Functions of one function.
type answers struct{ events chan string }

func (answers) Invoke(_ context.Context, name string, payload []byte) (functions.Answer, error) {
	if name != "arn:aws:lambda:ap-northeast-2:123456789012:function:prober" {
		return functions.Answer{}, &awserr.Error{Status: 404, Code: "ResourceNotFoundException", Message: "Function not found: " + name}
	}
	if string(payload) == `{"fail":true}` {
		return functions.Answer{Payload: []byte(`{"errorMessage":"boom"}`), FunctionError: "Unhandled"}, nil
	}
	return functions.Answer{Payload: payload}, nil
}

func (answers) Config(name string) (functions.Config, error) {
	d := functions.Config{Name: "prober", Role: "arn:aws:iam::123456789012:role/r", Timeout: 30 * time.Second}
	if strings.HasSuffix(name, "inside") {
		d.VPC, d.Subnets, d.Groups = "vpc-1", []string{"subnet-1"}, []string{"sg-open"}
	}
	return d, nil
}

func (answers) Names() []string { return nil }

func (answers) Pending(name string) bool { return strings.HasSuffix(name, "pending") }

func (answers) Policy(string) *iam.Policy { return nil }

func (answers) Update(functions.Config) error { return nil }

func (answers) ARN(name string) string { return name }

func (a answers) InvokeEvent(_ string, payload []byte) error {
	a.events <- string(payload)
	return nil
}

func TestLambda(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	ctx := t.Context()
	const prober = "arn:aws:lambda:ap-northeast-2:123456789012:function:prober"
	client := lambda.NewFromConfig(b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":["`+prober+`","arn:aws:lambda:*:*:function:gone"]}`)))
	events := make(chan string, 1)
	b.handleFunctions(answers{events})
	for _, name := range []string{prober, "prober"} {
		out, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(name), Payload: []byte(`{"a":1}`)})
		if err != nil || string(out.Payload) != `{"a":1}` || out.FunctionError != nil || out.StatusCode != 200 {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	out, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(prober), Payload: []byte(`{"fail":true}`)})
	if err != nil || aws.ToString(out.FunctionError) != "Unhandled" || !json.Valid(out.Payload) {
		t.Errorf("failing: %+v, %v", out, err)
	}
	out, err = client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(prober), Payload: []byte(`{"e":1}`), InvocationType: lambdatypes.InvocationTypeEvent})
	if err != nil || out.StatusCode != 202 || <-events != `{"e":1}` {
		t.Errorf("event: %+v, %v", out, err)
	}
	if _, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("gone")}); code(err) != "ResourceNotFoundException" {
		t.Errorf("gone: %v", err)
	}
	if _, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("other")}); code(err) != "AccessDeniedException" {
		t.Errorf("other: %v", err)
	}
	if _, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(prober), Payload: []byte(`{`)}); code(err) != "InvalidRequestContentException" {
		t.Errorf("not JSON: %v", err)
	}
}

// TestFunctionConfiguration tells where functions are.
func TestFunctionConfiguration(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	b.handleFunctions(answers{})
	const base = "arn:aws:lambda:ap-northeast-2:123456789012:function:"
	client := lambda.NewFromConfig(b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":"lambda:GetFunctionConfiguration","Resource":["`+base+`inside","`+base+`outside"]}`)))
	get := func(name string) (*lambda.GetFunctionConfigurationOutput, error) {
		return client.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	}
	out, err := get(base + "inside")
	b.must(err)
	if *out.FunctionName != "prober" || *out.Role != "arn:aws:iam::123456789012:role/r" || *out.Timeout != 30 || *out.VpcConfig.VpcId != "vpc-1" || out.VpcConfig.SubnetIds[0] != "subnet-1" || out.VpcConfig.SecurityGroupIds[0] != "sg-open" {
		t.Errorf("inside: %+v", out)
	}
	if out, err := get("outside"); err != nil || out.VpcConfig != nil {
		t.Errorf("outside: %+v, %v", out, err)
	}
	if _, err := get("other"); code(err) != "AccessDeniedException" {
		t.Errorf("other: %v", err)
	}
	if c := b.Calls(); len(c) != 3 || c[0].Action != "lambda:GetFunctionConfiguration" || c[0].Resource != base+"inside" {
		t.Errorf("recorded: %+v", c)
	}
}

func TestTargetHealth(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	ctx := t.Context()
	const group = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/1"
	b.must(b.balancing.CreateTargetGroup(labelb.TargetGroup{ID: group, VPC: "vpc-1", Port: 80}))
	b.must(b.balancing.RegisterTargets(group, labelb.Target{ID: "i-1", Interface: "eni-1"}))
	client := elb.NewFromConfig(b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":"elasticloadbalancing:DescribeTargetHealth","Resource":"*"}`)))
	out, err := client.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: aws.String(group)})
	b.must(err)
	h := out.TargetHealthDescriptions
	// No load balancer uses the group.
	if len(h) != 1 || *h[0].Target.Id != "i-1" || *h[0].Target.Port != 80 || h[0].TargetHealth.State != "unused" || h[0].TargetHealth.Reason != "Target.NotInUse" {
		t.Errorf("health: %+v", h)
	}
	_, err = client.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: aws.String("gone")})
	if code(err) != "TargetGroupNotFound" {
		t.Errorf("gone: %v", err)
	}
	if _, err = client.DescribeRules(ctx, &elb.DescribeRulesInput{}); code(err) != "InvalidAction" {
		t.Errorf("other call: %v", err)
	}
}

func TestSTS(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	client := sts.NewFromConfig(b.config(b.outside, b.role("nobody", "")))
	out, err := client.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	b.must(err)
	if *out.Arn != "arn:aws:sts::123456789012:assumed-role/nobody/test" || *out.Account != "123456789012" {
		t.Errorf("identity: %+v", out)
	}
}
