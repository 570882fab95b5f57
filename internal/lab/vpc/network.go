package vpc

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/store"
)

// Options say how a [Network] is made. The zero value is useful.
type Options struct {
	// Clock is the time of everything in the network: TCP's timers, idle
	// time-outs, delays. Default: one at the wall's speed.
	Clock *clock.Clock
	// Region is the one Region that the network is in. Default: ap-northeast-2.
	Region string
	// Zones are the Region's Availability Zones. Default: those of [awsid.Zones].
	Zones []string
	// Faults disturb the network. The zero value disturbs nothing.
	Faults Faults
}

// Network is the network of one Region with the internet around it. Its objects
// are created, read and deleted by id, as in the EC2 API; the ids are the
// caller's. All methods may be called concurrently.
//
// A configuration change holds for every packet sent after the call returned.
type Network struct {
	clock    *clock.Clock
	region   string
	zones    []string
	faults   Faults
	watchers watchers // of packets
	tracers  watchers // of packets with their hops
	captor   captor

	// mu guards the configuration: everything reachable from here except what
	// has a lock of its own (flows, translations, paths). A packet's whole path
	// is found under the read lock; the packet is delivered after it is released.
	mu         sync.RWMutex
	vpcs       store.Store[*vpc]
	subnets    store.Store[*subnet]
	gateways   store.Store[*internetGateway]
	nats       store.Store[*natGateway]
	peerings   store.Store[*peering]
	tables     store.Store[*routeTable]
	groups     store.Store[*securityGroup]
	acls       store.Store[*networkACL]
	lists      store.Store[*PrefixList]
	dhcp       store.Store[*DHCPOptions]
	egressOnly store.Store[*egressOnlyGateway]
	vpns       store.Store[*vpnGateway]
	transits   store.Store[*transitGateway]
	interfaces store.Store[*ENI]
	targets    map[string]routeTarget // of routes, by id
	edges      gatewayTables
	// defaultDHCP are the DHCP options of new VPCs.
	defaultDHCP *DHCPOptions
	public      map[netip.Addr]publicOwner // owners of addresses on the internet
	pool        addressPool                // public addresses to give out
	hosts       map[*Host]struct{}
	resolver    *Host // answers at base+2 of every VPC; nil while the network starts
	nameserver  netip.AddrPort
	redirect    Redirect // may be nil
	closed      bool

	paths paths

	directory *directory
	dnsServer *dns.Server
	ctx       context.Context // ends with the network
	cancel    context.CancelFunc
	running   sync.WaitGroup // health checks
}

// New returns an empty network.
func New(o Options) *Network {
	if o.Clock == nil {
		o.Clock = clock.New(1)
	}
	if o.Region == "" {
		o.Region = "ap-northeast-2"
	}
	if len(o.Zones) == 0 {
		o.Zones = awsid.Zones(o.Region)
	}
	n := &Network{
		clock:      o.Clock,
		region:     o.Region,
		zones:      o.Zones,
		faults:     o.Faults,
		vpcs:       store.New[*vpc]("vpc ID", "InvalidVpcID.NotFound"),
		subnets:    store.New[*subnet]("subnet ID", "InvalidSubnetID.NotFound"),
		gateways:   store.New[*internetGateway]("internetGateway ID", "InvalidInternetGatewayID.NotFound"),
		nats:       store.New[*natGateway]("NAT gateway", "NatGatewayNotFound"),
		peerings:   store.New[*peering]("vpcPeeringConnection ID", "InvalidVpcPeeringConnectionID.NotFound"),
		tables:     store.New[*routeTable]("routeTable ID", "InvalidRouteTableID.NotFound"),
		groups:     store.New[*securityGroup]("security group", "InvalidGroup.NotFound"),
		acls:       store.New[*networkACL]("networkAcl ID", "InvalidNetworkAclID.NotFound"),
		lists:      store.New[*PrefixList]("prefix list ID", "InvalidPrefixListID.NotFound"),
		dhcp:       store.New[*DHCPOptions]("dhcpOptions ID", "InvalidDhcpOptionID.NotFound"),
		egressOnly: store.New[*egressOnlyGateway]("egressOnlyInternetGateway ID", "InvalidGatewayID.NotFound"),
		vpns:       store.New[*vpnGateway]("vpnGateway ID", "InvalidVpnGatewayID.NotFound"),
		transits:   store.New[*transitGateway]("transitGateway ID", "InvalidTransitGatewayID.NotFound"),
		interfaces: store.New[*ENI]("networkInterface ID", "InvalidNetworkInterfaceID.NotFound"),
		targets:    map[string]routeTarget{},
		edges:      gatewayTables{},
		public:     map[netip.Addr]publicOwner{},
		pool:       addressPool{next: firstPublic},
		hosts:      map[*Host]struct{}{},
		paths:      newPaths(),

		directory: newDirectory(),
	}
	n.addDefaultDHCPOptions()
	n.ctx, n.cancel = context.WithCancel(context.Background())
	if err := n.startResolver(); err != nil {
		panic(fmt.Sprintf("start the resolver of a new network: %v", err)) // no address is taken yet
	}
	return n
}

// Region returns the Region's name.
func (n *Network) Region() string { return n.region }

// Zones returns the Region's Availability Zones.
func (n *Network) Zones() []string { return append([]string(nil), n.zones...) }

// ZoneID is the id of an Availability Zone, ZoneOf the zone with an id; empty if there is none.
// The ids are numbered in the order of the names: which id has which name differs by account
// (docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html).
func (n *Network) ZoneID(zone string) string {
	if i := slices.Index(n.zones, zone); i >= 0 {
		return fmt.Sprintf("%s-az%d", n.region, i+1)
	}
	return ""
}

// ZoneOf is the zone with an id.
func (n *Network) ZoneOf(id string) string {
	for _, zone := range n.zones {
		if n.ZoneID(zone) == id {
			return zone
		}
	}
	return ""
}

// Clock returns the network's clock.
func (n *Network) Clock() *clock.Clock { return n.clock }

// Close closes every host with its connections. Nothing can be created or
// sent afterwards. The clock runs on: it is its maker's.
func (n *Network) Close() {
	n.mu.Lock()
	n.closed = true
	hosts := make([]*Host, 0, len(n.hosts))
	for h := range n.hosts {
		hosts = append(hosts, h)
	}
	n.mu.Unlock()
	n.cancel()
	// The only error is that it was closed before.
	_ = n.dnsServer.Close()
	for _, h := range hosts {
		h.Close()
	}
	n.running.Wait()
}
