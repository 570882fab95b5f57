package resources

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

// generation counts how often a resource was made: a replacement has other ids
// than what it replaces.
func (r *Resources) generation(key string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generations[key]++
	return fmt.Sprint(key, "/", r.generations[key])
}

// key tells a resource of a template from all others.
func key(q cfn.Request) string { return q.StackID + "/" + q.LogicalID }

// digest spreads text over 64 hexadecimal digits.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// id makes a new id in EC2's form: the prefix and 17 hexadecimal digits, the
// first of them 0 as EC2's are.
func (r *Resources) id(prefix string, q cfn.Request) string { return r.freshID(prefix, key(q)) }

// freshID makes a new id for what text tells from all else.
func (r *Resources) freshID(prefix, text string) string {
	return prefix + "0" + digest(r.generation(prefix + text))[:16]
}

// derived is the id of something that comes with the object that has id.
func derived(prefix, id string) string { return prefix + "0" + digest(prefix + id)[:16] }

// name makes a physical name as CloudFormation does, of the stack's name, the
// logical id and random letters, cut to limit characters in all
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html).
func (r *Resources) name(q cfn.Request, limit int) string {
	const random = 12
	room := limit - random - 2
	stack, logical := q.Stack, q.LogicalID
	switch half := room / 2; {
	case len(stack)+len(logical) <= room:
	case len(stack) <= half:
		logical = logical[:room-len(stack)]
	case len(logical) <= half:
		stack = stack[:room-len(logical)]
	default:
		stack, logical = stack[:half], logical[:half]
	}
	return strings.Trim(stack, "-") + "-" + logical + "-" + letters(r.generation(key(q)), random)
}

// lowerName is name in lower case, as buckets need it.
func (r *Resources) lowerName(q cfn.Request, limit int) string {
	return strings.ToLower(r.name(q, limit))
}

// letters makes n letters and digits of a text.
func letters(text string, n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	sum := sha256.Sum256([]byte(text))
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return string(out)
}

// arn makes an ARN in the Region and account of the lab.
func (r *Resources) arn(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", r.Partition, service, r.Region, r.Account, resource)
}
