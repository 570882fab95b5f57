package proof

import (
	"testing"
)

func TestJudgeRoutes(t *testing.T) {
	t.Parallel()
	routed := Claim{Kind: Routed, Endpoint: "vpce-1", PrefixList: "com.amazonaws.r.s3", RouteTables: []string{"rtb-1"}}
	two := routed
	two.RouteTables = []string{"rtb-1", "rtb-2"}
	unrouted := Claim{Kind: Unrouted, Endpoint: "vpce-1"}
	enclosed := Claim{Kind: Enclosed, RouteTables: []string{"rtb-1"}}
	served := Claim{Kind: Enclosed, RouteTables: []string{"rtb-1"}, Subnets: []string{"subnet-1"}}
	list := PrefixList{ID: "pl-1", Entries: prefixes("52.219.0.0/16", "3.5.140.0/22")}
	local := Route{Destination: "10.0.0.0/16", Target: "local", Active: true}
	mine := Route{Destination: "pl-1", Target: "vpce-1", Active: true}
	table := func(id string, routes ...Route) RouteTable { return RouteTable{ID: id, Routes: routes} }
	to := func(destination, target string) Route {
		return Route{Destination: destination, Target: target, Active: true}
	}
	in := func(tables ...RouteTable) known {
		return known{RouteTables: tables, PrefixList: list, Endpoint: testEndpoint}
	}
	gateways := func(kind string, tables ...RouteTable) known {
		f := in(tables...)
		f.Gateways = []Endpoint{{ID: "vpce-0", Type: "Gateway"}, {ID: "vpce-1", Type: kind}}
		return f
	}
	const (
		associated = "which route tables vpce-1 is associated with"
		that       = "that route, and what added it"
		needsNone  = "that route, and the type of vpce-1: an interface endpoint needs none"
	)
	tests := map[string]judged{
		"routed":                          {claim: routed, facts: in(table("rtb-1", local, mine)), state: Holds, text: "rtb-1: pl-1 to vpce-1"},
		"routed in both":                  {claim: two, facts: in(table("rtb-1", mine), table("rtb-2", mine)), state: Holds, text: "rtb-1: pl-1 to vpce-1, rtb-2: pl-1 to vpce-1"},
		"routed in one":                   {claim: two, facts: in(table("rtb-1", mine), table("rtb-2", local)), state: Refuted, text: "rtb-2 has no route from pl-1 (com.amazonaws.r.s3) to the endpoint", look: associated},
		"no route":                        {claim: routed, facts: in(table("rtb-1", local)), state: Refuted, text: "rtb-1 has no route from pl-1 (com.amazonaws.r.s3) to the endpoint", look: associated},
		"another list":                    {claim: routed, facts: in(table("rtb-1", to("pl-2", "vpce-1"))), state: Refuted, text: "rtb-1 has no route from pl-1 (com.amazonaws.r.s3) to the endpoint", look: associated},
		"another endpoint":                {claim: routed, facts: in(table("rtb-1", to("pl-1", "vpce-2"))), state: Refuted, text: "rtb-1 has no route from pl-1 (com.amazonaws.r.s3) to the endpoint", look: associated},
		"a black hole":                    {claim: routed, facts: in(table("rtb-1", Route{Destination: "pl-1", Target: "vpce-1"})), state: Refuted, text: "the route of rtb-1 to the endpoint is a black hole", look: "the state of vpce-1"},
		"no table":                        {claim: routed, facts: in(), state: Unproven, text: "the routes are unknown"},
		"a wider route":                   {claim: routed, facts: in(table("rtb-1", mine, to("0.0.0.0/0", "igw-1"))), state: Holds, text: "rtb-1: pl-1 to vpce-1"},
		"a route elsewhere":               {claim: routed, facts: in(table("rtb-1", mine, to("52.220.0.0/24", "igw-1"))), state: Holds, text: "rtb-1: pl-1 to vpce-1"},
		"a narrower route":                {claim: routed, facts: in(table("rtb-1", to("52.219.7.0/24", "igw-1"), mine)), state: Refuted, text: "rtb-1 sends 52.219.7.0/24 to igw-1, which has priority over the endpoint", look: "the route of rtb-1 to 52.219.7.0/24"},
		"a narrower one to the endpoint":  {claim: routed, facts: in(table("rtb-1", mine, to("52.219.7.0/24", "vpce-1"))), state: Holds, text: "rtb-1: pl-1 to vpce-1"},
		"a route as wide":                 {claim: routed, facts: in(table("rtb-1", mine, to("3.5.140.0/22", "nat-1"))), state: Refuted, text: "rtb-1 sends 3.5.140.0/22 to nat-1, which has priority over the endpoint", look: "the route of rtb-1 to 3.5.140.0/22"},
		"a narrower one, in a black hole": {claim: routed, facts: in(table("rtb-1", mine, Route{Destination: "52.219.7.0/24", Target: "igw-1"})), state: Holds, text: "rtb-1: pl-1 to vpce-1"},

		"unrouted":               {claim: unrouted, facts: in(table("rtb-1", local), table("rtb-2", local, to("0.0.0.0/0", "igw-1"))), state: Holds, text: "in none of 2 route tables"},
		"unrouted in one":        {claim: unrouted, facts: in(table("rtb-1", local)), state: Holds, text: "in none of 1 route table"},
		"a route to it":          {claim: unrouted, facts: in(table("rtb-1", local), table("rtb-2", mine)), state: Refuted, text: "rtb-2 sends pl-1 to vpce-1", look: needsNone},
		"a dead route to it":     {claim: unrouted, facts: in(table("rtb-2", Route{Destination: "pl-1", Target: "vpce-1"})), state: Refuted, text: "rtb-2 sends pl-1 to vpce-1", look: needsNone},
		"a route to its card":    {claim: unrouted, facts: in(table("rtb-1", to("1.2.3.0/24", "eni-b"))), state: Refuted, text: "rtb-1 sends 1.2.3.0/24 to eni-b", look: needsNone},
		"no table was described": {claim: unrouted, facts: in(), state: Unproven, text: "the route tables of the VPC are unknown"},

		"enclosed":                        {claim: enclosed, facts: gateways("Gateway", table("rtb-1", mine, local), table("rtb-2", local)), state: Holds, text: "10.0.0.0/16 to local, pl-1 to vpce-1"},
		"its subnet":                      {claim: served, facts: in(RouteTable{ID: "rtb-1", Routes: []Route{local}, Subnets: []string{"subnet-2", "subnet-1"}}), state: Holds, text: "10.0.0.0/16 to local"},
		"its subnet by the main table":    {claim: served, facts: in(RouteTable{ID: "rtb-1", Routes: []Route{local}, Main: true}), state: Holds, text: "10.0.0.0/16 to local"},
		"another subnet":                  {claim: served, facts: in(RouteTable{ID: "rtb-1", Routes: []Route{local}, Subnets: []string{"subnet-2"}}), state: Refuted, text: "subnet-1 is not associated with rtb-1", look: "which route table subnet-1 is associated with"},
		"the internet":                    {claim: enclosed, facts: in(table("rtb-1", local, to("0.0.0.0/0", "igw-1"))), state: Refuted, text: "rtb-1 sends 0.0.0.0/0 to igw-1", look: that},
		"a NAT gateway":                   {claim: enclosed, facts: in(table("rtb-1", local, to("0.0.0.0/0", "nat-1"))), state: Refuted, text: "rtb-1 sends 0.0.0.0/0 to nat-1", look: that},
		"a peering":                       {claim: enclosed, facts: in(table("rtb-1", local, to("10.1.0.0/16", "pcx-1"))), state: Refuted, text: "rtb-1 sends 10.1.0.0/16 to pcx-1", look: that},
		"a dead way out":                  {claim: enclosed, facts: in(table("rtb-1", Route{Destination: "0.0.0.0/0", Target: "nat-1"})), state: Refuted, text: "rtb-1 sends 0.0.0.0/0 to nat-1", look: that},
		"a Gateway Load Balancer":         {claim: enclosed, facts: gateways("GatewayLoadBalancer", table("rtb-1", to("0.0.0.0/0", "vpce-1"))), state: Refuted, text: "rtb-1 sends 0.0.0.0/0 to vpce-1", look: that},
		"an endpoint of unknown type":     {claim: enclosed, facts: gateways("", table("rtb-1", mine)), state: Refuted, text: "rtb-1 sends pl-1 to vpce-1", look: that},
		"an endpoint that nobody knows":   {claim: enclosed, facts: in(table("rtb-1", mine)), state: Refuted, text: "rtb-1 sends pl-1 to vpce-1", look: that},
		"no routes were described at all": {claim: enclosed, facts: in(), state: Unproven, text: "the routes of rtb-1 are unknown"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { t.Parallel(); test.check(t) })
	}
}

