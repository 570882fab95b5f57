package resources

import (
	"context"
	"fmt"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::S3::Bucket", (*Resources).bucketType) }

type bucketProps struct {
	BucketName        string `cfn:"replace"`
	BucketEncryption  *bucketEncryption
	OwnershipControls any `cfn:"inert"` // about ACLs, which the lab's S3 does not have

	PublicAccessBlockConfiguration *publicAccessBlock

	LifecycleConfiguration           any    `cfn:"inert"` // nothing in the lab lives for a day
	LoggingConfiguration             any    `cfn:"inert"` // access logs come hours later, and nothing reads them
	VersioningConfiguration          any    `cfn:"inert"` // each key has one version
	CorsConfiguration                any    `cfn:"inert"` // about browsers
	WebsiteConfiguration             any    `cfn:"inert"` // nobody answers at the website's name
	AccelerateConfiguration          any    `cfn:"inert"` // nobody answers at the accelerated name
	ReplicationConfiguration         any    `cfn:"inert"` // nothing is copied
	AnalyticsConfigurations          any    `cfn:"inert"` // nothing is counted
	MetricsConfigurations            any    `cfn:"inert"` // nothing is counted
	InventoryConfigurations          any    `cfn:"inert"` // lists come a day later
	IntelligentTieringConfigurations any    `cfn:"inert"` // what storage costs
	ObjectLockEnabled                *bool  `cfn:"inert"` // nothing in the lab lives for a day
	ObjectLockConfiguration          any    `cfn:"inert"` // nothing in the lab lives for a day
	NotificationConfiguration        any    `cfn:"inert"` // no notifications are sent
	MetadataConfiguration            any    `cfn:"inert"` // no tables are made
	MetadataTableConfiguration       any    `cfn:"inert"` // no tables are made
	AccessControl                    string `cfn:"inert"` // ACLs, which the lab's S3 does not have
	Tags                             cfn.Tags
}

// publicAccessBlock refuses public policies. The lab's S3 has no ACLs, and no
// callers from other accounts.
type publicAccessBlock struct {
	BlockPublicPolicy     *bool
	BlockPublicAcls       *bool `cfn:"inert"`
	IgnorePublicAcls      *bool `cfn:"inert"`
	RestrictPublicBuckets *bool `cfn:"inert"`
}

// blocks reports whether public policies are refused. For new buckets they are,
// unless the properties say otherwise
// (docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
func (p bucketProps) blocks() bool {
	if p.PublicAccessBlockConfiguration == nil {
		return true
	}
	return valueOr(p.PublicAccessBlockConfiguration.BlockPublicPolicy, false)
}

// bucketEncryption is encryption at rest. With S3's own keys no caller sees it;
// with KMS callers need permissions of the key, which the lab does not ask for.
type bucketEncryption struct {
	ServerSideEncryptionConfiguration []struct {
		BucketKeyEnabled              *bool `cfn:"inert"` // saves calls to KMS
		ServerSideEncryptionByDefault struct {
			SSEAlgorithm   string `cfn:"required,only=AES256|aws:kms|aws:kms:dsse"`
			KMSMasterKeyID string // whose permissions are not asked for
		} `cfn:"required"`
	} `cfn:"required"`
}

// inert says what of a bucket does nothing that somebody might wait for.
func (p bucketProps) inert() string {
	var out []string
	if p.NotificationConfiguration != nil {
		out = append(out, "no notifications are sent")
	}
	if p.ReplicationConfiguration != nil {
		out = append(out, "nothing is copied")
	}
	if p.WebsiteConfiguration != nil {
		out = append(out, "nobody answers at the website's name")
	}
	if p.BucketEncryption != nil {
		for _, c := range p.BucketEncryption.ServerSideEncryptionConfiguration {
			if c.ServerSideEncryptionByDefault.SSEAlgorithm != "AES256" {
				out = append(out, "nothing is encrypted, and no permissions of a key are asked for")
			}
		}
	}
	return strings.Join(out, "; ")
}

// bucketType is AWS::S3::Bucket. Its Ref is the name. Deleting one that is not
// empty fails, as on AWS.
func (r *Resources) bucketType() cfn.Definition[bucketProps] {
	return cfn.Definition[bucketProps]{
		Attributes: []string{"Arn", "DomainName", "RegionalDomainName", "DualStackDomainName", "WebsiteURL"},
		Inert:      func(p bucketProps, _ map[string]string) string { return p.inert() },
		Create: func(_ context.Context, c cfn.TypedRequest[bucketProps]) (cfn.Result, error) {
			name := c.Props.BucketName
			if name == "" {
				name = r.lowerName(c.Request, 63)
			}
			if err := r.Buckets.CreateBucket(name); err != nil {
				return cfn.Result{}, err
			}
			r.setBlock(name, c.Props.blocks())
			if err := r.Buckets.SetTags(name, c.Props.tags(c.Request)); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: name, Attributes: map[string]any{
				"Arn":                 r.Scope.Bucket(name),
				"DomainName":          name + ".s3.amazonaws.com",
				"RegionalDomainName":  fmt.Sprintf("%s.s3.%s.amazonaws.com", name, r.Scope.Region),
				"WebsiteURL":          fmt.Sprintf("http://%s.s3-website.%s.amazonaws.com", name, r.Scope.Region),
				"DualStackDomainName": fmt.Sprintf("%s.s3.dualstack.%s.amazonaws.com", name, r.Scope.Region),
			}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[bucketProps]) (cfn.Result, error) {
			r.setBlock(c.PhysicalID, c.Props.blocks())
			return cfn.Result{}, r.Buckets.SetTags(c.PhysicalID, c.Props.tags(c.Request))
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[bucketProps]) error {
			return ignoreGone(r.Buckets.DeleteBucket(c.PhysicalID))
		},
	}
}

// tags are the bucket's tags, with those that CloudFormation adds
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html).
func (p bucketProps) tags(q cfn.Request) map[string]string {
	out := map[string]string{"aws:cloudformation:stack-name": q.Stack, "aws:cloudformation:stack-id": q.StackID, "aws:cloudformation:logical-id": q.LogicalID}
	for _, t := range p.Tags {
		out[t.Key] = t.Value
	}
	return out
}

// setBlock notes whether a bucket refuses public policies.
func (r *Resources) setBlock(bucket string, blocks bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocks[bucket] = blocks
}
