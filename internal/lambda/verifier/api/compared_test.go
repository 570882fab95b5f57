package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cloudformationtypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/awsapi"
)

// recorder keeps the requests and answers none.
type recorder struct{ sent []string }

var errNoAnswer = errors.New("no answer")

// Do implements the SDK's HTTP client.
func (r *recorder) Do(q *http.Request) (*http.Response, error) {
	var body []byte
	if q.Body != nil {
		body, _ = io.ReadAll(q.Body)
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s\n", q.Method, q.URL)
	for _, name := range []string{"Content-Type", "X-Amz-Target", "X-Amz-Security-Token", "X-Amzn-Query-Mode"} {
		if value := q.Header.Get(name); value != "" {
			fmt.Fprintf(&text, "%s: %s\n", name, value)
		}
	}
	// All but the signature, which holds the time and the id of the call.
	authorization, _, _ := strings.Cut(q.Header.Get("Authorization"), ", Signature=")
	_, scope, _ := strings.Cut(authorization, "/")
	_, scope, _ = strings.Cut(scope, "/")
	fmt.Fprintf(&text, "Authorization: %s\nContent-Length: %d\n\n%s", scope, q.ContentLength, body)
	r.sent = append(r.sent, text.String())
	return nil, errNoAnswer
}

// TestRequests: every operation sends what AWS's generated client sends.
func TestRequests(t *testing.T) {
	t.Parallel()
	arn, role, text := aws.String("arn:aws:x:1/a b"), aws.String("a role/with+signs"), aws.String("v&w=x")
	values := []string{"a b", "c=d&e", "f/g"}
	where := []Filter{Where("vpc-id", "vpc-1"), Where("x", values...)}
	filters := []types.Filter{{Name: aws.String("vpc-id"), Values: []string{"vpc-1"}}, {Name: aws.String("x"), Values: values}}
	for name, test := range compared(where, filters, values, arn, role, text) {
		for _, region := range []string{"ap-northeast-2", "us-east-1", "cn-northwest-1", "us-gov-east-1", "eusc-de-east-1", "us-iso-west-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"} {
			for _, base := range []string{"", "http://127.0.0.1:4566", "https://example.com/some/path"} {
				var ours, generated recorder
				config := aws.Config{
					Region: region, Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "secret", "token"),
					Retryer: func() aws.Retryer { return aws.NopRetryer{} },
				}
				if base != "" {
					config.BaseEndpoint = &base
				}
				config.HTTPClient = &ours
				if err := test.ours(t.Context(), New(config)); !errors.Is(err, errNoAnswer) {
					t.Fatalf("%s: %v", name, err)
				}
				config.HTTPClient = &generated
				if err := test.generated(t.Context(), config); !errors.Is(err, errNoAnswer) {
					t.Fatalf("%s, generated: %v", name, err)
				}
				if diff := cmp.Diff(normal(generated.sent), normal(ours.sent)); diff != "" {
					t.Errorf("%s in %s at %q:\n%s", name, region, base, diff)
				}
			}
		}
	}
	if got := len(compared(where, filters, values, arn, role, text)); got != len(operationsOfTheModel(t)) {
		t.Errorf("%d operations are compared, the model has %d", got, len(operationsOfTheModel(t)))
	}
}

// operationsOfTheModel are all operations of model.json.
func operationsOfTheModel(t *testing.T) (names []string) {
	t.Helper()
	for _, service := range model() {
		for name := range service.Operations {
			names = append(names, name)
		}
	}
	return names
}

// normal sorts the parameters of forms: their order means nothing.
func normal(sent []string) []string {
	for i, text := range sent {
		head, body, _ := strings.Cut(text, "\n\n")
		if strings.Contains(head, "x-www-form-urlencoded") {
			parameters := strings.Split(body, "&")
			slices.Sort(parameters)
			sent[i] = head + "\n\n" + strings.Join(parameters, "\n")
		}
	}
	return sent
}

