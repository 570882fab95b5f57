package iam

import "strings"

// knownKeys are the condition keys whose value the lab knows for every request,
// or knows to be absent, in lower case. A new one is one entry here. The global
// ones are described in
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html.
var knownKeys = map[string]bool{
	"aws:principalaccount":      true,
	"aws:principalarn":          true,
	"aws:principalisawsservice": true,
	"aws:principalservicename":  true,
	"aws:principaltype":         true,
	"aws:requestedregion":       true,
	"aws:resourceaccount":       true,
	"aws:securetransport":       true,
	"aws:sourceaccount":         true,
	"aws:sourcearn":             true,
	"aws:sourceip":              true,
	"aws:sourcevpc":             true,
	"aws:sourcevpce":            true,
	"aws:userid":                true,
	"aws:viaawsservice":         true,
	"aws:username":              true,
	"aws:vpcsourceip":           true,
	"iam:passedtoservice":       true,
	"sts:externalid":            true,
	"sts:rolesessionname":       true,
	"s3:delimiter":              true,
	"s3:max-keys":               true,
	"s3:prefix":                 true,
	"s3:resourceaccount":        true,
	"s3:x-amz-content-sha256":   true,
	"s3:authtype":               true,
	"s3:signatureversion":       true,
	// About calls of KMS, of which the lab has none.
	"kms:calleraccount": true,
	"kms:viaservice":    true,
	"s3:x-amz-acl":      true,
	"aws:tagkeys":       true,
	// Set for the code of a function and of an instance
	// (docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html).
	"lambda:sourcefunctionarn": true,
	"ec2:sourceinstancearn":    true,
	// docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
	"events:source":      true,
	"events:detail-type": true,
	"ssm:overwrite":      true,
	// An account outside of any organization has none of these.
	"aws:principalorgid":    true,
	"aws:principalorgpaths": true,
	"aws:resourceorgid":     true,
	"aws:resourceorgpaths":  true,
}

// tagKeys are the beginnings of keys that name a tag. The lab's principals carry none,
// and none of its calls sets one.
var tagKeys = []string{"aws:principaltag/", "aws:requesttag/"}

// keyed are the services whose calls, in the lab, may carry keys of their own that are not
// in [knownKeys]: of these only the known ones can be evaluated.
var keyed = map[string]bool{"aws": true, "s3": true, "lambda": true}

// KnownKey reports whether the lab can evaluate a condition key or variable.
// Keys are compared without regard to case. A key of a service that the lab has no such
// calls of, such as ecs:cluster, is known to be absent: a condition on it holds for none of
// the calls that there are. That includes ec2:Subnet and ec2:Vpc, which AWS sets where Lambda
// makes interfaces with a function's role.
func KnownKey(key string) bool {
	key = strings.ToLower(key)
	for _, prefix := range tagKeys {
		if tag, ok := strings.CutPrefix(key, prefix); ok {
			return tag != ""
		}
	}
	service, name, ok := strings.Cut(key, ":")
	if !ok || name == "" || keyed[service] {
		return knownKeys[key]
	}
	return true
}
