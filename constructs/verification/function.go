package verification

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
	"provenendpoints/internal/suppression"
)

// newLogs makes a log group that outlives the stack: after a failed creation, which
// CloudFormation rolls back, it is all that is left to tell why. CloudFormation
// names it STACK-LOGICALID-RANDOM (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html),
// so that a person finds it, and the next creation makes another one.
func newLogs(scope constructs.Construct, props FunctionProps) awslogs.LogGroup {
	return awslogs.NewLogGroup(scope, jsii.String("Logs"), &awslogs.LogGroupProps{
		Retention:     cmp.Or(props.LogRetention, awslogs.RetentionDays_ONE_WEEK),
		EncryptionKey: props.LogEncryptionKey,
		RemovalPolicy: cmp.Or(props.LogRemovalPolicy, awscdk.RemovalPolicy_RETAIN),
	})
}

// newRole makes a role for functions. It may write to one log group, and nothing
// else yet.
func newRole(scope constructs.Construct, logs awslogs.LogGroup, description string) iam.Role {
	role := iam.NewRole(scope, jsii.String("Role"), &iam.RoleProps{
		AssumedBy:   iam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		Description: &description,
	})
	role.AddToPolicy(iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid:       jsii.String("WriteOwnLog"),
		Actions:   jsii.Strings("logs:CreateLogStream", "logs:PutLogEvents"),
		Resources: &[]*string{logs.LogGroupArn()},
	}))
	return role
}

// commonProps are the properties that all functions share.
func commonProps(code string, role iam.IRole, logs awslogs.ILogGroup, timeout time.Duration, memory int) *awslambda.FunctionProps {
	return &awslambda.FunctionProps{
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_ARM_64(),
		Handler:      jsii.String("bootstrap"),
		Code:         awslambda.Code_FromAsset(&code, nil),
		Role:         role,
		LogGroup:     logs,
		Timeout:      duration(timeout),
		MemorySize:   jsii.Number(float64(memory)),
	}
}

// newFunction makes a function. Its code is an asset, which a stack's synthesizer must
// publish.
func newFunction(scope constructs.Construct, id string, settings *awslambda.FunctionProps) awslambda.Function {
	defer func() {
		if said := recover(); said != nil {
			if text := fmt.Sprint(said); strings.Contains(text, "Cannot add assets") {
				panic(fmt.Errorf("scope: must be in a stack whose synthesizer publishes assets, which the functions of verifications are, got %s: %s", known.Path(known.Stack(scope)), text))
			}
			panic(said)
		}
	}()
	function := awslambda.NewFunction(scope, &id, settings)
	rules := []suppression.Rule{
		{Same: []string{"CKV_AWS_115", "LAMBDA_CONCURRENCY_CHECK"}, Reason: "an account may have ten at a time"},
		{Same: []string{"CKV_AWS_116", "LAMBDA_DLQ_CHECK"}, Reason: "who invokes it waits for its answer"},
		suppression.StableFirst,
	}
	if settings.Vpc == nil {
		rules = append(rules, suppression.Rule{Same: []string{"CKV_AWS_117", "LAMBDA_INSIDE_VPC"}, Reason: "it must be outside: to answer, or to be denied"})
	}
	suppression.Add(function, rules...)
	return function
}

// ordinal ends the id of the n-th of several constructs, from 0. The first has none.
func ordinal(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n + 1)
}

// duration is CDK's form of a duration.
func duration(d time.Duration) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(d.Seconds()))
}
