package roles

import (
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
)

// CreateUser makes a user with one access key and with managed policies, whose ARNs are
// given, and returns the key. It follows from the account and the name.
func (s *Store) CreateUser(name string, policies ...string) (aws.Credentials, error) {
	if !roleName.MatchString(name) {
		return aws.Credentials{}, awserr.New("ValidationError", "The specified value for userName is invalid: %q", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, arn := range policies {
		if !s.knownPolicy(arn) {
			return aws.Credentials{}, awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s does not exist or is not attachable.", arn)
		}
	}
	arn := s.scope.GlobalARN("iam", "user/"+name)
	if s.users[arn] != nil {
		return aws.Credentials{}, awserr.WithStatus(http.StatusConflict, "EntityAlreadyExists", "User with name %s already exists.", name)
	}
	s.users[arn] = policies
	key := "AKIA" + awsid.Upper(16, "user", s.scope.Account, name)
	made := &Session{
		User: true, Role: arn, RoleID: "AIDA" + awsid.Upper(16, "user id", s.scope.Account, name), Name: name, ARN: arn,
		Credentials: aws.Credentials{AccessKeyID: key, SecretAccessKey: awsid.Secret(key), Source: "lab", AccountID: s.scope.Account},
	}
	s.sessions[key] = made
	return made.Credentials, nil
}

// userPolicies returns the identity policies of a user that are in effect.
func (s *Store) userPolicies(arn string) []iam.Policy {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []iam.Policy
	for _, managed := range s.users[arn] {
		if p := s.managed(managed, now); p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// UserName is the name of the user with this ARN, and whether it is a user's.
func UserName(arn string) (string, bool) {
	_, rest, ok := strings.Cut(arn, ":user/")
	return rest[strings.LastIndex(rest, "/")+1:], ok
}
