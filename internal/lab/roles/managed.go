package roles

import (
	"strings"
	"sync"

	"provenendpoints/internal/lab/iam"
)

// managedDocuments are AWS's managed policies that templates may name, by the
// part of the ARN after ":policy/"
// (docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html).
var managedDocuments = map[string][]string{
	"service-role/AWSLambdaBasicExecutionRole": {
		"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
	},
	"service-role/AWSLambdaVPCAccessExecutionRole": {
		"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
		"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
		"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
	},
	"AmazonSSMManagedInstanceCore": {
		"ssm:DescribeAssociation", "ssm:GetDeployablePatchSnapshotForInstance", "ssm:GetDocument", "ssm:DescribeDocument",
		"ssm:GetManifest", "ssm:GetParameter", "ssm:GetParameters", "ssm:ListAssociations", "ssm:ListInstanceAssociations",
		"ssm:PutInventory", "ssm:PutComplianceItems", "ssm:PutConfigurePackageResult", "ssm:UpdateAssociationStatus",
		"ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation",
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
		"ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage", "ec2messages:GetEndpoint",
		"ec2messages:GetMessages", "ec2messages:SendReply",
	},
	"AmazonS3ReadOnlyAccess": {"s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"},
	"AWSCloudFormationReadOnlyAccess": {
		"cloudformation:Describe*", "cloudformation:EstimateTemplateCost", "cloudformation:Get*", "cloudformation:List*",
		"cloudformation:ValidateTemplate", "cloudformation:Detect*",
	},
	// As far as the lab has the services.
	"ReadOnlyAccess": {
		"cloudformation:Describe*", "cloudformation:Detect*", "cloudformation:Estimate*", "cloudformation:Get*", "cloudformation:List*", "cloudformation:ValidateTemplate",
		"dynamodb:BatchGet*", "dynamodb:Describe*", "dynamodb:Get*", "dynamodb:List*", "dynamodb:Query", "dynamodb:Scan",
		"ec2:Describe*", "ec2:Get*", "ec2:List*", "ec2:Search*", "ecr:BatchCheck*", "ecr:BatchGet*", "ecr:Describe*", "ecr:Get*", "ecr:List*",
		"elasticloadbalancing:Describe*", "iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*", "kms:Describe*", "kms:Get*", "kms:List*",
		"lambda:Get*", "lambda:List*", "logs:Describe*", "logs:FilterLogEvents", "logs:Get*", "logs:List*", "logs:StartQuery", "logs:StopQuery",
		"route53:Get*", "route53:List*", "route53:Test*", "route53profiles:Get*", "route53profiles:List*", "route53resolver:Get*", "route53resolver:List*",
		"s3:DescribeJob", "s3:Get*", "s3:List*", "secretsmanager:Describe*", "secretsmanager:GetResourcePolicy", "secretsmanager:List*",
		"sns:Check*", "sns:Get*", "sns:List*", "sqs:Get*", "sqs:List*", "sqs:Receive*", "ssm:Describe*", "ssm:Get*", "ssm:List*",
		"sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken",
	},
	"AdministratorAccess":          {"*"},
	"AmazonS3FullAccess":           {"s3:*", "s3-object-lambda:*"},
	"AmazonDynamoDBReadOnlyAccess": {"dynamodb:Get*", "dynamodb:List*", "dynamodb:Describe*", "dynamodb:BatchGet*", "dynamodb:Query", "dynamodb:Scan"},
	"AmazonSQSFullAccess":          {"sqs:*"},
	"AmazonSNSFullAccess":          {"sns:*"},
	"CloudWatchLogsFullAccess":     {"logs:*"},
	"CloudWatchFullAccess":         {"cloudwatch:*", "logs:*", "sns:*", "autoscaling:Describe*"},
	"AmazonEC2ReadOnlyAccess":      {"ec2:Describe*", "ec2:Get*", "elasticloadbalancing:Describe*", "cloudwatch:ListMetrics", "cloudwatch:GetMetricStatistics", "cloudwatch:Describe*", "autoscaling:Describe*"},
	"AmazonEC2FullAccess":          {"ec2:*", "elasticloadbalancing:*", "cloudwatch:*", "autoscaling:*"},
	"AmazonVPCReadOnlyAccess":      {"ec2:Describe*", "ec2:Get*"},
	"AWSLambda_FullAccess":         {"lambda:*", "iam:PassRole", "logs:Describe*", "cloudformation:DescribeStacks", "cloudformation:ListStackResources"},
	"service-role/AWSLambdaRole":   {"lambda:InvokeFunction"},
	"service-role/AmazonECSTaskExecutionRolePolicy": {
		"ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents",
	},
	"CloudWatchAgentServerPolicy": {
		"cloudwatch:PutMetricData", "ec2:DescribeVolumes", "ec2:DescribeTags", "logs:PutLogEvents", "logs:PutRetentionPolicy",
		"logs:DescribeLogStreams", "logs:DescribeLogGroups", "logs:CreateLogStream", "logs:CreateLogGroup",
		"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
		"xray:GetSamplingStatisticSummaries",
	},
}

// managedPolicies are the documents as policies.
var managedPolicies = sync.OnceValue(func() map[string]*iam.Policy {
	out := map[string]*iam.Policy{}
	for name, actions := range managedDocuments {
		out[name] = &iam.Policy{Version: "2012-10-17", Statements: []iam.Statement{{Actions: actions, Resources: []string{"*"}}}}
	}
	// docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
	out["PowerUserAccess"] = &iam.Policy{Version: "2012-10-17", Statements: []iam.Statement{
		{NotActions: []string{"iam:*", "organizations:*", "account:*"}, Resources: []string{"*"}},
		{Actions: []string{"account:GetAccountInformation", "account:GetPrimaryEmail", "account:ListRegions", "iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles", "organizations:DescribeOrganization"}, Resources: []string{"*"}},
	}}
	return out
})

// managedPolicy returns one of AWS's policies, or nil.
func (s *Store) managedPolicy(arn string) *iam.Policy {
	name, ok := strings.CutPrefix(arn, s.scope.ManagedPolicy(""))
	if !ok {
		return nil
	}
	return managedPolicies()[name]
}

// UnknownManaged reports whether a policy is one of AWS's whose contents the lab does not
// have. Attached to a role, it permits nothing here.
func (s *Store) UnknownManaged(arn string) bool {
	return strings.HasPrefix(arn, s.scope.ManagedPolicy("")) && s.managedPolicy(arn) == nil
}

// knownPolicy reports whether a managed policy can be attached: one of AWS's, or one that
// CreatePolicy made. The caller holds the lock.
func (s *Store) knownPolicy(arn string) bool {
	return s.managedPolicy(arn) != nil || s.UnknownManaged(arn) || s.policies[arn] != nil
}
