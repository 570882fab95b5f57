// Package elb is Elastic Load Balancing: Network, Application and Gateway Load Balancers. It has
// load balancers, listeners, target groups and health checks, by the semantics of
// the Elastic Load Balancing API and with its error codes.
//
//	client ─▶ node's interface ─▶ Balancer ─ listener ─ target group ─▶ interface of a healthy target
//
// An Application Load Balancer's nodes are hosts, which pass requests on (application). A
// Gateway Load Balancer's take packets from endpoints to appliances and back (gateway).
//
// It is built on package vpc through [vpc.Locked]: each node is an interface with
// a [Balancer] as its device, and keeps its state under the network's lock.
// Endpoint services, which put load balancers into other VPCs, are in package
// privatelink.
package elb
