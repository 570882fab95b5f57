// Package firewall is AWS Network Firewall: rule groups, policies, and firewalls whose
// endpoints are targets of routes, by the semantics of its API and with its error codes.
//
//	route ─▶ endpoint's interface ─▶ stateless rules ─┬─ pass, drop
//	                                                  └─ stateful rules ─ pass, drop, reject ─▶ back to the interface
//
// Stateless rules look at each packet alone (stateless). Stateful ones know the packet's flow,
// with what its client has said so far (flow, inspect): rules of five parts, lists of domains,
// and those of Suricata rule strings that the lab reads (suricata, domains). Which rules it does
// not apply, a rule group says itself. Each zone has an engine of its own: what comes back by
// another zone's endpoint is of no flow that the engine knows.
//
// It is built on package vpc through [vpc.Locked].
//
// Not modelled: alerts and logs, decryption of TLS, managed rule groups, firewalls that are
// attached to transit gateways, capacities.
package firewall
