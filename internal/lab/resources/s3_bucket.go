package resources

import (
	"context"
	"fmt"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::S3::Bucket", (*Resources).bucketType) }

type bucketProps struct {
	BucketName        string `cfn:"replace"`
	BucketEncryption  *bucketEncryption
	OwnershipControls any `cfn:"inert"` // about ACLs, which the lab's S3 does not have

	PublicAccessBlockConfiguration *publicAccessBlock

	AccessControl           string   `cfn:"only=Private"`
	VersioningConfiguration any      `cfn:"inert"` // the lab's S3 shows the newest version alone
	LifecycleConfiguration  any      `cfn:"inert"` // nothing in the lab lives for a day
	LoggingConfiguration    any      `cfn:"inert"` // access logs come hours later, and nothing reads them
	Tags                    cfn.Tags `cfn:"inert"` // names for people
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

// bucketEncryption is encryption at rest. With S3's own keys, and with the key that AWS
// manages for S3, no caller in the account sees it. With another key of KMS callers would need
// permissions on it, which the lab does not have
// (docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#aws-managed-customer-managed-keys).
type bucketEncryption struct {
	ServerSideEncryptionConfiguration []struct {
		BucketKeyEnabled              *bool `cfn:"inert"` // saves calls to KMS
		ServerSideEncryptionByDefault struct {
			SSEAlgorithm   string `cfn:"required,only=AES256|aws:kms"`
			KMSMasterKeyID string `cfn:"only=alias/aws/s3"` // AWS's own, by default
		} `cfn:"required,inert"`
	} `cfn:"required"`
}

// bucketType is AWS::S3::Bucket. Its Ref is the name. Deleting one that is not
// empty fails, as on AWS.
func (r *Resources) bucketType() cfn.Definition[bucketProps] {
	return cfn.Definition[bucketProps]{
		Attributes: []string{"Arn", "DomainName", "RegionalDomainName", "DualStackDomainName"},
		Create: func(_ context.Context, c cfn.TypedRequest[bucketProps]) (cfn.Result, error) {
			name := c.Props.BucketName
			if name == "" {
				name = r.lowerName(c.Request, 63)
			}
			if err := r.Buckets.CreateBucket(name); err != nil {
				return cfn.Result{}, err
			}
			r.setBlock(name, c.Props.blocks())
			return cfn.Result{PhysicalID: name, Attributes: map[string]any{
				"Arn":                 r.Scope.Bucket(name),
				"DomainName":          name + ".s3.amazonaws.com",
				"RegionalDomainName":  fmt.Sprintf("%s.s3.%s.amazonaws.com", name, r.Scope.Region),
				"DualStackDomainName": fmt.Sprintf("%s.s3.dualstack.%s.amazonaws.com", name, r.Scope.Region),
			}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[bucketProps]) (cfn.Result, error) {
			r.setBlock(c.PhysicalID, c.Props.blocks())
			return cfn.Result{}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[bucketProps]) error {
			return ignoreGone(r.Buckets.DeleteBucket(c.PhysicalID))
		},
	}
}

// setBlock notes whether a bucket refuses public policies.
func (r *Resources) setBlock(bucket string, blocks bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocks[bucket] = blocks
}
