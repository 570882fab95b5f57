// Package endpoint wraps the three ways of reaching something privately from a
// VPC, each with the claims that make its pattern true, proved while the stack
// is deployed:
//
//	NewGateway    a route to S3 or DynamoDB          prefix list ──▶ endpoint, in route tables
//	NewInterface  an address in each subnet          DNS name    ──▶ interfaces, behind a security group
//	NewService    a private way to one's own hosts   DNS name    ──▶ interfaces ──▶ load balancer ──▶ hosts
//
// A stack whose claims do not hold does not deploy. Wrong combinations of
// properties are refused at synthesis, by a panic that names the property, the
// value received and what is allowed.
package endpoint
