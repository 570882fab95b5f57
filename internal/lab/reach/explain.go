package reach

import (
	"fmt"
	"strings"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/trace"
)

// explain says in words where a packet was dropped and why. What is not worded here
// is said in the network's own words.
func (s *Survey) explain(t vpc.Transmission) string {
	at, to := s.object(t.Drop.At), wanted(t)
	switch t.Drop.Reason {
	case "security group, egress":
		return fmt.Sprintf("%s let nothing out to %s", s.groups(t.Drop.At), to)
	case "security group, ingress":
		return fmt.Sprintf("%s do not admit %s from %s", s.groups(t.Drop.At), way(t), t.Source.Addr())
	case "network ACL, egress":
		return fmt.Sprintf("the network ACL %s does not let %s out to %s", at, way(t), t.Destination.Addr())
	case "network ACL, ingress":
		return fmt.Sprintf("the network ACL %s does not let %s in from %s", at, way(t), t.Source.Addr())
	case "no route":
		return fmt.Sprintf("the route table %s has no route to %s", at, t.Destination.Addr())
	case "black hole":
		return fmt.Sprintf("the route of the route table %s to %s is a black hole: its target is gone or not attached", at, t.Destination.Addr())
	case "no public address":
		return fmt.Sprintf("the internet gateway %s drops packets of %s, which has no public address", at, s.hostName(t.From))
	case "no internet gateway":
		return fmt.Sprintf("the VPC %s has no internet gateway", at)
	case "no such address":
		return fmt.Sprintf("nothing has the address %s in %s", t.Destination.Addr(), at)
	case "not an address of the service":
		return fmt.Sprintf("the endpoint %s does not take packets to %s: it is no address of its service", at, t.Destination.Addr())
	case "no listener":
		return fmt.Sprintf("%s has no listener on %s", at, way(t))
	case "security group, ingress through PrivateLink":
		return fmt.Sprintf("the security groups of %s do not admit %s from %s through PrivateLink", at, way(t), t.Source.Addr())
	case "":
		return "the packet was dropped"
	}
	if words, ok := reasons[t.Drop.Reason]; ok {
		return fmt.Sprintf(words, at)
	}
	return fmt.Sprintf("dropped at %s: %s", at, t.Drop.Reason)
}

// reasons are the words for a packet that an object dropped, where the object is all there
// is to say.
var reasons = map[string]string{
	"does not forward":                     "%s does not forward packets that are for others",
	"not for a load balancer":              "%s takes no connections: packets come to it by endpoints alone",
	"the interface has no public address":  "the gateway route table %s leads to an interface without a public address",
	"stateless rule of a firewall":         "a stateless rule of the firewall at %s drops it",
	"stateful rule of a firewall":          "a stateful rule of the firewall at %s does not let it through",
	"flow that began elsewhere":            "the firewall at %s has not seen the beginning of the connection: its packets go by different zones",
	"no IPv6":                              "%s takes no IPv6",
	"no IPv6 address":                      "%s drops packets of what has no IPv6 address",
	"no VPN connection":                    "%s has no VPN connection to there",
	"no attachment in the zone":            "the transit gateway %s has no attachment in the zone",
	"no host":                              "nothing is behind the interface %s",
	"no load balancer in the zone":         "the endpoint service %s has no load balancer in the zone",
	"no target":                            "%s has no target that takes connections",
	"no free port":                         "%s has no port left for a connection to its target",
	"no resolver":                          "the VPC %s has no resolver: its DNS support is off",
	"not attached":                         "%s is not attached",
	"not usable yet":                       "%s is not usable yet",
	"pending":                              "%s is still pending",
	"provisioning":                         "%s is still provisioning",
	"source/destination check":             "the source/destination check of %s drops what is neither from nor to its own address",
	"too many hops":                        "the packet circles, until %s ends it",
	"unknown flow":                         "%s knows no connection that the packet belongs to",
	"not for packets of a transit gateway": "the route of %s takes no packets of a transit gateway",
}

// way is the protocol and port that a packet wants.
func way(t vpc.Transmission) string {
	switch t.Protocol {
	case packet.TCP:
		return fmt.Sprintf("TCP %d", t.Destination.Port())
	case packet.UDP:
		return fmt.Sprintf("UDP %d", t.Destination.Port())
	case packet.ICMP, packet.ICMPv6:
		return "ICMP"
	}
	return fmt.Sprintf("protocol %d", t.Protocol)
}

// wanted is where a packet goes, with its port.
func wanted(t vpc.Transmission) string {
	return fmt.Sprintf("%s (%s)", t.Destination.Addr(), way(t))
}

// object names what dropped a packet: its name with its id.
func (s *Survey) object(id string) string {
	if name := s.Named(id); name != id {
		return name + " (" + id + ")"
	}
	if i, err := s.Region.Network.Interfaces().Get(id); err == nil {
		return s.Owner(i) + " (" + id + ")"
	}
	for _, v := range s.Region.Network.VPCs().All() {
		switch id {
		case v.MainTable:
			return "of the VPC " + s.Named(v.ID) + ", the main one (" + id + ")"
		case v.DefaultACL:
			return "of the VPC " + s.Named(v.ID) + ", the default one (" + id + ")"
		}
	}
	if id == "internet" {
		return "the internet"
	}
	return id
}

// short names the things of a trace, each the first time with its id and then without.
func (s *Survey) short() func(id string) string {
	return trace.Once(func(id string) (name, full string) {
		switch i, err := s.Region.Network.Interfaces().Get(id); {
		case err == nil && Own(i), strings.HasPrefix(id, own):
			name = s.hostName(id)
			return name, name
		case strings.HasPrefix(id, "sg-"+own):
			return "that group", "a group that admits everything"
		}
		for _, v := range s.Region.Network.VPCs().All() {
			switch id {
			case v.MainTable:
				name = "the main route table of " + s.Named(v.ID)
				return name, name + " (" + id + ")"
			case v.DefaultACL:
				name = "the default network ACL of " + s.Named(v.ID)
				return name, name + " (" + id + ")"
			}
		}
		full = s.object(id)
		return strings.TrimSuffix(full, " ("+id+")"), full
	})
}

// groups names the security groups of an interface and its owner.
func (s *Survey) groups(id string) string {
	i, err := s.Region.Network.Interfaces().Get(id)
	if err != nil {
		return "the security groups of " + id
	}
	var names []string
	for _, g := range i.Groups {
		names = append(names, s.object(g))
	}
	what := "the security groups "
	if len(names) == 1 {
		what = "the rules of the security group "
	}
	return what + strings.Join(names, ", ") + " of " + s.Owner(i)
}

// hostName names a host by its own name: that of its interface, or of a public host.
func (s *Survey) hostName(name string) string {
	if i, err := s.Region.Network.Interfaces().Get(name); err == nil {
		switch {
		case i.Subnet == "subnet-"+own+Stranger:
			return strangerName
		case Own(i):
			return KindSubnet + " " + s.Named(i.Subnet)
		}
		return s.Owner(i)
	}
	if name == own+Internet {
		return internetName
	}
	return name
}
