// Package route53 decides what names mean inside of VPCs: Route 53's hosted zones with
// their records, and Route 53 Resolver's endpoints, rules and DNS Firewall.
//
//	query ─▶ VPC's resolver ─┬─ firewall rule ─▶ blocked, or another name
//	                         ├─ resolver rule, the longest match ─▶ outbound endpoint ─packets─▶ somebody's server
//	                         ├─ private hosted zone, the longest match
//	                         └─ public names
//
// The VPC's resolver itself, and the names of endpoints and load balancers, are in the
// packages below (vpc, privatelink, elb). A query that a rule forwards leaves an outbound
// endpoint's interface as real packets, by that subnet's routes and security groups; an
// inbound endpoint is a host with a DNS server behind interfaces of its own.
//
// Not modelled: health checks, where clients are, rules that a CNAME record leads to, IPv6
// and DoH.
package route53
