// Package iam parses IAM policy documents and decides whether they allow a
// request.
//
//	document ──Parse──▶ Policy ──ValidateFor──▶ checked for where it is attached
//	Request + policies ──Evaluate──▶ Decision{Allowed, Reason}
//
// It follows docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html
// for requests inside one account: identity policies and resource policies add
// up, a VPC endpoint policy narrows, and an explicit deny anywhere wins.
//
// What it cannot evaluate it refuses by name when the document is parsed:
// unknown elements, operators, condition keys, principals. A policy that it
// accepts is evaluated in full. IAM simulators that others have written skip what
// they do not know, which in the lab would be a proof of nothing; one of them
// serves as a cross-check in the tests.
package iam
