package iam

import "strings"

// knownKeys are the condition keys of AWS, in lower case: true are those whose value the
// lab knows for every request, or knows to be absent; of the others it knows that they
// exist, and no more. A new one is one entry here. The global ones are described in
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, those of S3
// and Lambda in docs.aws.amazon.com/service-authorization/latest/reference/.
var knownKeys = map[string]bool{
	"aws:currenttime":            true,
	"aws:epochtime":              true,
	"aws:multifactorauthpresent": true,
	"aws:tokenissuetime":         true,
	"aws:useragent":              true,
	"aws:referer":                true,
	// Nobody signs in with a second factor, from a browser, by an identity provider or by way
	// of a chat, and no service calls another with the caller's credentials.
	"aws:multifactorauthage":                  true,
	"aws:federatedprovider":                   true,
	"aws:sourceidentity":                      true,
	"aws:assumedroot":                         true,
	"aws:chatbotsourcearn":                    true,
	"aws:signinsessionarn":                    true,
	"aws:calledvia":                           true,
	"aws:calledviafirst":                      true,
	"aws:calledvialast":                       true,
	"aws:sourceorgid":                         true,
	"aws:sourceorgpaths":                      true,
	"aws:vpceorgid":                           true,
	"aws:vpceorgpaths":                        true,
	"aws:vpceaccount":                         false,
	"aws:sourcevpcarn":                        false,
	"aws:principalservicenameslist":           false,
	"aws:ec2instancesourcevpc":                false,
	"aws:ec2instancesourceprivateipv4":        false,
	"aws:ismcpserviceaction":                  false,
	"aws:viaawsmcpservice":                    false,
	"aws:calledviaawsmcp":                     false,
	"aws:principalaccount":                    true,
	"aws:principalarn":                        true,
	"aws:principalisawsservice":               true,
	"aws:principalservicename":                true,
	"aws:principaltype":                       true,
	"aws:requestedregion":                     true,
	"aws:resourceaccount":                     true,
	"aws:securetransport":                     true,
	"aws:sourceaccount":                       true,
	"aws:sourcearn":                           true,
	"aws:sourceip":                            true,
	"aws:sourcevpc":                           true,
	"aws:sourcevpce":                          true,
	"aws:userid":                              true,
	"aws:viaawsservice":                       true,
	"aws:username":                            true,
	"aws:vpcsourceip":                         true,
	"iam:passedtoservice":                     true,
	"sts:externalid":                          true,
	"sts:rolesessionname":                     true,
	"s3:delimiter":                            true,
	"s3:max-keys":                             true,
	"s3:prefix":                               true,
	"s3:resourceaccount":                      true,
	"s3:tlsversion":                           true,
	"s3:authtype":                             true,
	"s3:signatureversion":                     true,
	"s3:accessgrantsinstancearn":              false,
	"s3:accesspointnetworkorigin":             false,
	"s3:accesspointtag":                       false,
	"s3:buckettag":                            false,
	"s3:dataaccesspointaccount":               false,
	"s3:dataaccesspointarn":                   false,
	"s3:destinationregion":                    false,
	"s3:if-match":                             false,
	"s3:if-none-match":                        false,
	"s3:inventoryaccessibleoptionalfields":    false,
	"s3:isreplicationpauserequest":            false,
	"s3:jobsuspendedcause":                    false,
	"s3:locationconstraint":                   false,
	"s3:object-lock-legal-hold":               false,
	"s3:object-lock-mode":                     false,
	"s3:object-lock-remaining-retention-days": false,
	"s3:object-lock-retain-until-date":        false,
	"s3:objectcreationoperation":              false,
	"s3:requestjoboperation":                  false,
	"s3:requestjobpriority":                   false,
	"s3:requestobjecttagkeys":                 false,
	"s3:signatureage":                         false,
	"s3:versionid":                            false,
	// About calls of KMS, of which the lab has none.
	"kms:calleraccount": true,
	"kms:viaservice":    true,
	"aws:tagkeys":       true,
	// Set for the code of a function and of an instance
	// (docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html).
	"lambda:sourcefunctionarn":     true,
	"lambda:functionarn":           false,
	"lambda:functionurlauthtype":   false,
	"lambda:invokedviafunctionurl": false,
	"lambda:principal":             false,
	"lambda:codesigningconfigarn":  false,
	"lambda:eventsourcetoken":      false,
	"lambda:layer":                 false,
	"lambda:securitygroupids":      false,
	"lambda:subnetids":             false,
	"lambda:vpcids":                false,
	"ec2:sourceinstancearn":        true,
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

// tagKeys are the beginnings of keys that name a tag. The lab's principals carry none, and
// none of its calls sets one. What tags a resource has it does not know.
var tagKeys = map[string]bool{
	"aws:principaltag/": true, "aws:requesttag/": true, "aws:resourcetag/": false,
	"s3:buckettag/": false, "s3:existingobjecttag/": false, "s3:requestobjecttag/": false, "s3:accesspointtag/": false,
}

// keyed are the services whose calls, in the lab, may carry keys of their own that are not
// in [knownKeys].
var keyed = map[string]bool{"aws": true, "s3": true, "lambda": true}

// headerKeys begins the keys of S3 that are a header of the request: s3:x-amz-acl.
const headerKeys = "s3:x-amz-"

// Key says what the lab knows of a condition key or variable: whether AWS has it, and
// whether the lab has its value, or knows it to be absent, for every request. Keys are
// compared without regard to case. A key of a service that the lab has no such calls of,
// such as ecs:cluster, is absent: a condition on it holds for none of the calls that there
// are. That includes ec2:Subnet and ec2:Vpc, which AWS sets where Lambda makes interfaces
// with a function's role.
func Key(key string) (exists, evaluated bool) {
	key = strings.ToLower(key)
	if prefix, tag, ok := strings.Cut(key, "/"); ok {
		if evaluated, exists = tagKeys[prefix+"/"]; exists {
			return tag != "", evaluated
		}
	}
	service, name, ok := strings.Cut(key, ":")
	switch {
	case !ok || name == "":
		return false, false
	case strings.HasPrefix(key, headerKeys):
		return true, true
	case keyed[service]:
		evaluated, exists = knownKeys[key]
		return exists, evaluated
	}
	return true, true
}

// known reports whether the lab can evaluate a condition key or variable.
func known(key string) bool {
	_, evaluated := Key(key)
	return evaluated
}
