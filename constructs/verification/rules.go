package verification

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/contract"
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

// settled are the statuses of a stack in which nothing is being changed any more, after
// something was.
var settled = []string{"UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "IMPORT_COMPLETE"}

// addRules makes the rules that tell the verifier of changes. The verifier waits a
// little for others, and reads what to prove from the schedule.
func (s *scheduled) addRules() {
	s.verifier.allowTime(2*contract.Debounce + 2*s.schedule.limit())
	calls := []any{}
	for _, prefix := range surroundingCalls {
		calls = append(calls, map[string]any{"prefix": prefix})
	}
	s.addRule("OnCall", "Tells the verifier of endpoint proofs that somebody changed the surroundings", map[string]any{
		"source": []string{"aws.ec2"}, "detail-type": []string{"AWS API Call via CloudTrail"},
		"detail": map[string]any{"eventSource": []string{"ec2.amazonaws.com"}, "eventName": calls, "errorCode": []any{map[string]any{"exists": false}}},
	}, map[string]string{"call": "$.detail.eventName", "by": "$.detail.userIdentity.arn", "at": "$.time"})
	// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-event-format-details.html
	s.addRule("OnStack", "Tells the verifier of endpoint proofs that CloudFormation changed the stack", map[string]any{
		"source": []string{"aws.cloudformation"}, "detail-type": []string{"CloudFormation Stack Status Change"},
		"resources": []string{*awscdk.Aws_STACK_ID()},
		"detail":    map[string]any{"status-details": map[string]any{"status": settled}},
	}, map[string]string{"call": "$.detail.status-details.status", "by": "$.source", "at": "$.time"})
	s.verifier.statement("ReadSchedule", []string{"scheduler:GetSchedule"}, *s.arn("scheduler", "schedule/default", *s.name()))
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
