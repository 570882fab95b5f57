package verification

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// consoles are the hosts of AWS's console in the partitions that have another one than
// commercial Regions (docs.aws.amazon.com/general/latest/gr/mgmt-console.html). No page
// that we could read lists the two; we know them from the addresses that people use.
var consoles = []struct{ condition, partition, host string }{
	{"InChina", "aws-cn", "console.amazonaws.cn"},
	{"InGovCloud", "aws-us-gov", "console.amazonaws-us-gov.com"},
}

// logURL is the address of the verifier's log in the console. The partition is known
// only when the stack is deployed; conditions decide, because a mapping would fail
// where it has no entry.
func (s *shared) logURL() *string {
	host := jsii.String("console.aws.amazon.com")
	for _, other := range consoles {
		condition, made := s.verifier.scope.Node().TryFindChild(&other.condition).(awscdk.CfnCondition)
		if !made {
			condition = awscdk.NewCfnCondition(s.verifier.scope, &other.condition, &awscdk.CfnConditionProps{
				Expression: awscdk.Fn_ConditionEquals(awscdk.Aws_PARTITION(), other.partition),
			})
		}
		host = awscdk.Token_AsString(awscdk.Fn_ConditionIf(condition.LogicalId(), other.host, host), nil)
	}
	// The names that CloudFormation makes have nothing to be escaped.
	return jsii.String("https://" + *host + "/cloudwatch/home?region=" + *awscdk.Aws_REGION() +
		"#logsV2:log-groups/log-group/" + *s.verifier.logs.LogGroupName())
}
