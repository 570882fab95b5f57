package proof

import "testing"

var _ = exampleOf(Unaddressed, example{
	valid:    Claim{Subnets: []string{"subnet-1"}},
	fields:   "Public Subnets!",
	gathered: []Claim{{Subnets: []string{"subnet-1"}}},
})

func TestJudgeUnaddressed(t *testing.T) {
	t.Parallel()
	without := Claim{Kind: Unaddressed, Subnets: []string{"subnet-1"}}
	but := func(ids ...string) Claim { return Claim{Kind: Unaddressed, Subnets: []string{"subnet-1"}, Public: ids} }
	in := func(interfaces ...NetworkInterface) Facts {
		return Facts{unaddressedFacts{[]string{"vpc-1"}, interfaces, []RouteTable{
			{ID: "rtb-0", VPC: "vpc-1", Main: true, Routes: []Route{localRoute, to("fd00::/56", "local"), to("0.0.0.0/0", "igw-1"), ownRoute}},
			{ID: "rtb-2", VPC: "vpc-1", Subnets: []string{"subnet-2"}, Routes: []Route{to("::/0", "igw-1")}},
			{ID: "rtb-3", VPC: "vpc-1", Subnets: []string{"subnet-3"}, Routes: []Route{to("pl-9", "igw-1")}},
		}, nil, nil}}
	}
	attached := func(f Facts, vpc string) Facts {
		known := f.known.(unaddressedFacts)
		known.all = []NetworkInterface{{ID: "eni-1", Instance: "i-1", VPC: "vpc-1"}, {ID: "eni-9", Instance: "i-1", VPC: vpc}}
		return Facts{known}
	}
	const inner = "arn:aws:elasticloadbalancing:r:1:loadbalancer/net/web/50dc6c495c0c9188"
	served := func(f Facts, balancer string) Facts {
		known := f.known.(unaddressedFacts)
		known.services = []EndpointService{{ID: "vpce-svc-1", Balancers: []string{"arn:other:loadbalancer/net/other/1", balancer}}}
		return Facts{known}
	}
	card := func(change func(*NetworkInterface)) NetworkInterface {
		i := NetworkInterface{ID: "eni-1", VPC: "vpc-1", Subnet: "subnet-1", Addresses: addrs("10.0.0.5")}
		change(&i)
		return i
	}
	private := card(func(*NetworkInterface) {})
	public := []PublicAddress{{addrs("52.1.2.3")[0], "eipalloc-1"}}
	host := card(func(i *NetworkInterface) { i.Instance, i.Public = "i-1", public })
	nat := card(func(i *NetworkInterface) { i.Description, i.Public = "Interface for NAT Gateway nat-1", public })
	balancer := card(func(i *NetworkInterface) { i.Description, i.Public = "ELB net/web/50dc6c495c0c9188", public })
	six := func(subnet, vpc, address string) NetworkInterface {
		return card(func(i *NetworkInterface) { i.Subnet, i.VPC, i.Addresses = subnet, vpc, addrs("10.0.0.5", address) })
	}
	const hint = "what gave it that address; declare it if it is wanted"
	const arn = "arn:aws:elasticloadbalancing:r:1:loadbalancer/net/web/50dc6c495c0c9188"
	typed := func(name string) NetworkInterface {
		return card(func(i *NetworkInterface) { i.Type, i.Description = name, "AWS's" })
	}
	service := func(description string) NetworkInterface {
		return card(func(i *NetworkInterface) { i.Type, i.Description = "interface", description })
	}
	node := card(func(i *NetworkInterface) {
		i.Type, i.Description = "network_load_balancer", "ELB net/web/50dc6c495c0c9188"
	})
	const managed = "which service made it; declare its type if it is wanted"
	checkJudged(t, map[string]judged{
		"an interface of API Gateway":          {claim: without, facts: in(private, typed("api_gateway_managed")), state: Refuted, text: "eni-1 (AWS's) is of the type api_gateway_managed, by which an AWS service may bring others into the VPC", hint: managed},
		"an interface of a new type":           {claim: without, facts: in(typed("teleporter")), state: Refuted, text: "eni-1 (AWS's) is of the type teleporter, by which an AWS service may bring others into the VPC", hint: managed},
		"a declared type":                      {claim: but("api_gateway_managed"), facts: in(typed("api_gateway_managed")), state: Holds, text: "none on 1 network interface"},
		"a declared interface of a service":    {claim: but("eni-1"), facts: in(typed("quicksight")), state: Holds, text: "none on 1 network interface"},
		"another declared type":                {claim: but("quicksight"), facts: in(typed("api_gateway_managed")), state: Refuted, text: "eni-1 (AWS's) is of the type api_gateway_managed, by which an AWS service may bring others into the VPC", hint: managed},
		"an interface of Client VPN":           {claim: without, facts: in(service("ClientVPN Endpoint resource cvpn-endpoint-1")), state: Refuted, text: "eni-1 (ClientVPN Endpoint resource cvpn-endpoint-1) is of the type client_vpn, by which an AWS service may bring others into the VPC", hint: managed},
		"an interface of WorkSpaces":           {claim: without, facts: in(service("Created By Amazon Workspaces for AWS Account ID 1")), state: Refuted, text: "eni-1 (Created By Amazon Workspaces for AWS Account ID 1) is of the type workspaces, by which an AWS service may bring others into the VPC", hint: managed},
		"declared WorkSpaces":                  {claim: but("workspaces"), facts: in(service("Created By Amazon WorkSpaces for AWS Account ID 1")), state: Holds, text: "none on 1 network interface"},
		"a database":                           {claim: without, facts: in(service("RDSNetworkInterface")), state: Holds, text: "none on 1 network interface"},
		"types that stay inside":               {claim: without, facts: in(typed("lambda"), typed("vpc_endpoint"), typed("ec2_instance_connect_endpoint"), typed("interface")), state: Holds, text: "none on 4 network interfaces"},
		"a balancer of its own":                {claim: without, facts: in(node), state: Holds, text: "none on 1 network interface"},
		"an instance in another VPC":           {claim: without, facts: attached(in(private), "vpc-2"), state: Refuted, text: "the instance i-1 has the interface eni-9 in vpc-2 as well, and can pass on what it gets", hint: "who attached that interface; declare it if it is wanted"},
		"a declared instance in another VPC":   {claim: but("i-1"), facts: attached(in(private), "vpc-2"), state: Holds, text: "none on 1 network interface"},
		"a declared interface in another VPC":  {claim: but("eni-9"), facts: attached(in(private), "vpc-2"), state: Holds, text: "none on 1 network interface"},
		"an instance with two interfaces":      {claim: without, facts: attached(in(private), "vpc-1"), state: Holds, text: "none on 1 network interface"},
		"an endpoint service":                  {claim: without, facts: served(in(private, node), inner), state: Refuted, text: "the endpoint service vpce-svc-1 leads from other VPCs to the load balancer web", hint: "who made vpce-svc-1; declare it if it is wanted"},
		"a declared endpoint service":          {claim: but("vpce-svc-1"), facts: served(in(node), inner), state: Holds, text: "none on 1 network interface"},
		"a service elsewhere":                  {claim: without, facts: served(in(private), inner), state: Holds, text: "none on 1 network interface"},
		"none":                                 {claim: without, facts: in(private, private), state: Holds, text: "none on 2 network interfaces"},
		"a host":                               {claim: without, facts: in(private, host), state: Refuted, text: "eni-1 of i-1 has the public address 52.1.2.3", hint: hint},
		"a NAT gateway":                        {claim: without, facts: in(nat), state: Refuted, text: "eni-1 (Interface for NAT Gateway nat-1) has the public address 52.1.2.3", hint: hint},
		"nobody knows whose":                   {claim: without, facts: in(card(func(i *NetworkInterface) { i.Public = public })), state: Refuted, text: "eni-1 has the public address 52.1.2.3", hint: hint},
		"another is declared":                  {claim: but("i-2", "eni-2", "nat-2", "eipalloc-2", "", arn), facts: in(host), state: Refuted, text: "eni-1 of i-1 has the public address 52.1.2.3", hint: hint},
		"a declared host":                      {claim: but("i-2", "i-1"), facts: in(private, host), state: Holds, text: "only 52.1.2.3"},
		"a declared interface":                 {claim: but("eni-1"), facts: in(nat), state: Holds, text: "only 52.1.2.3"},
		"a declared NAT gateway":               {claim: but("nat-1"), facts: in(nat), state: Holds, text: "only 52.1.2.3"},
		"a declared allocation":                {claim: but("eipalloc-1"), facts: in(host), state: Holds, text: "only 52.1.2.3"},
		"a declared balancer":                  {claim: but(arn), facts: in(balancer), state: Holds, text: "only 52.1.2.3"},
		"another balancer":                     {claim: but(arn + "0"), facts: in(balancer), state: Refuted, text: "eni-1 (ELB net/web/50dc6c495c0c9188) has the public address 52.1.2.3", hint: hint},
		"IPv6 with a way out":                  {claim: without, facts: in(six("subnet-2", "vpc-1", "2600:1f18::5")), state: Refuted, text: "eni-1 has the public address 2600:1f18::5", hint: hint},
		"IPv6 with a way out by a prefix list": {claim: without, facts: in(six("subnet-3", "vpc-1", "2600:1f18::5")), state: Refuted, text: "eni-1 has the public address 2600:1f18::5", hint: hint},
		"IPv6 without one":                     {claim: without, facts: in(six("subnet-1", "vpc-1", "2600:1f18::5")), state: Holds, text: "none on 1 network interface"},
		"IPv6, table unknown":                  {claim: without, facts: in(six("subnet-1", "vpc-2", "2600:1f18::5")), state: Refuted, text: "eni-1 has the public address 2600:1f18::5", hint: hint},
		"private IPv6":                         {claim: without, facts: in(six("subnet-2", "vpc-1", "fd00::5")), state: Holds, text: "none on 1 network interface"},
		"link-local IPv6":                      {claim: without, facts: in(six("subnet-2", "vpc-1", "fe80::5")), state: Holds, text: "none on 1 network interface"},
		"declared IPv6":                        {claim: but("eni-1"), facts: in(six("subnet-2", "vpc-1", "2600:1f18::5")), state: Holds, text: "only 2600:1f18::5"},
		"nothing was described":                {claim: without, facts: in(), state: Unproven, text: "the network interfaces of the VPC are unknown"},
	})
}
