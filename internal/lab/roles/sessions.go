package roles

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
)

// SessionOptions describe one use of a role.
type SessionOptions struct {
	// Name becomes part of the session's ARN: a function's name, an instance's
	// id. Default: lab.
	Name string
	// Service is the service principal that assumes the role and must be trusted
	// by it, such as lambda.amazonaws.com. Default: the trust policy is not asked.
	Service string
	// Context are condition keys that the session's calls carry, such as
	// lambda:SourceFunctionArn.
	Context map[string]string
}

// Session is a role in use, or a user.
type Session struct {
	// Role is the role's ARN, RoleID its unique id, Name the session's name. For a user
	// they are those of the user.
	Role, RoleID, Name string
	// ARN is the session's, or the user's.
	ARN string
	// User says that it is a user.
	User bool
	// Context are the condition keys that its calls carry.
	Context map[string]string
	// Credentials are what it signs with.
	Credentials aws.Credentials
	// Issued is when they were made. A user's are not temporary and have no such time.
	Issued time.Time
}

// UserID is the session's unique id: aws:userid in policies
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable).
func (s *Session) UserID() string {
	if s.User {
		return s.RoleID
	}
	return s.RoleID + ":" + s.Name
}

// Credentials returns credentials of a role. They are made anew for each
// provider and live as long as the role. Retrieve fails where there is no such
// role, or where it does not trust the session's service.
func (s *Store) Credentials(roleARN string, o SessionOptions) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		if o.Service != "" {
			if err := s.MayAssume(o.Service, roleARN); err != nil {
				return aws.Credentials{}, err
			}
		}
		return s.assume(roleARN, o)
	})
}

// Session returns the session with this access key, or nil.
func (s *Store) Session(accessKey string) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[accessKey]
}

// AssumeRole makes a session of a role for a caller whom its trust policy allows.
func (s *Store) AssumeRole(roleARN, name string) (*Session, error) {
	credentials, err := s.assume(roleARN, SessionOptions{Name: name})
	if err != nil {
		return nil, err
	}
	return s.Session(credentials.AccessKeyID), nil
}

// Trust is the trust policy of a role that is in effect, nil if there is no such role.
func (s *Store) Trust(roleARN string) *iam.Policy {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.roleByARN(roleARN); r != nil {
		return r.trust.At(now)
	}
	return nil
}

// MayAssume returns nil if a service principal may assume a role, or the
// AccessDenied error of sts:AssumeRole.
func (s *Store) MayAssume(service, roleARN string) error { return s.MayAssumeFor(service, "", roleARN) }

// MayAssumeFor is [Store.MayAssume] for a service that acts for a resource of its own, whose
// ARN it gives as aws:SourceArn.
func (s *Store) MayAssumeFor(service, source, roleARN string) error {
	trust := s.Trust(roleARN)
	q := iam.Request{Service: service, Action: "sts:AssumeRole", Resource: roleARN, Context: map[string][]string{
		"aws:SourceAccount":         {s.scope.Account},
		"aws:PrincipalIsAWSService": {"true"},
		"aws:PrincipalServiceName":  {service},
		"aws:ResourceAccount":       {s.scope.Account},
		"aws:SecureTransport":       {"true"},
	}}
	if source != "" {
		q.Context["aws:SourceArn"] = []string{source}
	}
	if trust == nil || !iam.Evaluate(q, nil, nil, trust).Allowed {
		return awserr.WithStatus(http.StatusForbidden, "AccessDenied", "%s is not authorized to perform: sts:AssumeRole on resource: %s", service, roleARN)
	}
	return nil
}

// assume makes a session, or finds the one that equal options made.
func (s *Store) assume(roleARN string, o SessionOptions) (aws.Credentials, error) {
	if o.Name == "" {
		o.Name = "lab"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.roleByARN(roleARN)
	if r == nil {
		return aws.Credentials{}, awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "The role %s cannot be found.", roleARN)
	}
	key := "ASIA" + awsid.Upper(16, r.ID, o.Name, fmt.Sprint(o.Context))
	if made := s.sessions[key]; made != nil {
		return made.Credentials, nil
	}
	made := &Session{
		Role: roleARN, RoleID: r.ID, Name: o.Name, Context: maps.Clone(o.Context), Issued: s.clock.Now(),
		ARN: s.scope.GlobalARN("sts", "assumed-role/"+r.Name+"/"+o.Name),
		Credentials: aws.Credentials{
			AccessKeyID: key, SecretAccessKey: awsid.Secret(key), SessionToken: "lab/" + strings.ToLower(awsid.Upper(32, key)),
			Source: "lab", AccountID: s.scope.Account,
		},
	}
	s.sessions[key] = made
	return made.Credentials, nil
}

// SignIn makes a session the caller of a request to be authorised, and returns
// the identity policies that are in effect for it.
func (s *Store) SignIn(session *Session, q *iam.Request) []iam.Policy {
	q.Principal, q.Session, q.Account = session.Role, session.ARN, s.scope.Account
	kind := "AssumedRole"
	if session.User {
		kind = "User"
		q.Context["aws:username"] = []string{session.Name}
	}
	for key, value := range map[string]string{
		"aws:PrincipalArn":          session.Role,
		"aws:PrincipalAccount":      s.scope.Account,
		"aws:PrincipalType":         kind,
		"aws:PrincipalIsAWSService": "false",
		"aws:userid":                session.UserID(),
	} {
		q.Context[key] = []string{value}
	}
	if !session.User { // temporary credentials, made without a second factor
		q.Context["aws:MultiFactorAuthPresent"] = []string{"false"}
		q.Context["aws:TokenIssueTime"] = []string{session.Issued.UTC().Format(time.RFC3339)}
	}
	for key, value := range session.Context {
		q.Context[key] = []string{value}
	}
	if session.User {
		return s.userPolicies(session.Role)
	}
	return s.Policies(session.Role)
}
