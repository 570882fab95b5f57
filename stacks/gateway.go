package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/host"
	"provenendpoints/constructs/network"
	"provenendpoints/internal/suppression"
)

// NewGatewayEndpoint makes scenario 1. An instance in a private subnet, which
// has no other way out, pings S3 and reports the result through the endpoint
// itself. The proof covers what ping cannot show.
func NewGatewayEndpoint(scope constructs.Construct, id string) awscdk.Stack {
	stack := newStack(scope, id, "A private subnet reaches S3 through a gateway endpoint, and nothing else; proved during the deployment")
	net := network.New(stack, "Network", &network.Props{
		CIDR:    "10.0.0.0/16",
		Public:  &network.Subnet{CIDR: "10.0.0.0/24"},
		Private: &network.Subnet{CIDR: "10.0.1.0/24"},
	})
	bucket := newBucket(stack)
	call := endpoint.ListBucket(bucket)
	s3 := endpoint.NewGateway(stack, "S3", &endpoint.GatewayProps{
		Vpc:          net.Vpc(),
		Service:      ec2.GatewayVpcEndpointAwsService_S3(),
		Subnets:      &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{net.Private()}},
		Policy:       gatewayPolicy(call),
		Verification: &endpoint.VerificationProps{Call: call, Isolated: true, Schedule: scheduleOf(stack)},
	})
	ping := host.NewPing(stack, "Instance", &host.PingProps{
		Vpc:    net.Vpc(),
		Subnet: net.Private(),
		Target: "s3." + *stack.Region() + "." + *stack.UrlSuffix(),
	})
	// It pings at its first start: the route must exist by then.
	ping.Instance().Instance().Node().AddDependency(net.Private(), s3)
	host.NewInstanceConnectEndpoint(stack, "InstanceConnect", &host.InstanceConnectEndpointProps{Vpc: net.Vpc(), Subnet: net.Private()}).Admit(ping.Instance())

	proof := s3.Verification()
	output(stack, "Ping", "What ping printed on the instance for the Region's S3 name, reported through the endpoint", ping.Report())
	output(stack, "S3Name", "What the Region's S3 name resolves to in the private subnet", proof.Evidence("PrivateResolves"))
	output(stack, "OtherName", "The outcome of a connection to another public AWS name", proof.Evidence("PrivateOtherUnreachable"))
	output(stack, "InstanceId", "The instance to work from: aws ec2-instance-connect ssh --connection-type eice --instance-id ID", ping.Instance().InstanceId())
	outputReport(stack, proof)
	return stack
}

// gatewayPolicy allows what the scenario needs: the call that is proved, and
// the report of the instance, an upload with a URL that CloudFormation signed
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/vpc-interface-endpoints.html).
func gatewayPolicy(call *endpoint.Call) []iam.PolicyStatement {
	return append(endpoint.OnlyCall(call),
		iam.NewPolicyStatement(&iam.PolicyStatementProps{
			Sid:        jsii.String("ReportToCloudFormation"),
			Principals: &[]iam.IPrincipal{iam.NewStarPrincipal()},
			Actions:    jsii.Strings("s3:PutObject"),
			Resources: jsii.Strings("arn:" + *awscdk.Aws_PARTITION() +
				":s3:::cloudformation-waitcondition-" + *awscdk.Aws_REGION() + "/*"),
		}))
}

// newBucket makes the empty bucket whose listing is the call that is proved.
func newBucket(scope constructs.Construct) awss3.IBucket {
	bucket := awss3.NewBucket(scope, jsii.String("Bucket"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
	})
	suppression.Add(bucket, suppression.Rule{
		ID:     "AwsSolutions-S1",
		Same:   []string{"CKV_AWS_18", "S3_BUCKET_LOGGING_ENABLED"},
		Reason: "the bucket stays empty; access logs would need a second bucket that outlives the scenario",
	}, suppression.Rule{
		Same:   []string{"CKV_AWS_21", "S3_BUCKET_VERSIONING_ENABLED", "S3_BUCKET_REPLICATION_ENABLED", "S3_BUCKET_DEFAULT_LOCK_ENABLED"},
		Reason: "the bucket stays empty: there is nothing to keep",
	})
	return bucket
}
