// Package awsid makes the identifiers of AWS's things: ARNs, ids, names and
// access keys in AWS's forms.
//
// Nothing here is random. An id follows from the text that it is made of: two runs
// of the same deployment have the same ids. The caller keeps the texts apart.
package awsid

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
)

// Scope is an account in a Region: what the ARNs of its resources have in common
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
type Scope struct {
	// Partition is the first part. Default: aws.
	Partition string
	// Region and Account are required.
	Region, Account string
}

func (s Scope) partition() string {
	if s.Partition == "" {
		return "aws"
	}
	return s.Partition
}

// ARN returns the ARN of a resource in the Region and account.
func (s Scope) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", s.partition(), service, s.Region, s.Account, resource)
}

// GlobalARN returns the ARN of a resource of a service that has no Regions, such
// as iam and sts.
func (s Scope) GlobalARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", s.partition(), service, s.Account, resource)
}

// Root returns the ARN that stands for the whole account.
func (s Scope) Root() string { return s.GlobalARN("iam", "root") }

// Bucket returns the ARN of a bucket. Its name is unique without Region and account.
func (s Scope) Bucket(name string) string { return "arn:" + s.partition() + ":s3:::" + name }

// ManagedPolicy returns the ARN of a managed policy of AWS's own.
func (s Scope) ManagedPolicy(name string) string {
	return Scope{Partition: s.Partition, Account: "aws"}.GlobalARN("iam", "policy/"+name)
}

// sum spreads texts over 32 bytes.
func sum(parts []string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join(parts, "\x00")))
}

// EC2 makes an id in EC2's form: a prefix that ends in a hyphen, and 17
// hexadecimal digits of which the first is 0.
func EC2(prefix string, parts ...string) string { return prefix + "0" + Hex(16, parts...) }

// Derived makes the id of something that comes with the object that has id, such
// as the main route table of a VPC.
func Derived(prefix, id string) string { return EC2(prefix, prefix+id) }

// Hex makes a text of n hexadecimal digits, 64 at most.
func Hex(n int, parts ...string) string {
	s := sum(parts)
	return hex.EncodeToString(s[:])[:n]
}

// UUID makes an id in the form of a UUID of version 4, as AWS gives its requests.
func UUID(parts ...string) string {
	h := Hex(32, parts...)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:]
}

// Upper makes a text of n capital letters and digits, 52 at most, as IAM's
// unique ids and access keys have them behind their first four letters
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids).
func Upper(n int, parts ...string) string {
	s := sum(parts)
	return base32.StdEncoding.EncodeToString(s[:])[:n]
}

// Alphanumeric makes a text of n letters and digits, 32 at most.
func Alphanumeric(n int, parts ...string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	s := sum(parts)
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[int(s[i])%len(alphabet)]
	}
	return string(out)
}

// Secret makes a secret access key of 40 characters. It protects nothing: it follows
// from the text.
func Secret(parts ...string) string { return Hex(40, append([]string{"secret"}, parts...)...) }

// Physical makes a physical name as CloudFormation does: the stack's name, the
// logical id and 12 letters and digits made of seed, cut to limit characters in
// all (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html).
func Physical(stack, logicalID, seed string, limit int) string {
	const random = 12
	room := limit - random - 2
	switch half := room / 2; {
	case len(stack)+len(logicalID) <= room:
	case len(stack) <= half:
		logicalID = logicalID[:room-len(stack)]
	case len(logicalID) <= half:
		stack = stack[:room-len(logicalID)]
	default:
		stack, logicalID = stack[:half], logicalID[:half]
	}
	return strings.Trim(stack, "-") + "-" + logicalID + "-" + Alphanumeric(random, seed)
}

// Lower makes a text of n small letters and digits, 49 at most, as AWS's DNS
// names have them.
func Lower(n int, parts ...string) string {
	s := sum(parts)
	text := new(big.Int).SetBytes(s[:]).Text(36)
	return text[len(text)-n:]
}
