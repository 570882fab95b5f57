package verification

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lazy"
)

// surroundingCalls are the calls of EC2's API that change who reaches whom, by how they
// begin (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html). A pattern has
// room for 2,048 characters (docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
var surroundingCalls = []string{
	// Routes and route tables, their associations and what propagates into them.
	"CreateRoute", "ReplaceRoute", "DeleteRoute", "AssociateRouteTable", "DisassociateRouteTable", "EnableVgwRoutePropagation", "ModifyManagedPrefixList",
	// Security groups, and where they are.
	"AuthorizeSecurityGroup", "RevokeSecurityGroup", "ModifySecurityGroupRules", "ModifyNetworkInterfaceAttribute",
	// Network ACLs.
	"CreateNetworkAcl", "ReplaceNetworkAcl", "DeleteNetworkAcl",
	// Endpoints, endpoint services and their connections.
	"CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoint", "AcceptVpcEndpoint", "RejectVpcEndpoint",
	// Peerings, gateways, and what has a public address.
	"CreateVpcPeering", "AcceptVpcPeering", "DeleteVpcPeering", "AttachInternetGateway", "DetachInternetGateway", "AttachVpnGateway",
	"CreateNatGateway", "CreateEgressOnly", "CreateTransitGateway", "AssociateAddress", "CreateNetworkInterface", "RunInstances",
	// Addresses and names.
	"AssociateVpcCidr", "AssociateSubnetCidr", "ModifyVpcAttribute", "ModifySubnetAttribute", "AssociateDhcpOptions",
}

// A watch is calls of services other than EC2 that change what claims are about.
type watch struct {
	id, description string
	// services are the services' names in events, calls how the names of the calls begin.
	services, calls []string
}

// watches are those of the load balancers, the names and the firewalls of names. Each service
// sends the calls of its API to EventBridge by CloudTrail
// (docs.aws.amazon.com/eventbridge/latest/ref/event-types.html). Those of Route 53 itself are in
// the Region of global services alone, which in commercial Regions is us-east-1
// (repost.aws/knowledge-center/eventbridge-rule-triggers-iam-single-region): in others the
// schedule finds them.
var watches = []watch{
	{"OnBalancerCall", "Tells the verifier of endpoint proofs that somebody changed a load balancer", []string{"elasticloadbalancing"}, []string{
		"CreateLoadBalancer", "DeleteLoadBalancer", "ModifyLoadBalancerAttributes", "SetSecurityGroups", "SetSubnets", "SetIpAddressType",
		"CreateListener", "ModifyListener", "DeleteListener", "CreateRule", "ModifyRule", "DeleteRule",
		"CreateTargetGroup", "ModifyTargetGroup", "RegisterTargets", "DeregisterTargets",
	}},
	{"OnNameCall", "Tells the verifier of endpoint proofs that somebody changed names", []string{"route53", "route53resolver", "route53profiles"}, []string{
		"ChangeResourceRecordSets", "CreateHostedZone", "DeleteHostedZone", "AssociateVPCWithHostedZone", "DisassociateVPCFromHostedZone",
		"AssociateResolverRule", "DisassociateResolverRule", "UpdateResolverRule",
		"AssociateFirewallRuleGroup", "DisassociateFirewallRuleGroup", "CreateFirewallRule", "UpdateFirewallRule",
		"AssociateProfile", "DisassociateProfile", "AssociateResourceToProfile", "UpdateProfileResourceAssociation",
	}},
}

// roleCalls are the calls of IAM's API that change what a role may do, and who may be it, by how
// they begin. All carry the role's name. They are in the Region of global services alone, as
// those of Route 53.
var roleCalls = []string{"PutRolePolicy", "AttachRolePolicy", "UpdateAssumeRolePolicy", "DetachRolePolicy", "DeleteRolePolicy", "DeleteRolePermissionsBoundary"}