func TestJudgeGuarded(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Guarded, Endpoint: "vpce-1"}
	from := func(cidr string) SecurityGroupRule {
		return SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDR: prefixes(cidr)[0]}
	}
	with := func(rules ...SecurityGroupRule) known {
		return known{
			Endpoint: testEndpoint, VPC: prefixes("10.0.0.0/16", "2001:db8:1::/56"),
			Groups:     []SecurityGroup{{ID: "sg-1", VPC: "vpc-1", Ingress: rules}},
			Referenced: []SecurityGroup{{ID: "sg-2", VPC: "vpc-1"}, {ID: "sg-9", VPC: "vpc-9"}},
		}
	}
	group := func(id string) SecurityGroupRule {
		return SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443, Group: id}
	}
	two := with(from("10.0.0.0/24"))
	two.Groups = append(two.Groups, SecurityGroup{ID: "sg-3", Ingress: []SecurityGroupRule{from("0.0.0.0/0")}})
	noVPC := with(group("sg-2"))
	noVPC.Endpoint.VPC = ""
	noVPC.Referenced[0].VPC = ""
	other := claim
	other.Port = 8443
	const look = "the inbound rules of sg-1"
	tests := map[string]judged{
		"from the VPC":          {claim: claim, facts: with(from("10.0.0.0/16")), state: Holds, text: "sg-1: tcp 443 from 10.0.0.0/16"},
		"from two subnets":      {claim: claim, facts: with(from("10.0.0.0/24"), from("10.0.1.0/24")), state: Holds, text: "sg-1: tcp 443 from 10.0.0.0/24, sg-1: tcp 443 from 10.0.1.0/24"},
		"by IPv6":               {claim: claim, facts: with(from("2001:db8:1:ab::/64")), state: Holds, text: "sg-1: tcp 443 from 2001:db8:1:ab::/64"},
		"from a group inside":   {claim: claim, facts: with(group("sg-2")), state: Holds, text: "sg-1: tcp 443 from sg-2"},
		"on another port":       {claim: other, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 8443, ToPort: 8443, CIDR: prefixes("10.0.0.0/16")[0]}), state: Holds, text: "sg-1: tcp 8443 from 10.0.0.0/16"},
		"from everywhere":       {claim: claim, facts: with(from("0.0.0.0/0")), state: Refuted, text: "sg-1 admits tcp 443 from 0.0.0.0/0, which is not inside the VPC", look: look},
		"from everywhere, v6":   {claim: claim, facts: with(from("::/0")), state: Refuted, text: "sg-1 admits tcp 443 from ::/0, which is not inside the VPC", look: look},
		"from a wider block":    {claim: claim, facts: with(from("10.0.0.0/15")), state: Refuted, text: "sg-1 admits tcp 443 from 10.0.0.0/15, which is not inside the VPC", look: look},
		"from RFC 1918":         {claim: claim, facts: with(from("10.1.0.0/16")), state: Refuted, text: "sg-1 admits tcp 443 from 10.1.0.0/16, which is not inside the VPC", look: look},
		"from a peer's group":   {claim: claim, facts: with(group("sg-9")), state: Refuted, text: "sg-1 admits tcp 443 from sg-9, which is not inside the VPC", look: look},
		"from an unknown group": {claim: claim, facts: with(group("sg-8")), state: Refuted, text: "sg-1 admits tcp 443 from sg-8, which is not inside the VPC", look: look},
		"in an unknown VPC":     {claim: claim, facts: noVPC, state: Refuted, text: "sg-1 admits tcp 443 from sg-2, which is not inside the VPC", look: look},
		"from a prefix list":    {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443, PrefixList: "pl-1"}), state: Refuted, text: "sg-1 admits tcp 443 from pl-1, which is not inside the VPC", look: look},
		"from nowhere known":    {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443}), state: Refuted, text: "sg-1 admits tcp 443 from an unknown source, which is not inside the VPC", look: look},
		"the wrong port":        {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits tcp 80 from 10.0.0.0/16", look: look},
		"more ports below":      {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 442, ToPort: 443, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits tcp 442-443 from 10.0.0.0/16", look: look},
		"more ports above":      {claim: claim, facts: with(SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 444, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits tcp 443-444 from 10.0.0.0/16", look: look},
		"UDP":                   {claim: claim, facts: with(SecurityGroupRule{Protocol: "udp", FromPort: 443, ToPort: 443, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits udp 443 from 10.0.0.0/16", look: look},
		"everything":            {claim: claim, facts: with(SecurityGroupRule{Protocol: "-1", FromPort: -1, ToPort: -1, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits everything from 10.0.0.0/16", look: look},
		"everything on 443":     {claim: claim, facts: with(SecurityGroupRule{Protocol: "-1", FromPort: 443, ToPort: 443, CIDR: prefixes("10.0.0.0/16")[0]}), state: Refuted, text: "sg-1 admits everything from 10.0.0.0/16", look: look},
		"the second rule":       {claim: claim, facts: with(from("10.0.0.0/24"), from("0.0.0.0/0")), state: Refuted, text: "sg-1 admits tcp 443 from 0.0.0.0/0, which is not inside the VPC", look: look},
		"the second group":      {claim: claim, facts: two, state: Refuted, text: "sg-3 admits tcp 443 from 0.0.0.0/0, which is not inside the VPC", look: "the inbound rules of sg-3"},
		"nothing is admitted":   {claim: claim, facts: with(), state: Refuted, text: "it admits nothing at all", look: "the security groups of vpce-1"},
		"no group at all":       {claim: claim, facts: known{Endpoint: testEndpoint}, state: Refuted, text: "it admits nothing at all", look: "the security groups of vpce-1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { t.Parallel(); test.check(t) })
	}
}

func TestJudgeState(t *testing.T) {
	t.Parallel()
	available := Claim{Kind: Available, Endpoint: "vpce-1"}
	connected := Claim{Kind: Available, Endpoint: "vpce-1", Service: "vpce-svc-1"}
	healthy := Claim{Kind: Healthy, TargetGroup: "arn:aws:elasticloadbalancing:r:1:targetgroup/web/0123", Hosts: []string{"i-1", "i-2"}}
	state := func(s string) Endpoint { return Endpoint{ID: "vpce-1", State: s} }
	const accept, who, events = "whether the service accepts connections by itself (AcceptanceRequired)",
		"the principals that the service admits (AllowedPrincipals) and who rejected the connection", "the events of vpce-1"
	one, two := Target{ID: "i-1", Port: 80, State: "healthy"}, Target{ID: "i-2", Port: 80, State: "healthy"}
	bad := Target{ID: "i-2", Port: 80, State: "unhealthy", Reason: "Health checks failed"}
	second := Target{ID: "i-1", Port: 81, State: "draining"}
	tests := map[string]judged{
		"available":                   {claim: available, facts: known{Endpoint: state("Available")}, state: Holds, text: "available"},
		"pending":                     {claim: available, facts: known{Endpoint: state("pending")}, state: Refuted, text: "it is pending", look: events},
		"awaiting acceptance":         {claim: available, facts: known{Endpoint: state("pendingAcceptance")}, state: Refuted, text: "it is pendingAcceptance", look: accept},
		"awaiting, in other words":    {claim: available, facts: known{Endpoint: state("pending-acceptance")}, state: Refuted, text: "it is pending-acceptance", look: accept},
		"failed":                      {claim: available, facts: known{Endpoint: state("failed")}, state: Refuted, text: "it is failed", look: who},
		"expired":                     {claim: available, facts: known{Endpoint: state("expired")}, state: Refuted, text: "it is expired", look: who},
		"rejected":                    {claim: available, facts: known{Endpoint: state("rejected")}, state: Refuted, text: "it is rejected", look: who},
		"of unknown state":            {claim: available, state: Unproven, text: "the state of the endpoint is unknown"},
		"connected":                   {claim: connected, facts: known{Endpoint: state("available"), Connection: "available"}, state: Holds, text: "available"},
		"connected, says the service": {claim: connected, facts: known{Endpoint: state("pending"), Connection: "available"}, state: Refuted, text: "it is pending", look: events},
		"not accepted":                {claim: connected, facts: known{Endpoint: state("available"), Connection: "pendingAcceptance"}, state: Refuted, text: "its connection with vpce-svc-1 is pendingAcceptance", look: accept},
		"an unknown connection":       {claim: connected, facts: known{Endpoint: state("available")}, state: Unproven, text: "the state of the connection with vpce-svc-1 is unknown"},

		"healthy":            {claim: healthy, facts: known{Targets: []Target{two, one}}, state: Holds, text: "i-1 healthy, i-2 healthy"},
		"one is missing":     {claim: healthy, facts: known{Targets: []Target{one}}, state: Refuted, text: "i-2 is not registered", look: "the targets of web"},
		"none is there":      {claim: healthy, state: Refuted, text: "i-1 is not registered", look: "the targets of web"},
		"one too many":       {claim: healthy, facts: known{Targets: []Target{one, two, {ID: "i-3", State: "healthy"}}}, state: Refuted, text: "i-3 is registered as well", look: "the targets of web"},
		"one is unhealthy":   {claim: healthy, facts: known{Targets: []Target{one, bad}}, state: Refuted, text: "the targets are i-1 healthy, i-2 unhealthy (Health checks failed)", look: "the health check of web, then whether the security group of i-2 admits the load balancer"},
		"one port of two is": {claim: healthy, facts: known{Targets: []Target{one, two, second}}, state: Refuted, text: "the targets are i-1 draining, i-1 healthy, i-2 healthy", look: "the health check of web, then whether the security group of i-1 admits the load balancer"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { t.Parallel(); test.check(t) })
	}
	if got := Judge(Claim{Kind: Healthy, TargetGroup: "odd"}, Facts{}, Observation{}); got.State != Unproven || got.Claim.target() != "odd" {
		t.Errorf("got %+v", got)
	}
}

func TestJudgePermitted(t *testing.T) {
	t.Parallel()
	const own, other = "arn:aws:iam::1:root", "arn:aws:iam::2:root"
	one := Claim{Kind: Permitted, Service: "vpce-svc-1", Principals: []string{own}}
	two, all := one, one
	two.Principals, all.Principals = []string{other, own}, []string{"*"}
	permit := func(arns ...string) known { return known{Principals: arns} }
	const look = "the allowed principals of vpce-svc-1, and who changed them"
	tests := map[string]judged{
		"the declared one":    {claim: one, facts: permit(own), state: Holds, text: own},
		"both, in any order":  {claim: two, facts: permit(own, other), state: Holds, text: own + " and " + other},
		"one, told twice":     {claim: one, facts: permit(own, own), state: Holds, text: own},
		"everybody, declared": {claim: all, facts: permit("*"), state: Holds, text: "everybody (*)"},
		"everybody":           {claim: one, facts: permit("*"), state: Refuted, text: "it lets everybody (*) connect", look: look},
		"everybody as well":   {claim: one, facts: permit(own, "*"), state: Refuted, text: "it lets everybody (*) connect", look: look},
		"one too many":        {claim: one, facts: permit(other, own), state: Refuted, text: "it lets " + own + " and " + other + " connect", look: look},
		"one too few":         {claim: two, facts: permit(own), state: Refuted, text: "it lets " + own + " connect", look: look},
		"another":             {claim: one, facts: permit(other), state: Refuted, text: "it lets " + other + " connect", look: look},
		"not everybody":       {claim: all, facts: permit(own), state: Refuted, text: "it lets " + own + " connect", look: look},
		"of unknown":          {claim: one, state: Unproven, text: "who may connect is unknown"},
		"a hostile text":      {claim: one, facts: permit("arn:\x1b"), state: Refuted, text: "it lets arn:? connect", look: look},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { t.Parallel(); test.check(t) })
	}
}
