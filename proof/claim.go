package proof

// Claim is one thing that must be true. It is plain data: it travels as JSON in
// the properties of a Custom::EndpointProof resource. CloudFormation hands every
// scalar of a custom resource over as a string, so every scalar here is one too
// (see [Number]); fields that a kind does not use stay empty, and
// [Claim.Validate] refuses them.
type Claim struct {
	// ID names the claim within its verification: letters and digits only,
	// because it is also the name of the resource attribute that carries the
	// evidence. Required.
	ID string `json:"Id"`
	// Kind says what is claimed. Required.
	Kind Kind `json:"Kind"`
	// From is the vantage point that measures. Required for measured kinds and
	// for Placed.
	From string `json:"From,omitempty"`

	// Host is the target's DNS name or address. Measured kinds need Host, or
	// Endpoint for one of the endpoint's own names.
	Host string `json:"Host,omitempty"`
	// Endpoint is the id of the VPC endpoint (vpce-…). Where Host is empty, its
	// regional DNS name, read from its DnsEntries at run time, is the target.
	Endpoint string `json:"Endpoint,omitempty"`
	// Zone narrows Endpoint to one Availability Zone: the target is the zonal
	// name, the expected addresses are the zone's.
	Zone string `json:"Zone,omitempty"`
	// Port is the TCP port. Default: 443, and 80 where Scheme is http.
	Port Number `json:"Port,omitempty"`
	// Scheme is http or https, for Answers and Spreads. Default: https.
	Scheme string `json:"Scheme,omitempty"`
	// Path is the request path with its query, for Answers and Spreads. Default: /.
	Path string `json:"Path,omitempty"`

	// Answer is where the answers of a Resolves claim must lie. Required there.
	Answer string `json:"Answer,omitempty"`
	// PrefixList is the name of an AWS-managed prefix list
	// (com.amazonaws.REGION.s3). Required where Answer is prefix-list and for
	// Routed.
	PrefixList string `json:"PrefixList,omitempty"`
	// Call is the signed AWS call of Allowed and Denied. Required there.
	Call *Call `json:"Call,omitempty"`
	// Hosts are the texts by which the hosts behind the target name themselves
	// (the trimmed response body), for Spreads; for Healthy, the ids of the targets.
	Hosts []string `json:"Hosts,omitempty"`
	// Requests is how many fresh connections Spreads makes. Default: 64, and
	// as many more as it takes to tell more than four hosts from chance.
	Requests Number `json:"Requests,omitempty"`

	// RouteTables are route table ids, for Routed and Enclosed.
	RouteTables []string `json:"RouteTables,omitempty"`
	// Service is the id of the endpoint service (vpce-svc-…) whose connection
	// with Endpoint must be accepted, for Available, where it is optional; for
	// Permitted, the service that lets Principals connect.
	Service string `json:"Service,omitempty"`
	// Principals are the ARNs of who may connect to Service, * for everybody,
	// for Permitted. Their order makes no difference.
	Principals []string `json:"Principals,omitempty"`
	// TargetGroup is the ARN of the target group, for Healthy.
	TargetGroup string `json:"TargetGroup,omitempty"`
	// Policy is a policy document as JSON text, for Limited. Order, and a list of
	// one in place of a single value, make no difference.
	Policy string `json:"Policy,omitempty"`
	// Subnets are subnet ids, for Placed and Enclosed; Group is a security group id and Role the
	// ARN of a role, for Placed.
	Subnets []string `json:"Subnets,omitempty"`
	Group   string   `json:"Group,omitempty"`
	Role    string   `json:"Role,omitempty"`
}

// Call is an AWS API call that is signed with the prober's own credentials and
// sent to the claim's target over HTTPS.
type Call struct {
	// Service is the signing name, such as s3 or cloudformation. Required.
	Service string `json:"Service"`
	// Action is the IAM action that the call needs, such as s3:ListBucket; it
	// is shown to people. Required.
	Action string `json:"Action"`
	// Method is GET or POST. Default: GET.
	Method string `json:"Method,omitempty"`
	// Path is the request path with its query. Default: /.
	Path string `json:"Path,omitempty"`
	// Body is the form-encoded body of a POST.
	Body string `json:"Body,omitempty"`
}
