package vpc_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// What comes from the internet for a subnet goes through an appliance by the gateway's route
// table, and so do the answers by the subnet's.
func TestGatewayRouteTable(t *testing.T) {
	t.Parallel()
	n := vpctest.New(t, vpc.Faults{})
	n.AddVPC("v", "10.0.0.0/16")
	n.AddSubnet("v", "box", "10.0.0.0/24", "0.0.0.0/0", "igw-v")
	n.AddSubnet("v", "app", "10.0.1.0/24")
	box := n.AddHost("box", "box", true, "sg-v-open")
	box.SetForwarding(true)
	n.Must(n.Interfaces().Check("eni-box", false))
	app := n.AddHost("app", "app", true, "sg-v-open")
	e, err := n.Interfaces().Get("eni-app")
	n.Must(err)
	n.Serve(app, "app")
	n.Must(n.RouteTables().CreateRoute("rtb-app", vpc.Route{Destination: "0.0.0.0/0", Target: "eni-box"}))
	n.Must(n.RouteTables().Create("rtb-edge", "vpc-v"))
	n.Must(n.RouteTables().CreateRoute("rtb-edge", vpc.Route{Destination: "10.0.1.0/24", Target: "eni-box"}))
	stranger := n.AddPublicHost("stranger", "198.51.100.7")
	through := 0
	stop := n.Trace(func(s vpc.Transmission) {
		for _, h := range s.Trace.Hops {
			if h.To == "eni-box" && s.From == "stranger" {
				through++
			}
		}
	})
	defer stop()
	address := netip.AddrPortFrom(e.PublicAddr, 80).String()
	n.Wants(stranger, address, "app")
	if through != 0 {
		t.Errorf("without a table: %d packets through the appliance", through)
	}
	n.Must(n.RouteTables().AssociateGateway("rtb-edge", "igw-v"))
	n.Wants(stranger, address, "app")
	if through < 3 {
		t.Errorf("with a table: %d packets through the appliance", through)
	}
	if table, err := n.RouteTables().Get("rtb-edge"); err != nil || len(table.Gateways) != 1 || table.Gateways[0] != "igw-v" {
		t.Errorf("%+v, %v", table, err)
	}
	n.Must(n.Interfaces().DisassociateAddress("eni-box"))
	n.Silent(stranger, address, "rtb-edge", "the interface has no public address")
	n.Must(n.RouteTables().DisassociateGateway("igw-v"))
	n.Must(n.RouteTables().Delete("rtb-edge"))
}

