// Package netstack is a TCP/IP host in the process: a stack of gVisor's with an
// IPv4 network card, on the lab's clock. Programs use it through the interfaces
// of package net: connections, listeners, packet sockets, and ping.
//
//	program ─ conn, listener ─ socket ─ gVisor's stack ─ link ─ Options.Send, Host.Deliver
//
// It knows nothing of subnets, groups or routes. What a host sends goes to
// whatever is attached to its link ([Options] Send); what arrives for it is
// handed to [Host.Deliver].
//
// gVisor's own adapter to package net (gonet) is not used because its deadlines
// run on the wall's clock, and a lab's hour must not take an hour.
package netstack
