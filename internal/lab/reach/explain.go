package reach

import (
	"fmt"
	"strings"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
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
	case "no host":
		return fmt.Sprintf("nothing is behind the interface %s", at)
	case "not usable yet":
		return fmt.Sprintf("%s is not usable yet", at)
	case "provisioning":
		return fmt.Sprintf("%s is still provisioning", at)
	case "not an address of the service":
		return fmt.Sprintf("the endpoint %s does not take packets to %s: it is no address of its service", at, t.Destination.Addr())
	case "":
		return "the packet was dropped"
	}
	return fmt.Sprintf("dropped at %s: %s", at, t.Drop.Reason)
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
