package mutation

import "regexp"

// Explanation says why mutants may survive: breaking that place changes neither
// who can reach what through the pattern, nor what the proof sees of it. All of
// them differ from the snapshots in test/, and most from a relation there.
type Explanation struct {
	// Class is the class of the mutants; empty is any.
	Class Class
	// Stack and Mutant are regular expressions that match from beginning to end;
	// an empty Stack is any.
	Stack, Mutant string
	// Why is the reason, for people.
	Why string
}

// The parts of logical ids that the explanations speak of.
const (
	hosts           = `(Instance|WEB\d)\w*`   // instances with their groups, roles and profiles
	instanceConnect = `\w*InstanceConnect\w*` // EC2 Instance Connect Endpoints and the rules that admit them
	roles           = `\w*Role\w*`
)

// explanations are all survivors there may be.
var explanations = []Explanation{
	{
		Mutant: `remove dependency of \w+ on \w+`,
		Why:    "the order of creation: references give most of it again, and a proof that comes too early tries again until what it needs is there",
	},
	{
		Mutant: `(remove resource|remove|turn|point) ` + instanceConnect + `( .*)?`,
		Why:    "how a person gets a shell on an instance; the patterns do not use it",
	},
	{
		Mutant: `(remove|turn|point) ` + hosts + ` (BlockDeviceMappings|IamInstanceProfile|InstanceType|MetadataOptions|AvailabilityZone|UserData).*`,
		Why:    "what an instance is, not whom it can reach: its disk, type, metadata service, zone (its subnet gives it), role (it uses none); of a host to work from, also what it does at its start",
	},
	{
		Mutant: `(remove|turn|point) ` + hosts + ` (NetworkInterfaces|SecurityGroupEgress|SecurityGroupIngress|AssumeRolePolicyDocument|Roles|VpcId|PolicyDocument).*`,
		Why:    "an instance that a person works from: what reaches S3 or an endpoint is proved by the probers, and the reach of its own group by the relations in test/",
	},
	{
		Mutant: `.* \w*Bucket(Policy)?\w* .*|remove resource BucketPolicy\w+`,
		Why:    "the bucket's protection against others: the bucket is empty, and the proved call needs neither encryption nor its policy",
	},
	{
		Mutant: `(remove|turn) \S+ \S*(\.Version|\.Sid)`,
		Why:    "a statement's name, and a policy version that changes nothing where no policy variable is used",
	},
	{
		Mutant: `remove \S+ (SecurityGroupEgress|VpcEndpointType|EnableDnsSupport|EnableDnsHostnames|InstanceTenancy|MapPublicIpOnLaunch|Count|AvailabilityZone|PrivateDnsEnabled|ServiceTimeout|TimeLimit|PreserveClientIp|RetentionInDays|MaximumRetryAttempts|MemorySize|Timeout|LoadBalancerAttributes\S*|HealthCheck\w+|HealthyThresholdCount|UnhealthyThresholdCount|TargetGroupAttributes\S*|TargetType|Targets\[\d\]\.Port|Scheme|EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic)`,
		Why:    "AWS's default is the same, or as good for the scenario",
	},
	{
		Mutant: `(remove|turn|point) \S*(Prober|Verifier)\S* (LoggingConfig\S*|MemorySize)( .*)?|.*Logs\w+ RetentionInDays.*|point \S*EventInvokeConfig\w+ .*|remove resource \S*EventInvokeConfig\w+|remove \S*EventInvokeConfig\w+ .*`,
		Why:    "where logs go, how much memory there is, how often an invocation without an answer is retried",
	},
	{
		Mutant: `(remove|turn|point) ` + roles + ` (PolicyDocument|AssumeRolePolicyDocument|ManagedPolicyArns|Roles).*|turn \w*Grant\w* PolicyDocument.* to \*`,
		Why:    "a role that may write no logs, or more than it needs: test/security compares what each role may with what it does",
	},
	{
		Mutant: `(remove resource|remove|turn|point) (Network|MyVpc|CustomVpc)Public(DefaultRoute|RouteTableAssociation|Subnet)\w+( .*)?`,
		Why:    "the public subnet's way to the internet: nothing in it has a public address, and the pattern does not use it",
	},
	{
		Mutant: `add a peering connection of \w*Public\w* to another VPC`,
		Why:    "another way out of a subnet that is not claimed to have none",
	},
	{
		Stack:  `InterfaceEndpoint\w*|EndpointService`,
		Mutant: `add an endpoint in \w+ to another service`,
		Why:    "one more private way to somewhere else changes nothing about this one; where the claim is that nothing else is reachable, it is refuted",
	},
	{
		Mutant: `(remove|turn) \w+ SecurityGroupEgress.*`,
		Why:    "what a group lets out is irrelevant to an endpoint's interface, which only answers; without a rule CloudFormation lets everything out, which is what a prober's group does",
	},
	{
		Mutant: `turn \w*Vpc\w* EnableDnsHostnames to false`,
		Why:    "S3's names are public and the endpoint has no private ones; AWS asks for the attribute all the same, and a relation in test/ holds it",
	},
	{
		Stack:  "EndpointService",
		Mutant: `turn (LoadBalancerSecurityGroup\w+ SecurityGroupIngress\[\d\]\.|WEB\dSecurityGroupfrom\w*LoadBalancerSecurityGroup\w+ )(CidrIp|IpProtocol|ToPort) to .*`,
		Why:    "a group that admits more than it need: no other way leads to the internal load balancer and the hosts, as the proof shows; each rule is a relation in test/",
	},
	{
		Stack:  "EndpointService",
		Mutant: `turn TargetGroup\w+ (Port to 81|TargetGroupAttributes\[1\]\.Value to true)`,
		Why:    "each target is registered with its own port; with the client's address preserved, PrivateLink still shows the load balancer's",
	},
	{
		Mutant: `point \w+ ServiceToken to \w+`,
		Why:    "a prober in the verifier's place answers CloudFormation nothing: the stack fails when its ServiceTimeout is over, and its deletion as well",
	},
}

// explain finds the explanation of a survivor.
func explain(stack string, class Class, mutant string) (Explanation, bool) {
	for _, e := range explanations {
		if (e.Class == "" || e.Class == class) && matches(e.Stack, stack) && matches(e.Mutant, mutant) {
			return e, true
		}
	}
	return Explanation{}, false
}

func matches(pattern, text string) bool {
	return pattern == "" || regexp.MustCompile("^(?:"+pattern+")$").MatchString(text)
}
