package elb

import (
	"net/netip"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
)

// A Gateway Load Balancer's nodes are reached through endpoints alone. Each packet that comes
// by one goes to an appliance, inside of a GENEVE packet that the node sends to the target
// under its own address, and comes back
// (docs.aws.amazon.com/elasticloadbalancing/latest/gateway/introduction.html).
//
// The way to the appliance is a real one: its security groups must admit UDP 6081 from the
// node. No appliance is here, though: whatever gets to a target comes back unchanged, and the
// way back is not looked at.

// geneveSource is the port that the nodes send from. Real ones differ by flow.
const geneveSource = 60000

// Inspect sends a packet that has come by an endpoint to one of the appliances, and reports
// whether it came back. If not, the packet is dropped, and says where.
func (b *Balancer) Inspect(endpoint string, node *vpc.ENI, p *vpc.Transit) bool {
	if !b.IsActive() {
		p.Drop(b.ID, "provisioning")
		return false
	}
	var group *targetGroup
	for _, l := range b.listeners {
		group = l.group()
	}
	if group == nil {
		p.Drop(b.ID, "no listener")
		return false
	}
	// Flows stick to a target, in both directions
	// (docs.aws.amazon.com/elasticloadbalancing/latest/gateway/edit-target-group-attributes.html).
	flow := p.Flow.SymmetricHash()
	t := choose(b.usable(group, node), flow)
	if t == nil {
		p.Drop(b.ID, noTarget)
		return false
	}
	to := p.Carry(node, p.Encapsulate(netip.AddrPortFrom(node.PrivateAddr, geneveSource), t.addr, packet.Hash([]byte(endpoint)), uint32(flow)))
	if to == nil {
		return false
	}
	p.TellForwarded(b.ID, to.Name())
	return true
}