func TestGatewayRouteTablesThatAreRefused(t *testing.T) {
	t.Parallel()
	n := vpctest.New(t, vpc.Faults{})
	n.AddVPC("v", "10.0.0.0/16")
	n.AddVPC("other", "10.1.0.0/16")
	n.AddSubnet("v", "app", "10.0.1.0/24", "0.0.0.0/0", "igw-v")
	n.Must(n.InternetGateways().Create("igw-loose"))
	tables := n.RouteTables()
	n.Must(tables.Create("rtb-edge", "vpc-v"))
	n.Must(tables.AssociateGateway("rtb-edge", "igw-v"))
	for want, err := range map[string]error{
		"The route target igw-v is not valid":     tables.AssociateGateway("rtb-app", "igw-v2"),
		"belong to different networks":            tables.AssociateGateway("rtb-edge", "igw-other"),
		"is not attached to any network":          tables.AssociateGateway("rtb-edge", "igw-loose"),
		"conflicts with an existing association":  tables.AssociateGateway("rtb-edge", "igw-v"),
		"is not valid in the gateway route table": tables.CreateRoute("rtb-edge", vpc.Route{Destination: "0.0.0.0/0", Target: "igw-v"}),
		"has dependencies and cannot be deleted":  tables.Delete("rtb-edge"),
	} {
		if strings.Contains(want, "igw-v is not valid") {
			err = tables.ReplaceGatewayAssociation("rtb-app", "igw-v")
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Without appliance mode a flow between hosts of two zones goes into the inspection VPC in
// one zone on its way there, and in another on its way back; with it in one.
func TestApplianceMode(t *testing.T) {
	t.Parallel()
	for name, appliance := range map[string]bool{"off": false, "on": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := vpctest.NewTwoVPCs(t, vpc.Options{})
			n.AddVPC("hub", "30.0")
			gateways, tables := n.TransitGateways(), n.RouteTables()
			n.Must(gateways.Create(vpc.TransitGateway{ID: "tgw-1", NoAssociation: true, NoPropagation: true}))
			for _, of := range []string{"my", "custom", "hub"} {
				n.Must(gateways.Attach(vpc.TransitAttachment{
					ID: "tgw-attach-" + of, Gateway: "tgw-1", VPC: "vpc-" + of, Subnets: []string{"subnet-" + of + "-a", "subnet-" + of + "-b"}, Appliance: appliance && of == "hub",
				}, []string{"eni-tgw-" + of + "-a", "eni-tgw-" + of + "-b"}))
			}
			n.Must(gateways.CreateTable("tgw-1", "tgw-rtb-spokes"))
			n.Must(gateways.CreateTable("tgw-1", "tgw-rtb-hub"))
			n.Must(gateways.CreateTransitRoute("tgw-rtb-spokes", vpc.TransitRoute{Destination: netip.MustParsePrefix("0.0.0.0/0"), Attachment: "tgw-attach-hub"}))
			for _, of := range []string{"my", "custom"} {
				n.Must(gateways.Associate("tgw-rtb-spokes", "tgw-attach-"+of))
				n.Must(gateways.Propagate("tgw-rtb-hub", "tgw-attach-"+of, true))
			}
			n.Must(gateways.Associate("tgw-rtb-hub", "tgw-attach-hub"))
			n.Must(tables.ReplaceRoute("rtb-my", vpc.Route{Destination: "0.0.0.0/0", Target: "tgw-1"}))
			n.Must(tables.ReplaceRoute("rtb-custom", vpc.Route{Destination: "0.0.0.0/0", Target: "tgw-1"}))
			n.Must(tables.ReplaceRoute("rtb-hub", vpc.Route{Destination: "0.0.0.0/0", Target: "tgw-1"}))
			for i, zone := range []string{"a", "b"} { // an appliance in each zone of the hub
				n.Must(n.Subnets().Create(vpc.Subnet{ID: "subnet-hub-box" + zone, VPC: "vpc-hub", Zone: "ap-northeast-2" + zone, CIDR: netip.MustParsePrefix(fmt.Sprintf("30.0.%d.0/24", 10+i))}))
				box := n.AddHost("box-"+zone, "hub-box"+zone)
				box.SetForwarding(true)
				n.Must(n.Interfaces().Check("eni-box-"+zone, false))
				n.Must(tables.Create("rtb-in-"+zone, "vpc-hub"))
				n.Must(tables.CreateRoute("rtb-in-"+zone, vpc.Route{Destination: "0.0.0.0/0", Target: "eni-box-" + zone}))
				n.Must(tables.Associate("rtb-in-"+zone, "subnet-hub-"+zone))
			}
			client, server := n.AddHost("client", "my-a"), n.AddHost("server", "custom-b")
			n.Answer(server, 80, func(net.Conn) string { return "hello" })
			entered := map[string]map[string]bool{"eni-client": {}, "eni-server": {}}
			stop := n.Trace(func(s vpc.Transmission) {
				for _, h := range s.Trace.Hops {
					if strings.HasPrefix(h.To, "eni-tgw-hub-") {
						entered[s.From][h.To] = true
					}
				}
			})
			defer stop()
			n.Ask(client, vpctest.At(server.Addr(), 80))
			same := len(entered["eni-client"]) == 1 && len(entered["eni-server"]) == 1
			for at := range entered["eni-client"] {
				same = same && entered["eni-server"][at]
			}
			if same != appliance {
				t.Errorf("the interfaces of the hub: %v", entered)
			}
		})
	}
}
