package api

import "provenendpoints/internal/awsapi"

// CloudFormation's operations (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference).
var (
	DescribeStacks     = awsapi.Call[DescribeStacksInput, struct{ Stacks []Stack }]{Service: "cloudformation", Operation: "DescribeStacks"}
	ListStackResources = awsapi.List[ListStackResourcesInput, StackResourceSummary]{Service: "cloudformation", Operation: "ListStackResources"}
	GetTemplate        = awsapi.Call[GetTemplateInput, struct{ TemplateBody string }]{Service: "cloudformation", Operation: "GetTemplate"}
)

// Inputs are named after their operations.
type (
	DescribeStacksInput                    struct{ StackName string }
	ListStackResourcesInput                struct{ StackName string }
	GetTemplateInput                       struct{ StackName, TemplateStage string }
	DescribeListenersInput                 struct{ LoadBalancerArn string }
	DescribeLoadBalancerAttributesInput    struct{ LoadBalancerArn string }
	DescribeLoadBalancersInput             struct{ LoadBalancerArns []string }
	DescribeTargetGroupsInput              struct{}
	DescribeTargetHealthInput              struct{ TargetGroupArn string }
	GetRoleInput                           struct{ RoleName string }
	GetRolePolicyInput                     struct{ RoleName, PolicyName string }
	ListAttachedRolePoliciesInput          struct{ RoleName string }
	ListRolePoliciesInput                  struct{ RoleName string }
	GetFunctionConfigurationInput          struct{ FunctionName string }
	GetPolicyInput                         struct{ FunctionName string }
	ListFirewallRuleGroupAssociationsInput struct{ VpcId string }
	ListProfileAssociationsInput           struct{ ResourceId string }
	ListResolverRuleAssociationsInput      struct{ Filters []Filter }
)

// Stack is a stack.
type Stack struct{ StackStatus string }

// StackResourceSummary is a resource of a stack.
type StackResourceSummary struct{ LogicalResourceId, ResourceType, ResourceStatus string }

// Elastic Load Balancing's operations
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference).
var (
	DescribeListeners              = awsapi.List[DescribeListenersInput, Listener]{Service: "elbv2", Operation: "DescribeListeners"}
	DescribeLoadBalancerAttributes = awsapi.Call[DescribeLoadBalancerAttributesInput, struct{ Attributes []LoadBalancerAttribute }]{Service: "elbv2", Operation: "DescribeLoadBalancerAttributes"}
	DescribeLoadBalancers          = awsapi.List[DescribeLoadBalancersInput, LoadBalancer]{Service: "elbv2", Operation: "DescribeLoadBalancers"}
	DescribeTargetGroups           = awsapi.List[DescribeTargetGroupsInput, TargetGroup]{Service: "elbv2", Operation: "DescribeTargetGroups"}
	DescribeTargetHealth           = awsapi.Call[DescribeTargetHealthInput, struct{ TargetHealthDescriptions []TargetHealthDescription }]{Service: "elbv2", Operation: "DescribeTargetHealth"}
)

// LoadBalancer is a load balancer.
type LoadBalancer struct {
	LoadBalancerArn, VpcId, Type, Scheme, IpAddressType  string
	SecurityGroups                                       []string
	EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic string
}

// LoadBalancerAttribute is a setting of a load balancer.
type LoadBalancerAttribute struct{ Key, Value string }

// Listener is a listener.
type Listener struct {
	ListenerArn, Protocol string
	Port                  int
	DefaultActions        []Action
}

// Action is what a listener does.
type Action struct {
	Type, TargetGroupArn string
	ForwardConfig        ForwardActionConfig
}

// ForwardActionConfig is where an action forwards to.
type ForwardActionConfig struct{ TargetGroups []TargetGroupTuple }

// TargetGroupTuple is one of the groups that an action forwards to.
type TargetGroupTuple struct{ TargetGroupArn string }

// TargetGroup is a target group.
type TargetGroup struct {
	TargetGroupArn, VpcId, TargetType string
	LoadBalancerArns                  []string
}

// TargetHealthDescription is a target with its health.
type TargetHealthDescription struct {
	Target       TargetDescription
	TargetHealth TargetHealth
}

// TargetDescription is a target.
type TargetDescription struct {
	Id   string
	Port int
}

