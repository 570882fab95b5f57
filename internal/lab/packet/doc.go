// Package packet reads IPv4 and IPv6 packets and rewrites IPv4 packets: what a router, a security
// group or an address translation needs to know of them. The bytes are real ones
// from a TCP/IP stack; checksums stay right.
//
// It knows headers alone. Where a packet goes is decided in package vpc.
package packet
