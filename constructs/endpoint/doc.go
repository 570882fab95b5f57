// Package endpoint holds the L3 constructs of the three patterns of private
// connectivity, each with its claims, which are proved while the stack is
// deployed:
//
//	NewGateway    a route to S3 or DynamoDB          prefix list ──▶ endpoint, in route tables
//	NewInterface  an address in each subnet          DNS name    ──▶ interfaces, behind a security group
//	NewService    a private path to your own hosts   DNS name    ──▶ interfaces ──▶ load balancer ──▶ hosts
//
// Each pattern has three files: its construct, its claims and its checks. What
// patterns share is in claims.go, check.go, policy.go, subnets.go and
// verification.go. How claims are measured and judged is not here, but in
// packages verification and proof.
//
// A stack whose claims do not hold does not deploy. Wrong combinations of
// properties are refused at synthesis, by a panic that names the property, the
// value received and what is allowed.
package endpoint
