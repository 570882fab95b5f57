// Package verifier answers CloudFormation for Custom::EndpointProof: it runs a
// verification ([proof.Verification]) and turns its report into the response of
// a custom resource. What it reads is described by package contract.
//
//	CloudFormation ──event──▶ Handler ──Invoke──▶ probers (inside the subnets)
//	       ▲                     ├──Describe──▶ EC2, ELB       (the facts)
//	       │                     ├──Describe──▶ CloudFormation (rolling back?)
//	       └──── PUT response ───┘
//
// The life cycle of the resource
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html):
//
//   - Create and Update run the verification. SUCCESS if every claim holds,
//     FAILED otherwise, with a reason for people.
//   - While the stack rolls back, they report the outcome and succeed: a failed
//     Update would leave the stack in UPDATE_ROLLBACK_FAILED.
//   - Either way they write the next nonce, which has the next update of the stack run the
//     proof. Where that fails, so does the verification.
//   - Delete succeeds at once, whatever the event says. There is nothing to
//     delete, and a Delete also follows a Create that failed.
//   - After a panic, with invalid properties and close to a deadline, there is
//     still an answer.
//
// The function must run outside every VPC under test. It answers at a presigned S3
// URL: if it cannot reach S3, the stack hangs.
//
// Its role needs the actions behind the look-ups that the claims need
// ([proof.Actions]), lambda:InvokeFunction on the probers,
// cloudformation:DescribeStacks on the stack that holds the resource, and
// ssm:PutParameter on the parameter with the nonce.
package verifier
