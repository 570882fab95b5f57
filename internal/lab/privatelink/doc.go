// Package privatelink is VPC endpoints and what they lead to, by the semantics of
// the EC2 API and AWS PrivateLink, and with EC2's error codes:
//
//	gateway endpoint:    route from a prefix list ─▶ endpoint ─ path ─▶ AWS service
//	interface endpoint:  interface in each zone   ─▶ endpoint ─┬ path ─▶ AWS service
//	                                                           └▶ endpoint service ─▶ load balancer's node
//	balancer endpoint:   route ─▶ interface ─▶ endpoint ─▶ Gateway Load Balancer ─▶ appliance, and back to the interface
//
// with the public and private DNS names of interface endpoints. A path is a
// private way to a service; see [vpc.Network.Path].
//
// It is built on packages vpc, through [vpc.Locked], and elb. Endpoint policies
// are kept here and evaluated by the services.
package privatelink
