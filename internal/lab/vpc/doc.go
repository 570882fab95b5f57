// Package vpc is the network of an AWS Region in a process, with the internet
// around it. It routes and admits packets by the semantics of VPCs: interfaces,
// security groups, route tables, gateways, NAT, peering, and the resolver that
// each VPC sees. The packets are real ones between the TCP/IP stacks of package
// netstack.
//
//	Host ─ Interface ─ resolver? ─ security groups ─ route ─┬─ local ── Interface ─ Device: Host, NAT gateway, …
//	                                                        ├─ internet gateway ─ internet ─ public Host
//	                                                        ├─ NAT gateway ─ its own Interface
//	                                                        ├─ peering ─ Interface of the other VPC
//	                                                        └─ other Hops
//
// Load balancing (package elb) and VPC endpoints (package privatelink) are built
// on top: they are devices behind interfaces ([Device]), targets of routes ([Hop]),
// and configured under the network's lock ([Locked]).
//
// A path is a private connection to a service: the service sees each sender of
// each endpoint under an address of its own, and [Network.Path] resolves it.
//
// The objects are those of the EC2 API: created, described and deleted by id,
// refused with EC2's error codes. Every packet is decided on its own; state is
// kept only where AWS keeps some (security groups, address translation). What AWS
// drops silently is dropped silently here; [Network.Watch] tells what became of every
// packet: where it was delivered, or dropped and why. [Network.Trace] tells its way, hop
// by hop, as each object that decided has told it (package trace).
//
// A packet is routed and delivered on the goroutine that sends it: there are no
// queues and no goroutines in between. All timers run on the network's clock.
//
// To add a kind of gateway, write one file with its objects and its [Hop], and
// register it as a target of routes. To add a filter, see [Transit]: every packet passes
// Output and Input. What passes a packet on, translates it or answers it says so
// (TellForwarded, TellTranslated, TellRefused); drops and routes are told by themselves.
//
// What crosses a subnet's border passes the network ACL of that subnet, inside a
// subnet there is none, and the resolver is always reached
// (docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html).
//
// Not modelled: IPv6 of AWS services, load balancers, endpoints and resolvers; fragments
// (dropped), path MTU discovery, bandwidth.
package vpc