type pair struct {
	ours      func(context.Context, *awsapi.Client) error
	generated func(context.Context, aws.Config) error
}

func compared(where []Filter, filters []types.Filter, values []string, arn, role, text *string) map[string]pair {
	return map[string]pair{
		"DescribeDhcpOptions": {
			listed(DescribeDhcpOptions, DescribeDhcpOptionsInput{values}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeDhcpOptionsOutput, error) {
				return c.DescribeDhcpOptions(ctx, &ec2.DescribeDhcpOptionsInput{DhcpOptionsIds: values})
			}),
		},
		"DescribeNetworkAcls": {
			listed(DescribeNetworkAcls, DescribeNetworkAclsInput{where}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeNetworkAclsOutput, error) {
				return c.DescribeNetworkAcls(ctx, &ec2.DescribeNetworkAclsInput{Filters: filters})
			}),
		},
		"DescribeNetworkInterfaces": {
			listed(DescribeNetworkInterfaces, DescribeNetworkInterfacesInput{values, where}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeNetworkInterfacesOutput, error) {
				return c.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{NetworkInterfaceIds: values, Filters: filters})
			}),
		},
		"DescribePrefixLists": {
			listed(DescribePrefixLists, DescribePrefixListsInput{where}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribePrefixListsOutput, error) {
				return c.DescribePrefixLists(ctx, &ec2.DescribePrefixListsInput{Filters: filters})
			}),
		},
		"DescribeRouteTables": {
			listed(DescribeRouteTables, DescribeRouteTablesInput{where}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeRouteTablesOutput, error) {
				return c.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{Filters: filters})
			}),
		},
		"DescribeSecurityGroups": {
			listed(DescribeSecurityGroups, DescribeSecurityGroupsInput{values}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeSecurityGroupsOutput, error) {
				return c.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: values})
			}),
		},
		"DescribeSubnets": {
			listed(DescribeSubnets, DescribeSubnetsInput{values}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeSubnetsOutput, error) {
				return c.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: values})
			}),
		},
		"DescribeVpcEndpointConnections": {
			listed(DescribeVpcEndpointConnections, DescribeVpcEndpointConnectionsInput{where}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeVpcEndpointConnectionsOutput, error) {
				return c.DescribeVpcEndpointConnections(ctx, &ec2.DescribeVpcEndpointConnectionsInput{Filters: filters})
			}),
		},
		"DescribeVpcEndpoints": {
			listed(DescribeVpcEndpoints, DescribeVpcEndpointsInput{values, where}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeVpcEndpointsOutput, error) {
				return c.DescribeVpcEndpoints(ctx, &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: values, Filters: filters})
			}),
		},
		"DescribeVpcEndpointServiceConfigurations": {
			listed(DescribeVpcEndpointServiceConfigurations, DescribeVpcEndpointServiceConfigurationsInput{}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeVpcEndpointServiceConfigurationsOutput, error) {
				return c.DescribeVpcEndpointServiceConfigurations(ctx, &ec2.DescribeVpcEndpointServiceConfigurationsInput{})
			}),
		},
		"DescribeVpcEndpointServicePermissions": {
			listed(DescribeVpcEndpointServicePermissions, DescribeVpcEndpointServicePermissionsInput{*text}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeVpcEndpointServicePermissionsOutput, error) {
				return c.DescribeVpcEndpointServicePermissions(ctx, &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: text})
			}),
		},
		"DescribeVpcs": {
			listed(DescribeVpcs, DescribeVpcsInput{values}),
			ec2Of(func(ctx context.Context, c *ec2.Client) (*ec2.DescribeVpcsOutput, error) {
				return c.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{VpcIds: values})
			}),
		},
		"DescribeStacks": {called(DescribeStacks, DescribeStacksInput{*arn}), func(ctx context.Context, config aws.Config) error {
			_, err := cloudformation.NewFromConfig(config).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: arn})
			return err
		}},
		"ListStackResources": {listed(ListStackResources, ListStackResourcesInput{*arn}), func(ctx context.Context, config aws.Config) error {
			_, err := cloudformation.NewFromConfig(config).ListStackResources(ctx, &cloudformation.ListStackResourcesInput{StackName: arn})
			return err
		}},
		"GetTemplate": {called(GetTemplate, GetTemplateInput{*arn, "Original"}), func(ctx context.Context, config aws.Config) error {
			_, err := cloudformation.NewFromConfig(config).GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: arn, TemplateStage: cloudformationtypes.TemplateStageOriginal})
			return err
		}},
		"DescribeListeners": {listed(DescribeListeners, DescribeListenersInput{*arn}), func(ctx context.Context, config aws.Config) error {
			_, err := elb.NewFromConfig(config).DescribeListeners(ctx, &elb.DescribeListenersInput{LoadBalancerArn: arn})
			return err
		}},
		"DescribeLoadBalancerAttributes": {called(DescribeLoadBalancerAttributes, DescribeLoadBalancerAttributesInput{*arn}), func(ctx context.Context, config aws.Config) error {
			_, err := elb.NewFromConfig(config).DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: arn})
			return err
		}},
		"DescribeLoadBalancers": {listed(DescribeLoadBalancers, DescribeLoadBalancersInput{values}), func(ctx context.Context, config aws.Config) error {
			_, err := elb.NewFromConfig(config).DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerArns: values})
			return err
		}},
		"DescribeTargetGroups": {listed(DescribeTargetGroups, DescribeTargetGroupsInput{}), func(ctx context.Context, config aws.Config) error {
			_, err := elb.NewFromConfig(config).DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{})
			return err
		}},
		"DescribeTargetHealth": {called(DescribeTargetHealth, DescribeTargetHealthInput{*arn}), func(ctx context.Context, config aws.Config) error {
			_, err := elb.NewFromConfig(config).DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: arn})
			return err
		}},
		"GetRole": {called(GetRole, GetRoleInput{*role}), func(ctx context.Context, config aws.Config) error {
			_, err := iam.NewFromConfig(config).GetRole(ctx, &iam.GetRoleInput{RoleName: role})
			return err
		}},
		"GetRolePolicy": {called(GetRolePolicy, GetRolePolicyInput{*role, *text}), func(ctx context.Context, config aws.Config) error {
			_, err := iam.NewFromConfig(config).GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: role, PolicyName: text})
			return err
		}},
		"ListAttachedRolePolicies": {listed(ListAttachedRolePolicies, ListAttachedRolePoliciesInput{*role}), func(ctx context.Context, config aws.Config) error {
			_, err := iam.NewFromConfig(config).ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: role})
			return err
		}},
		"ListRolePolicies": {listed(ListRolePolicies, ListRolePoliciesInput{*role}), func(ctx context.Context, config aws.Config) error {
			_, err := iam.NewFromConfig(config).ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: role})
			return err
		}},
		"GetPolicy": {called(GetPolicy, GetPolicyInput{*arn}), func(ctx context.Context, config aws.Config) error {
			_, err := lambda.NewFromConfig(config).GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: arn})
			return err
		}},
		"GetFunctionConfiguration": {called(GetFunctionConfiguration, GetFunctionConfigurationInput{*arn}), func(ctx context.Context, config aws.Config) error {
			_, err := lambda.NewFromConfig(config).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: arn})
			return err
		}},
		"Invoke": {called(Invoke, InvokeInput{*arn, []byte(`{"a": 1}`)}), func(ctx context.Context, config aws.Config) error {
			_, err := lambda.NewFromConfig(config).Invoke(ctx, &lambda.InvokeInput{FunctionName: arn, Payload: []byte(`{"a": 1}`)})
			return err
		}},
		"GetParameter": {called(GetParameter, GetParameterInput{"name:3"}), func(ctx context.Context, config aws.Config) error {
			_, err := ssm.NewFromConfig(config).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String("name:3")})
			return err
		}},
		"PutParameter": {called(PutParameter, PutParameterInput{*text, `{"a": "ü"}`, true}), func(ctx context.Context, config aws.Config) error {
			_, err := ssm.NewFromConfig(config).PutParameter(ctx, &ssm.PutParameterInput{Name: text, Value: aws.String(`{"a": "ü"}`), Overwrite: aws.Bool(true)})
			return err
		}},
		"PutEvents": {called(PutEvents, PutEventsInput{[]PutEventsRequestEntry{{"s", "d", `{"a": 1}`, values}}}), func(ctx context.Context, config aws.Config) error {
			_, err := eventbridge.NewFromConfig(config).PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []eventtypes.PutEventsRequestEntry{
				{Source: aws.String("s"), DetailType: aws.String("d"), Detail: aws.String(`{"a": 1}`), Resources: values},
			}})
			return err
		}},
		"GetSchedule": {called(GetSchedule, GetScheduleInput{"a_name-1"}), func(ctx context.Context, config aws.Config) error {
			_, err := scheduler.NewFromConfig(config).GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String("a_name-1")})
			return err
		}},
		"ListFirewallRuleGroupAssociations": {listed(ListFirewallRuleGroupAssociations, ListFirewallRuleGroupAssociationsInput{*text}), func(ctx context.Context, config aws.Config) error {
			_, err := route53resolver.NewFromConfig(config).ListFirewallRuleGroupAssociations(ctx, &route53resolver.ListFirewallRuleGroupAssociationsInput{VpcId: text})
			return err
		}},
		"ListHostedZonesByVPC": {called(ListHostedZonesByVPC, ListHostedZonesByVPCInput{*text, "ap-northeast-2", "more&"}), func(ctx context.Context, config aws.Config) error {
			_, err := route53.NewFromConfig(config).ListHostedZonesByVPC(ctx, &route53.ListHostedZonesByVPCInput{VPCId: text, VPCRegion: route53types.VPCRegionApNortheast2, NextToken: aws.String("more&")})
			return err
		}},
		"ListProfileAssociations": {listed(ListProfileAssociations, ListProfileAssociationsInput{*text}), func(ctx context.Context, config aws.Config) error {
			_, err := route53profiles.NewFromConfig(config).ListProfileAssociations(ctx, &route53profiles.ListProfileAssociationsInput{ResourceId: text})
			return err
		}},
		"ListResolverRuleAssociations": {listed(ListResolverRuleAssociations, ListResolverRuleAssociationsInput{where}), func(ctx context.Context, config aws.Config) error {
			_, err := route53resolver.NewFromConfig(config).ListResolverRuleAssociations(ctx, &route53resolver.ListResolverRuleAssociationsInput{
				Filters: []resolvertypes.Filter{{Name: aws.String("vpc-id"), Values: []string{"vpc-1"}}, {Name: aws.String("x"), Values: values}},
			})
			return err
		}},
	}
}

func listed[In, Item any](l awsapi.List[In, Item], in In) func(context.Context, *awsapi.Client) error {
	return func(ctx context.Context, c *awsapi.Client) error {
		_, err := l.All(ctx, c, in)
		return err
	}
}

func called[In, Out any](o awsapi.Call[In, Out], in In) func(context.Context, *awsapi.Client) error {
	return func(ctx context.Context, c *awsapi.Client) error {
		_, err := o.Do(ctx, c, in)
		return err
	}
}

func ec2Of[Out any](call func(context.Context, *ec2.Client) (Out, error)) func(context.Context, aws.Config) error {
	return func(ctx context.Context, config aws.Config) error {
		_, err := call(ctx, ec2.NewFromConfig(config))
		return err
	}
}
