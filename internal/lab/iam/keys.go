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
	// Set for the code of a function and of an instance
	// (docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html).
	"lambda:sourcefunctionarn": true,
	"ec2:sourceinstancearn":    true,
	// An account outside of any organization has none of these.
	"aws:principalorgid":    true,
	"aws:principalorgpaths": true,
	"aws:resourceorgid":     true,
	"aws:resourceorgpaths":  true,
}

// KnownKey reports whether the lab can evaluate a condition key or variable.
// Keys are compared without regard to case. Tags of principals
// (aws:PrincipalTag/…) are known: the lab's principals carry none.
func KnownKey(key string) bool {
	key = strings.ToLower(key)
	if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
		return tag != ""
	}
	return knownKeys[key]
}
