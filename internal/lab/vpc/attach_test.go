package vpc_test

import (
	"net/netip"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// docs.aws.amazon.com/AWSEC2/latest/UserGuide/scenarios-enis.html: an instance with an
// interface in a second subnet, or in another VPC, is a way between them for itself,
// and for nobody else.
func TestInstanceWithTwoInterfaces(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddVPC("2", "20.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.AddSubnet("2", "b", "20.0.0.0/24")
	far := b.AddHost("b", "far", false, "sg-2-open")
	b.ServeSource(far)
	near := b.AddHost("a", "near", false, "sg-1-open")
	_, err := b.Interfaces().Create(vpc.Interface{ID: "eni-first", Subnet: "subnet-a", Groups: []string{"sg-1-open"}})
	b.Must(err)
	host, err := b.Launch("i-1", "eni-first")
	b.Must(err)
	b.Serve(host, "the instance")
	_, err = b.Interfaces().Create(vpc.Interface{ID: "eni-second", Subnet: "subnet-b", Groups: []string{"sg-2-open"}})
	b.Must(err)
	second, err := b.Interfaces().Get("eni-second")
	b.Must(err)

	b.Silent(host, far.Addr().String()+":80", "rtb-a", "no route")
	b.Must(b.Interfaces().Attach("eni-second", "eni-first", 1))
	b.Wants(host, far.Addr().String()+":80", second.PrivateAddr.String())
	b.Wants(far, second.PrivateAddr.String()+":80", "the instance")
	b.Wants(near, host.Addr().String()+":80", "the instance")
	b.Silent(near, far.Addr().String()+":80", "rtb-a", "no route")

	b.Refuses(b.Interfaces().Attach("eni-second", "eni-first", 2), "InvalidNetworkInterface.InUse")
	b.Refuses(b.Interfaces().Detach("eni-first"), "OperationNotPermitted")
	b.Refuses(b.Interfaces().Delete("eni-second"), "InvalidParameterValue")
	b.Must(b.Interfaces().Detach("eni-second"))
	b.Silent(host, far.Addr().String()+":80", "rtb-a", "no route")
	b.Silent(far, second.PrivateAddr.String()+":80", "eni-second", "no host")
	b.Must(b.Interfaces().Delete("eni-second"))

	b.Must(b.Subnets().Create(vpc.Subnet{ID: "subnet-z", VPC: "vpc-1", CIDR: netip.MustParsePrefix("10.0.9.0/24"), Zone: vpctest.ZoneB}))
	_, err = b.Interfaces().Create(vpc.Interface{ID: "eni-z", Subnet: "subnet-z"})
	b.Must(err)
	b.Refuses(b.Interfaces().Attach("eni-z", "eni-first", 1), "InvalidParameterCombination")
	b.Refuses(b.Interfaces().Attach("eni-z", "eni-near", 1), "IncorrectState")
}

// docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html: a NAT
// instance carries others' packets to the internet if and only if it is told to, and
// its source/destination check is off.
func TestNATInstance(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.AddSubnet("1", "priv", "10.0.1.0/24")
	web := b.AddPublicHost("web", "93.184.216.34")
	b.ServeSource(web)
	router := b.AddHost("pub", "router", true, "sg-1-open")
	b.Serve(router, "router")
	client := b.AddHost("priv", "client", false, "sg-1-open")
	b.Serve(client, "client")
	b.Must(b.RouteTables().CreateRoute("rtb-priv", vpc.Route{Destination: "0.0.0.0/0", Target: "eni-router"}))

	b.Silent(client, "93.184.216.34:80", "eni-router", "source/destination check")
	b.Must(b.Interfaces().Check("eni-router", false))
	b.Silent(client, "93.184.216.34:80", "eni-router", "does not forward")
	router.SetForwarding(true)
	// Under the client's own address, which the internet gateway does not translate
	// back: the answer ends at the router's.
	b.ForgetDrops()
	if got, err := b.Get(client, "93.184.216.34:80"); err == nil {
		t.Errorf("without translation: got %q", got)
	}
	router.SetMasquerading(true)
	out, err := b.Interfaces().Get("eni-router")
	b.Must(err)
	b.Wants(client, "93.184.216.34:80", out.PublicAddr.String())
	if err := b.Ping(client, web.Addr()); err != nil {
		t.Error(err)
	}
	b.Wants(client, router.Addr().String()+":80", "router")
	b.Wants(web, out.PublicAddr.String()+":80", "router")
	b.Must(b.Interfaces().Check("eni-router", true))
	b.Silent(client, "93.184.216.34:80", "eni-router", "source/destination check")
}

// docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html (middlebox): an
// appliance with an interface in each of two VPCs passes packets on as they are.
func TestAppliance(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddVPC("2", "20.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.AddSubnet("2", "b", "20.0.0.0/24")
	client := b.AddHost("a", "client", false, "sg-1-open")
	far := b.AddHost("b", "far", false, "sg-2-open")
	b.ServeSource(far)
	for id, subnet := range map[string]string{"eni-1": "a", "eni-2": "b"} {
		_, err := b.Interfaces().Create(vpc.Interface{ID: id, Subnet: "subnet-" + subnet, Groups: []string{map[string]string{"a": "sg-1-open", "b": "sg-2-open"}[subnet]}, NoSourceDestCheck: true})
		b.Must(err)
	}
	router, err := b.Launch("i-1", "eni-1")
	b.Must(err)
	b.Must(b.Interfaces().Attach("eni-2", "eni-1", 1))
	router.SetForwarding(true)
	b.Must(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: "20.0.0.0/24", Target: "eni-1"}))
	b.Silent(client, far.Addr().String()+":80", "rtb-b", "no route") // the answer
	b.Must(b.RouteTables().CreateRoute("rtb-b", vpc.Route{Destination: "10.0.0.0/24", Target: "eni-2"}))
	b.Wants(client, far.Addr().String()+":80", client.Addr().String())
	b.Must(b.Interfaces().Check("eni-2", true))
	b.Silent(client, far.Addr().String()+":80", "eni-2", "source/destination check")
}
