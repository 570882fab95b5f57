package cloud

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
)

// Session is what is particular to one use of a role.
type Session struct {
	// Name becomes part of the session's ARN: a function's name, an instance's
	// id. Default: lab.
	Name string
	// Service is the service principal that assumes the role and must be trusted
	// by it, such as lambda.amazonaws.com. Default: trust is not looked at.
	Service string
	// Context are condition keys that the session's calls carry, such as
	// lambda:SourceFunctionArn.
	Context map[string]string
}

// session is a Session in use.
type session struct {
	role, roleID, name string
	arn                string // of the session
	context            map[string]string
	credentials        aws.Credentials
}

// Credentials returns credentials of a role. They are made anew for each
// provider and live as long as the role. Retrieve fails where there is no such
// role, or where it does not trust the session's service.
func (c *Cloud) Credentials(roleARN string, s Session) aws.CredentialsProvider {
	return &provider{cloud: c, role: roleARN, session: s}
}

type provider struct {
	cloud   *Cloud
	role    string
	session Session
}

// Retrieve implements aws.CredentialsProvider.
func (p *provider) Retrieve(context.Context) (aws.Credentials, error) {
	if p.session.Service != "" {
		if err := p.cloud.MayAssume(p.session.Service, p.role); err != nil {
			return aws.Credentials{}, err
		}
	}
	return p.cloud.assume(p.role, p.session)
}

// MayAssume tells whether a service principal may assume a role: nil, or the
// AccessDenied error of sts:AssumeRole.
func (c *Cloud) MayAssume(service, roleARN string) error {
	now := c.clock.Now()
	c.identities.mu.Lock()
	r := c.identities.roleByARN(roleARN)
	var trust *iam.Policy
	if r != nil {
		trust = r.trust.at(now)
	}
	c.identities.mu.Unlock()
	q := iam.Request{Service: service, Action: "sts:AssumeRole", Resource: roleARN, Context: map[string][]string{
		"aws:SourceAccount":         {c.scope.Account},
		"aws:PrincipalIsAWSService": {"true"},
		"aws:PrincipalServiceName":  {service},
		"aws:ResourceAccount":       {c.scope.Account},
		"aws:SecureTransport":       {"true"},
	}}
	if r == nil || !iam.Evaluate(q, nil, nil, trust).Allowed {
		return awserr.WithStatus(http.StatusForbidden, "AccessDenied", "%s is not authorized to perform: sts:AssumeRole on resource: %s", service, roleARN)
	}
	return nil
}

// assume makes a session, or finds the one that an equal Session made.
func (c *Cloud) assume(roleARN string, s Session) (aws.Credentials, error) {
	if s.Name == "" {
		s.Name = "lab"
	}
	c.identities.mu.Lock()
	defer c.identities.mu.Unlock()
	r := c.identities.roleByARN(roleARN)
	if r == nil {
		return aws.Credentials{}, awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "The role %s cannot be found.", roleARN)
	}
	key := "ASIA" + awsid.Upper(16, r.ID, s.Name, fmt.Sprint(s.Context))
	if made := c.identities.sessions[key]; made != nil {
		return made.credentials, nil
	}
	made := &session{
		role: roleARN, roleID: r.ID, name: s.Name, context: maps.Clone(s.Context),
		arn: c.scope.GlobalARN("sts", "assumed-role/"+r.Name+"/"+s.Name),
		credentials: aws.Credentials{
			AccessKeyID: key, SecretAccessKey: awsid.Secret(key), SessionToken: "lab/" + strings.ToLower(awsid.Upper(32, key)),
			Source: "lab", AccountID: c.scope.Account,
		},
	}
	c.identities.sessions[key] = made
	return made.credentials, nil
}

// asSession fills in the caller of a request and returns its policies.
func (c *Cloud) asSession(q *iam.Request, s *session) []iam.Policy {
	q.Principal, q.Session, q.Account = s.role, s.arn, c.scope.Account
	for key, value := range map[string]string{
		"aws:PrincipalArn":          s.role,
		"aws:PrincipalAccount":      c.scope.Account,
		"aws:PrincipalType":         "AssumedRole",
		"aws:PrincipalIsAWSService": "false",
		"aws:userid":                s.roleID + ":" + s.name,
	} {
		q.Context[key] = []string{value}
	}
	for key, value := range s.context {
		q.Context[key] = []string{value}
	}
	return c.policiesOf(s.role)
}

// Authorize decides on a call that an AWS service makes with a role by itself,
// such as Lambda making network interfaces, and records it. resource is an ARN
// or "*"; context may be nil.
func (c *Cloud) Authorize(roleARN, action, resource string, context map[string]string) iam.Decision {
	service, _, _ := strings.Cut(action, ":")
	q := iam.Request{Action: action, Resource: resource, Context: map[string][]string{
		"aws:RequestedRegion": {c.scope.Region},
		"aws:ResourceAccount": {c.scope.Account},
		"aws:SecureTransport": {"true"},
		"aws:ViaAWSService":   {"true"},
	}}
	identity := c.asSession(&q, &session{role: roleARN, name: "service"})
	for key, value := range context {
		q.Context[key] = []string{value}
	}
	d := iam.Evaluate(q, identity, nil, nil)
	call := Call{Time: c.clock.Now(), Role: roleARN, Service: service, Action: action, Resource: resource, Allowed: d.Allowed, Reason: d.Reason}
	if !d.Allowed {
		call.Code = "AccessDenied"
	}
	c.calls.add(call)
	return d
}
