// Package dns holds the names of the lab and answers queries for them.
//
// A [Zone] holds the records below one origin. [Zones] is a set of zones, of
// which the longest matching one answers. A [View] is what one resolver sees:
// several sets, the first of which overrides the later ones. So the private
// zones of a VPC come before the public names, as with Route 53 Resolver
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html).
// A [Server] answers queries over any packet connection and listener. A [Client]
// asks them, as the operating systems of the instances and functions do.
//
// Messages, records and the server's protocol are miekg/dns's. Its ServeMux finds
// the zone of a name too, but has only one set of zones for all clients, and the
// handler that it finds cannot be asked where a CNAME record leads.
//
// The package knows names and addresses only: no VPC, no endpoint.
package dns
