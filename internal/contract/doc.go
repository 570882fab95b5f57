// Package contract is what the constructs write into a Custom::EndpointProof
// resource and the verifier reads from it.
//
// It alone knows the names of the resource's properties and attributes, how
// CloudFormation hands them over, their defaults and their limits. The
// constructs [Properties.Encode] them, the verifier [Decode]s them, and both
// apply the same [Properties.Validate].
//
// A further property is a field of [Properties] and a line in the table below it.
//
// What a claim is, and what a prober is asked and answers, is package proof's
// ([proof.Claim], [proof.Request], [proof.Response]). Nothing here knows CDK,
// Lambda or an AWS service client.
package contract
