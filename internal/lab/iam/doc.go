// Package iam reads IAM policy documents and decides by them.
//
//	document ──Parse──▶ Policy ──ValidateFor──▶ checked for where it is attached
//	Request + policies ──Evaluate──▶ Decision{Allowed, Reason}
//
// It follows docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html
// for requests inside one account: identity policies and resource policies add
// up, a VPC endpoint policy narrows, and an explicit deny anywhere wins.
//
// What it cannot evaluate it refuses by name when the document is parsed:
// unknown elements, operators, condition keys, principals. A policy that was
// accepted is evaluated in full.
package iam
