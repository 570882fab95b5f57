package proof

// Claim is one thing that must be true. It is plain data: it travels as JSON in
// the properties of a Custom::EndpointProof resource. CloudFormation passes every
// scalar of a custom resource as a string, so every scalar here is one too
// (see [Number]). The definition of each kind says which fields it requires and
// which it may use. All others must be empty: [Claim.Validate] refuses them.
type Claim struct {
	// ID names the claim within its verification: letters and digits only,
	// because it is also the name of the resource attribute that carries the
	// evidence. Required.
	ID string `json:"Id"`
	// Kind says what is claimed. Required.
	Kind Kind `json:"Kind"`
	// From is the vantage point that measures, or that the claim is about.
	From string `json:"From,omitempty"`

	// Host is the target's DNS name or address.
	Host string `json:"Host,omitempty"`
	// Endpoint is the id of the VPC endpoint (vpce-…). If a measured claim has no
	// Host, the endpoint's regional DNS name is the target. It is read from the
	// endpoint's DnsEntries at run time.
	Endpoint string `json:"Endpoint,omitempty"`
	// Named says which name of Endpoint is the target where there is no Host:
	// [NamedPrivate]. Default: the endpoint's own.
	Named string `json:"Named,omitempty"`
	// Zone narrows Endpoint to one Availability Zone: the target is the zonal
	// name, the expected addresses are the zone's.
	Zone string `json:"Zone,omitempty"`
	// Port is the TCP port. Default: 443, and 80 where Scheme is http.
	Port Number `json:"Port,omitempty"`
	// Scheme is http or https. Default: https.
	Scheme string `json:"Scheme,omitempty"`
	// Path is the request path with its query. Default: /.
	Path string `json:"Path,omitempty"`

	// Answer is where DNS answers must lie: [AnswerInterfaces],
	// [AnswerPrefixList], [AnswerPublic] or [AnswerAddresses].
	Answer string `json:"Answer,omitempty"`
	// Addresses are the literal addresses that a name must resolve to.
	Addresses []string `json:"Addresses,omitempty"`
	// PrefixList is the name of an AWS-managed prefix list
	// (com.amazonaws.REGION.s3).
	PrefixList string `json:"PrefixList,omitempty"`
	// Call is a signed AWS call.
	Call *Call `json:"Call,omitempty"`
	// Hosts are the hosts behind a load balancer: for Spreads the texts by which
	// they name themselves (the trimmed response body), for Healthy the ids of
	// the targets.
	Hosts []string `json:"Hosts,omitempty"`
	// Requests is the least number of fresh connections. Default: as many as it
	// takes to tell the hosts from chance, such as 261 for two. Later rounds make
	// more.
	Requests Number `json:"Requests,omitempty"`

	// Service is the id of an endpoint service (vpce-svc-…).
	Service string `json:"Service,omitempty"`
	// Principals are the ARNs of those who may connect to Service, * for
	// everybody. Their order makes no difference.
	Principals []string `json:"Principals,omitempty"`
	// TargetGroup is the ARN of a target group, TargetGroups are those of others that
	// are wanted besides.
	TargetGroup  string   `json:"TargetGroup,omitempty"`
	TargetGroups []string `json:"TargetGroups,omitempty"`
	// Balancer is the ARN of a load balancer, Listeners are its listeners, each as
	// [ListenerText] writes it.
	Balancer  string   `json:"Balancer,omitempty"`
	Listeners []string `json:"Listeners,omitempty"`
	// Sources are those that security groups may admit: CIDR blocks, and ids of
	// security groups (sg-…), prefix lists (pl-…) and VPCs (vpc-…), which stand for
	// all their CIDR blocks.
	Sources []string `json:"Sources,omitempty"`
	// Services are ids of endpoint services (vpce-svc-…) that are wanted besides.
	Services []string `json:"Services,omitempty"`
	// Acceptance is "required" where the owner of Service must accept each
	// connection.
	Acceptance string `json:"Acceptance,omitempty"`
	// Endpoints are ids of VPC endpoints (vpce-…) that are wanted besides.
	Endpoints []string `json:"Endpoints,omitempty"`
	// Policy is a policy document as JSON text. Order makes no difference, nor
	// does a list of one in place of a single value.
	Policy string `json:"Policy,omitempty"`
	// NetworkACLs are ids of network ACLs (acl-…) that are wanted, for Unfiltered.
	NetworkACLs []string `json:"NetworkAcls,omitempty"`
	// Ways are the ids of what routes may lead to besides the VPC itself: gateway
	// endpoints, and gateways that are wanted.
	Ways []string `json:"Ways,omitempty"`
	// Public are those that may have a public address, or let others in: instances, network
	// interfaces, NAT gateways, allocations of Elastic IP addresses and endpoint services by
	// their ids, load balancers by their ARNs, interfaces of AWS's services by their type, those of
	// Client VPN and WorkSpaces as client_vpn and workspaces.
	Public []string `json:"Public,omitempty"`
	// Zones are those that may decide about names in a VPC: private hosted zones
	// by their ids or names, resolver rules, DNS Firewall rule groups and Route 53
	// profiles by their ids, DNS servers of DHCP options by their addresses.
	Zones []string `json:"Zones,omitempty"`
	// Action is an IAM action, such as s3:ListBucket, and Resource the ARN that it is
	// granted on.
	Action   string `json:"Action,omitempty"`
	Resource string `json:"Resource,omitempty"`
	// Subnets are subnet ids, Group is a security group id, and Role is the ARN
	// of a role.
	Subnets []string `json:"Subnets,omitempty"`
	Group   string   `json:"Group,omitempty"`
	Role    string   `json:"Role,omitempty"`
	// Code is the SHA-256 of a function's deployment package in Base64, as Lambda tells
	// it (docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html).
	Code string `json:"Code,omitempty"`

	// Stack is the ARN of the stack that the verification is part of, Digest
	// that of its template, and Proofs that of what its proofs say, for Last.
	Stack  string `json:"Stack,omitempty"`
	Digest string `json:"Digest,omitempty"`
	Proofs string `json:"Proofs,omitempty"`
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
	// Headers are further headers, each as "Name: value". They are signed. Those that
	// signing sets itself, such as Host and Authorization, are refused. Default of
	// Content-Type where Method is POST: a form, as AWS's Query protocol has it.
	Headers []string `json:"Headers,omitempty"`
	// Body is the body of a POST.
	Body string `json:"Body,omitempty"`
}