// settled are the statuses of a stack in which nothing is being changed any more, after
// something was.
var settled = []string{"UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "IMPORT_COMPLETE"}

// addRules makes the rules that tell the verifier of changes. The verifier waits a
// little for others, and reads what to prove from the schedule.
func (s *scheduled) addRules() {
	s.verifier.allowTime(2*contract.Debounce + 2*s.schedule.limit())
	s.addCallRule("OnCall", "Tells the verifier of endpoint proofs that somebody changed the surroundings", []string{"ec2"}, surroundingCalls, nil)
	for _, w := range watches {
		s.addCallRule(w.id, w.description, w.services, w.calls, nil)
	}
	s.addCallRule("OnRoleCall", "Tells the verifier of endpoint proofs that somebody changed its role or the probers'", []string{"iam"}, roleCalls,
		map[string]any{"roleName": s.roleNames()})
	// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-event-format-details.html
	s.addRule("OnStack", "Tells the verifier of endpoint proofs that CloudFormation changed the stack", map[string]any{
		"source": []string{"aws.cloudformation"}, "detail-type": []string{"CloudFormation Stack Status Change"},
		"resources": []string{*awscdk.Aws_STACK_ID()},
		"detail":    map[string]any{"status-details": map[string]any{"status": settled}},
	}, map[string]string{"call": "$.detail.status-details.status", "by": "$.source", "at": "$.time"})
	s.verifier.statement("ReadSchedule", []string{"scheduler:GetSchedule"}, *s.arn("scheduler", "schedule/default", *s.name()))
}

// roleNames are the names of the verifier's role and of the probers', which is made when the
// first prober is.
func (s *scheduled) roleNames() []string {
	names := lazy.NewSet()
	if s.probers.role != nil {
		names.Add(*s.probers.role.RoleName())
	} else {
		s.probers.roleMade = names.Add
	}
	return names.With(*s.verifier.role.RoleName())
}

// addCallRule makes a rule on calls that were not refused, of the services, by the beginnings of
// their names; with parameters, on those alone that carry them.
func (s *scheduled) addCallRule(id, description string, services, calls []string, parameters map[string]any) {
	var sources, events, names []any
	for _, service := range services {
		sources, events = append(sources, "aws."+service), append(events, service+".amazonaws.com")
	}
	for _, prefix := range calls {
		names = append(names, map[string]any{"prefix": prefix})
	}
	detail := map[string]any{"eventSource": events, "eventName": names, "errorCode": []any{map[string]any{"exists": false}}}
	if parameters != nil {
		detail["requestParameters"] = parameters
	}
	s.addRule(id, description, map[string]any{
		"source": sources, "detail-type": []string{"AWS API Call via CloudTrail"}, "detail": detail,
	}, map[string]string{"call": "$.detail.eventName", "by": "$.detail.userIdentity.arn", "at": "$.time"})
}

// addRule makes a rule with the verifier as its target, and lets the rule invoke it.
func (s *scheduled) addRule(id, description string, pattern map[string]any, paths map[string]string) {
	rule := awsevents.NewCfnRule(s.scope, &id, &awsevents.CfnRuleProps{
		Description: &description, EventPattern: pattern,
		Targets: []any{map[string]any{
			"id": "Verifier", "arn": *s.function.FunctionArn(),
			"inputTransformer": map[string]any{
				"inputPathsMap": paths,
				"inputTemplate": *awscdk.Stack_Of(s.scope).ToJsonString(map[string]any{
					"Kind": contract.ChangeKind, "Schedule": *s.name(), "Memory": *s.memory.ParameterName(),
					"Call": "<call>", "By": "<by>", "At": "<at>",
				}, nil),
			},
			// A change that cannot be told within the hour, the schedule has told.
			"retryPolicy": map[string]any{"maximumEventAgeInSeconds": int(time.Hour.Seconds())},
		}},
	})
	awslambda.NewCfnPermission(s.scope, jsii.String(id+"Permission"), &awslambda.CfnPermissionProps{
		Action: jsii.String("lambda:InvokeFunction"), FunctionName: s.function.FunctionArn(), Principal: jsii.String("events.amazonaws.com"),
		SourceArn: rule.AttrArn(),
	})
}
