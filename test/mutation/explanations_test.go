package mutation

// The parts of logical ids that the explanations speak of.
const (
	hosts = `(Instance|WEB\d)\w*` // instances with their groups, roles and profiles
)

// explanations are all mutants that need one (see [needsReason]).
var explanations = []Explanation{
	// What the oracle cannot measure.
	{
		Class:  Harmless,
		Mutant: `remove dependency of \w+ on \w+`,
		Why:    "the order of creation: references give most of it again, and a proof that comes too early tries again until what it needs is there",
	},
	{
		Class:  Harmless,
		Mutant: `(remove|turn|point) ` + hosts + ` (BlockDeviceMappings|IamInstanceProfile|InstanceType|LaunchTemplate|MetadataOptions|AvailabilityZone|UserData).*`,
		Why:    "what an instance is, not whom it can reach: its disk, type, image, metadata service, zone (its subnet gives it), role (it uses none); of a host to work from, also what it does at its start",
	},
	{
		Class:  Harmless,
		Mutant: `(remove|turn|point) ` + hosts + ` (NetworkInterfaces).*`,
		Why:    "an instance that a person works from: what reaches S3 or an endpoint is proved by the probers",
	},
	{
		Class:  Harmless,
		Mutant: `.* \w*Bucket(Policy)?\w* .*|remove resource BucketPolicy\w+`,
		Why:    "the bucket's protection against others: the bucket is empty, and the proved call needs neither encryption nor its policy",
	},
	{
		Class:  Harmless,
		Mutant: `(remove|turn|point) \S*(Prober|Verifier)\S* (LoggingConfig\S*|MemorySize|Timeout)( .*)?|.*Logs\w+ RetentionInDays.*|point \S*EventInvokeConfig\w+ .*|remove resource \S*EventInvokeConfig\w+|remove \S*EventInvokeConfig\w+ .*`,
		Why:    "where logs go, how much memory there is, how often an invocation without an answer is retried",
	},
	{
		Class:  Harmless,
		Mutant: `remove \S+ (Count|ServiceTimeout|TimeLimit)`,
		Why:    "AWS's default is the same, or as good",
	},
	{
		Class:  Harmless,
		Mutant: `(remove|point) ` + hosts + ` Roles.*`,
		Why:    "the role of an instance: it has no permissions, and the instance uses none",
	},

	// What is worse than declared, and deploys.
	{
		Class:  Harmful,
		Mutant: `(remove|turn|point) \w*InstanceConnect\w* .*|point (Instance|WEB\d)SecurityGroupfrom\w*InstanceConnect\w+ .*|add an (in|e)gress rule .* of \w*InstanceConnectSecurityGroup\w+, .*`,
		Why:    "who gets a shell on which instance, inside the VPC: IAM decides who may open one at all, and nothing outside the VPC reaches it",
	},
	{
		Class:  Harmful,
		Mutant: `add an ingress rule .* of (Instance|\w*Probers)SecurityGroup\w+, .*`,
		Why:    "who inside the VPC reaches the instance that a person works from, or a prober, where nothing listens: no pattern is about them, and nobody outside the VPC reaches them",
	},
	{
		Class:  Harmful,
		Mutant: `turn ` + hosts + `Role\w+ AssumeRolePolicyDocument.*`,
		Why:    "the role of an instance has no permissions",
	},
	{
		Class:  Harmful,
		Mutant: `point NetworkPublicRouteTableAssociation\w+ RouteTableId to \w+`,
		Why:    "another way out of a subnet that is not claimed to have none",
	},

	// What is not worse than declared, and does not deploy.
	{
		Class:  Strict,
		Mutant: `add .*, after the proof`,
		Why:    "what waits for the proof is refused by its type: the proof has the last word, and cannot see it",
	},
	{
		Class:  Strict,
		Mutant: `(remove|turn) \w+Endpoint\w+ PolicyDocument.*`,
		Why:    "an endpoint's policy is exactly the declared one: that another one gives nobody more here is nothing that a claim could know",
	},
	{
		Class:  Strict,
		Mutant: `add an? (instance with a public address in|elastic address of|associated elastic address of) \w+, .*|turn ` + hosts + ` NetworkInterfaces\[0\]\.AssociatePublicIpAddress to true`,
		Why:    "packets from the internet arrive at a public address, if only one way: no route takes the answers out, today",
	},
	{
		Class:  Strict,
		Mutant: `add a network ACL that (hides one way out|denies all), for \w+, .*`,
		Why:    "a prober behind a network ACL cannot show that the network keeps it from anything",
	},
	{
		Class:  Strict,
		Mutant: `add a transit gateway from \w*Public\w* to another VPC, .*`,
		Why:    "a route of another subnet to another network: a host there could pass traffic on; that none does today is nothing that a claim could know",
	},
	{
		Class:  Strict,
		Mutant: `add a permission for a service to invoke \w*Probers\w+, .*`,
		Why:    "who may invoke a prober has it connect to whatever they say: the oracle does not invoke functions",
	},
	{
		Class:  Strict,
		Mutant: `add (a policy of|an AWS managed policy of) \w*VerifierRole\w+.*`,
		Why:    "the verifier may look and do nothing else: what it could change with more, the oracle does not try",
	},
	{
		Class:  Strict,
		Mutant: `remove Instance\w+ UserData|turn InstanceReport\w+ Count to 2`,
		Why:    "the stack waits for a report that never comes",
	},

	// EndpointService.
	{
		Class:  Harmful,
		Mutant: `point Instance\w+ NetworkInterfaces\[0\]\.GroupSet\[0\] to \w+`,
		Why:    "the group of the instance that a person works from",
	},
	{
		Class: Harmful, Stack: "EndpointService",
		Mutant: `add an egress rule .* of WEB\dSecurityGroup\w+, .*|remove WEB\dSecurityGroup\w+ SecurityGroupEgress.*`,
		Why:    "what the hosts behind the load balancer may send to others in their VPC, from which nothing leads out",
	},
	{
		Class: Strict, Stack: "EndpointService",
		Mutant: `add an ingress rule .* of LoadBalancerSecurityGroup\w+, .*|turn LoadBalancerSecurityGroup\w+ SecurityGroupIngress.*`,
		Why:    "the load balancer's group admits exactly what is declared: nobody else has a way to an internal one, today",
	},
	{
		Class: Strict, Stack: "EndpointService",
		Mutant: `point WEB\dSecurityGroupfrom\w*InstanceConnect\w+ SourceSecurityGroupId to WEB\dSecurityGroup\w+`,
		Why:    "the hosts' groups admit exactly what is declared: nothing listens at the port that this one opens between hosts",
	},
	{
		Class: Strict, Stack: "EndpointService",
		Mutant: `add a peering connection for some addresses between \w+ and \w+, .*`,
		Why:    "no route leads from one VPC into the other: that this one misses the hosts is nothing that a claim could know",
	},
	{
		Class: Strict, Stack: "EndpointService",
		Mutant: `add a listener of \w+ to \w+, .*|add an empty target group behind \w+, .*`,
		Why:    "a listener that is not declared leads elsewhere as soon as a group admits its port",
	},
	{
		Class:  Strict,
		Mutant: `(add an ingress rule .* of|turn) \w+EndpointSecurityGroup\w+(, .*| SecurityGroupIngress.*)|point \w+ GroupId to \w+EndpointSecurityGroup\w+`,
		Why:    "an endpoint's group admits exactly what is declared: what more it admits here has no way to it, or ends at a port that nothing serves, today",
	},
	{
		Class:  Strict,
		Mutant: `add .*, by an update that leaves the proof alone`,
		Why:    "an edit by hand has the proof wait for nothing new: what is still being made when it runs is refused, whatever it is",
	},
}
