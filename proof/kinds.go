package proof

// rule says what a kind of claim is made of.
type rule struct {
	// uses are the fields of Claim that the kind reads, required those of them
	// that must be set. Id and Kind are always both.
	uses, required []string
	// target: the kind needs Host, or Endpoint for one of its own names.
	target bool
	// negative: the claim must hold several rounds running.
	negative bool
}

// rules are all kinds.
var rules = map[Kind]rule{
	Resolves:    {uses: []string{"From", "Host", "Endpoint", "Zone", "Answer", "PrefixList"}, required: []string{"From", "Answer"}, target: true},
	Connects:    {uses: []string{"From", "Host", "Endpoint", "Zone", "Port"}, required: []string{"From"}, target: true},
	Secures:     {uses: []string{"From", "Host", "Endpoint", "Zone", "Port"}, required: []string{"From"}, target: true},
	Answers:     {uses: []string{"From", "Host", "Endpoint", "Zone", "Port", "Scheme", "Path"}, required: []string{"From"}, target: true},
	Spreads:     {uses: []string{"From", "Host", "Endpoint", "Zone", "Port", "Scheme", "Path", "Hosts", "Requests"}, required: []string{"From", "Hosts"}, target: true},
	Allowed:     {uses: []string{"From", "Host", "Endpoint", "Zone", "Port", "Call"}, required: []string{"From", "Call"}, target: true},
	Denied:      {uses: []string{"From", "Host", "Endpoint", "Zone", "Port", "Call"}, required: []string{"From", "Call"}, target: true, negative: true},
	Unreachable: {uses: []string{"From", "Host", "Endpoint", "Zone", "Port"}, required: []string{"From"}, target: true, negative: true},
	Routed:      {uses: []string{"Endpoint", "PrefixList", "RouteTables"}, required: []string{"Endpoint", "PrefixList", "RouteTables"}},
	Unrouted:    {uses: []string{"Endpoint"}, required: []string{"Endpoint"}},
	Enclosed:    {uses: []string{"RouteTables", "Subnets"}, required: []string{"RouteTables"}},
	Guarded:     {uses: []string{"Endpoint", "Port"}, required: []string{"Endpoint"}},
	Available:   {uses: []string{"Endpoint", "Service"}, required: []string{"Endpoint"}},
	Limited:     {uses: []string{"Endpoint", "Policy"}, required: []string{"Endpoint", "Policy"}},
	Permitted:   {uses: []string{"Service", "Principals"}, required: []string{"Service", "Principals"}},
	Placed:      {uses: []string{"From", "Subnets", "Group", "Role"}, required: []string{"From"}},
	Healthy:     {uses: []string{"TargetGroup", "Hosts"}, required: []string{"TargetGroup", "Hosts"}},
}

// Measured tells whether claims of this kind need a probe at a vantage point;
// the others are judged by facts alone.
func (k Kind) Measured() bool { return rules[k].target }

// Negative tells whether claims of this kind say that something must not be.
// Such a claim must hold several rounds running.
func (k Kind) Negative() bool { return rules[k].negative }
