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
		Mutant: `(remove|turn|point) ` + hosts + ` (BlockDeviceMappings|IamInstanceProfile|InstanceType|MetadataOptions|AvailabilityZone|UserData).*`,
		Why:    "what an instance is, not whom it can reach: its disk, type, metadata service, zone (its subnet gives it), role (it uses none); of a host to work from, also what it does at its start",
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
}