// TargetHealth is a target's health.
type TargetHealth struct{ State, Reason, Description string }

// IAM's operations (docs.aws.amazon.com/IAM/latest/APIReference).
var (
	GetRole                  = awsapi.Call[GetRoleInput, struct{ Role *Role }]{Service: "iam", Operation: "GetRole"}
	GetRolePolicy            = awsapi.Call[GetRolePolicyInput, struct{ PolicyDocument string }]{Service: "iam", Operation: "GetRolePolicy"}
	ListAttachedRolePolicies = awsapi.List[ListAttachedRolePoliciesInput, AttachedPolicy]{Service: "iam", Operation: "ListAttachedRolePolicies"}
	ListRolePolicies         = awsapi.List[ListRolePoliciesInput, string]{Service: "iam", Operation: "ListRolePolicies"}
)

// Role is a role.
type Role struct{ Arn, AssumeRolePolicyDocument string }

// AttachedPolicy is a managed policy of a role.
type AttachedPolicy struct{ PolicyArn string }

// Lambda's operations (docs.aws.amazon.com/lambda/latest/api).
var (
	GetFunctionConfiguration = awsapi.Call[GetFunctionConfigurationInput, FunctionConfiguration]{Service: "lambda", Operation: "GetFunctionConfiguration"}
	GetPolicy                = awsapi.Call[GetPolicyInput, struct{ Policy string }]{Service: "lambda", Operation: "GetPolicy"}
	Invoke                   = awsapi.Call[InvokeInput, InvokeOutput]{Service: "lambda", Operation: "Invoke"}
)

// FunctionConfiguration is a function's.
type FunctionConfiguration struct {
	FunctionName, Role, CodeSha256 string

	VpcConfig   VpcConfigResponse
	Layers      []Layer
	Environment EnvironmentResponse
}

// Layer is a layer of a function.
type Layer struct{ Arn string }

// EnvironmentResponse has a function's environment variables.
type EnvironmentResponse struct{ Variables map[string]string }

// VpcConfigResponse is where a function's interfaces are.
type VpcConfigResponse struct{ SubnetIds, SecurityGroupIds []string }

// InvokeInput is an invocation.
type InvokeInput struct {
	FunctionName string
	Payload      []byte
}

// InvokeOutput is the answer of a function.
type InvokeOutput struct {
	FunctionError string
	Payload       []byte
}

// Operations of the three APIs that decide about names (docs.aws.amazon.com/Route53/latest/APIReference).
var (
	ListFirewallRuleGroupAssociations = awsapi.List[ListFirewallRuleGroupAssociationsInput, FirewallRuleGroupAssociation]{Service: "route53resolver", Operation: "ListFirewallRuleGroupAssociations"}
	ListHostedZonesByVPC              = awsapi.Call[ListHostedZonesByVPCInput, ListHostedZonesByVPCOutput]{Service: "route53", Operation: "ListHostedZonesByVPC"}
	ListProfileAssociations           = awsapi.List[ListProfileAssociationsInput, ProfileAssociation]{Service: "route53profiles", Operation: "ListProfileAssociations"}
	ListResolverRuleAssociations      = awsapi.List[ListResolverRuleAssociationsInput, ResolverRuleAssociation]{Service: "route53resolver", Operation: "ListResolverRuleAssociations"}
)

// FirewallRuleGroupAssociation is that of a VPC with a group of rules.
type FirewallRuleGroupAssociation struct{ FirewallRuleGroupId, Name string }

// ListHostedZonesByVPCInput asks for the zones of one VPC.
type ListHostedZonesByVPCInput struct{ VPCId, VPCRegion, NextToken string }

// ListHostedZonesByVPCOutput is one page of them.
type ListHostedZonesByVPCOutput struct {
	HostedZoneSummaries []HostedZoneSummary
	MaxItems, NextToken string
}

// HostedZoneSummary is a zone.
type HostedZoneSummary struct {
	HostedZoneId, Name string
	Owner              HostedZoneOwner
}

// HostedZoneOwner is who owns a zone.
type HostedZoneOwner struct{ OwningService string }

// ProfileAssociation is that of a VPC with a Route 53 profile.
type ProfileAssociation struct{ ProfileId, Name string }

// ResolverRuleAssociation is that of a VPC with a rule.
type ResolverRuleAssociation struct{ ResolverRuleId, Name string }
