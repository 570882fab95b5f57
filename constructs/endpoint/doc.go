// Package endpoint holds the L3 constructs of the three patterns of private
// connectivity, each with its claims, which are proved while the stack is
// deployed:
//
//	NewGateway    a route to S3 or DynamoDB          prefix list ──▶ endpoint, in route tables
//	NewInterface  an address in each subnet          DNS name    ──▶ interfaces, behind a security group
//	NewService    a private path to your own hosts   DNS name    ──▶ interfaces ──▶ load balancer ──▶ hosts
//
// NewGatewayLoadBalancer, NewResource and NewServiceNetwork are endpoints of the other
// types that AWS has. The first three are CDK's own constructs, with the verification
// besides: they go wherever CDK takes an endpoint or an endpoint service.
//
// Each pattern has three files: its construct, its claims and its checks. What
// patterns share is in claims.go, check.go, known.go, policy.go, groups.go, subnets.go,
// pointnames.go and verification.go. How claims are measured and judged is not here, but
// in packages verification and proof.
//
// # Pointers and values
//
// Properties have the names of AWS and CDK. They are values of Go: texts, numbers, slices
// and booleans whose zero is the default, so that no helper is needed to write them. A
// property is a pointer where its zero is a choice of its own: a *bool whose default is
// not false. What CDK makes, such as a VPC, is what CDK makes it. Tokens of CDK may stand
// in every text.
//
// A stack whose claims do not hold does not deploy. Wrong combinations of
// properties are refused at synthesis, by a panic that names the property, the
// value received and what is allowed.
package endpoint
