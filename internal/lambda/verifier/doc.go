// Package verifier answers CloudFormation for Custom::EndpointProof: it runs a
// verification ([proof.Verification]) and turns its report into the response of
// a custom resource.
//
//	CloudFormation ──event──▶ Handler ──Invoke──▶ probers (inside the subnets)
//	       ▲                     ├──Describe──▶ EC2, ELB       (the facts)
//	       │                     ├──Describe──▶ CloudFormation (rolling back?)
//	       └──── PUT response ───┘
//
// The life of the resource
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html):
//
//   - Create and Update run the verification. SUCCESS if every claim holds,
//     FAILED otherwise, with a reason for people.
//   - While the stack rolls back, the outcome is reported and never failed: a
//     failed Update there would leave the stack in UPDATE_ROLLBACK_FAILED.
//   - Delete succeeds at once, whatever the event says. There is nothing to
//     delete, and a Delete follows a Create that never happened.
//   - A panic, broken properties, a deadline that is near: all end in an answer.
//
// The function must run outside every VPC under test: it answers to a presigned
// S3 URL, and a function that cannot reach S3 hangs the stack.
//
// What its role must allow. Describe calls of EC2 and ELB know no resource-level
// permissions, so their resource is "*"
// (docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html,
// …/list_awselasticloadbalancingv2.html):
//
//	ec2:DescribeVpcEndpoints             *   claims that name an Endpoint, Enclosed
//	ec2:DescribeNetworkInterfaces        *   claims that name an interface endpoint
//	ec2:DescribeVpcs                     *   Answer public, Guarded
//	ec2:DescribePrefixLists              *   Answer prefix-list, Routed
//	ec2:DescribeRouteTables              *   Routed, Unrouted, Enclosed
//	ec2:DescribeSecurityGroups           *   Guarded
//	ec2:DescribeVpcEndpointConnections   *   Available, with Service
//	ec2:DescribeVpcEndpointServicePermissions  *   Permitted
//	elasticloadbalancing:DescribeTargetHealth  *   Healthy
//	lambda:InvokeFunction                the probers' ARNs
//	lambda:GetFunctionConfiguration      the probers' ARNs; Placed
//	cloudformation:DescribeStacks        the stack that holds the resource
package verifier
