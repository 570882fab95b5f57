// Package vpc is the network of an AWS Region in a process, with the internet
// around it: real IP packets between real TCP/IP stacks (gVisor's netstack, one
// for each host), moved by a fabric that knows the semantics of VPCs.
//
//	Host ─ Interface ─ resolver? ─ security groups ─ route table ─┬─ local ─── Interface ─┬─ Host
//	                                                              │                       ├─ interface endpoint ─┬─ path ─ service
//	                                                              │                       │                      └─ load balancer
//	                                                              │                       └─ load balancer ─ Interface of a target
//	                                                              ├─ internet gateway ─ internet ─ PublicHost
//	                                                              ├─ NAT gateway ─ (its own interface's way)
//	                                                              ├─ peering ─ Interface of the other VPC
//	                                                              └─ gateway endpoint ─ path ─ service
//
// A path is a private connection to a service: the service sees each sender of
// each endpoint under an address of its own, and [Network.Path] resolves it.
//
// The objects are those of the EC2 API: created, described and deleted by id,
// refused with EC2's error codes ([Error]). The fabric decides on every packet
// anew; state is kept only where AWS keeps some (security groups, address
// translation). What AWS drops silently is dropped silently here; [Options]
// OnDrop reports what was dropped, where and why.
//
// A packet is routed and delivered on the goroutine that sends it: there are no
// queues and no goroutines in between. All
// timers run on the network's clock.
//
// Not modelled: IPv6, network ACLs (as if all traffic were allowed), fragments
// (dropped), path MTU discovery, bandwidth.
package vpc
