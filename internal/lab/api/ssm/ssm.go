// Package ssm is the parameters of Systems Manager and their API. There are those that
// somebody makes, and the public ones of AWS that the lab knows, with their last versions. Secure strings
// are kept as they are: nothing is encrypted here. Labels are refused by name.
package ssm

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/proof"
)

// Options describe the parameters of an account in a Region.
type Options struct {
	// Scope is the Region and account. Required.
	Scope awsid.Scope
	// Clock passes the time. Required.
	Clock proof.Clock
	// Public finds the value of one of AWS's own parameters, for a use as a parameter of
	// the type. Default: there are none.
	Public func(typ, name string) (any, error)
}

// Parameter is a parameter.
type Parameter struct {
	Name, Type, Value string
	// Version counts its values from 1, Modified is when it got the last one.
	Version  int
	Modified time.Time
}

// Store holds the parameters. It is safe for concurrent use.
type Store struct {
	Options
	mu     sync.Mutex
	byName map[string]Parameter
	older  map[string][]Parameter // all versions that are kept, oldest first
	tags   map[string]map[string]string
}

// maxVersions is how many versions of a parameter are kept
// (docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html).
const maxVersions = 100

// New returns a store without parameters.
func New(o Options) *Store {
	return &Store{Options: o, byName: map[string]Parameter{}, older: map[string][]Parameter{}, tags: map[string]map[string]string{}}
}

// parameterName is the form of names
// (docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html).
var parameterName = regexp.MustCompile(`^/?[a-zA-Z0-9_.-]+(/[a-zA-Z0-9_.-]+)*$`)

// Create makes a parameter.
func (s *Store) Create(p Parameter) error {
	if !parameterName.MatchString(p.Name) || len(p.Name) > 1011 {
		return awserr.New("ValidationException", "Parameter name: can't be %q", p.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, exists := s.byName[p.Name]; exists {
		return awserr.New("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	}
	s.put(p)
	return nil
}

// Put makes a parameter or gives it another value.
func (s *Store) Put(p Parameter) Parameter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(p)
}

func (s *Store) put(p Parameter) Parameter {
	p.Version, p.Modified = s.byName[p.Name].Version+1, s.Clock.Now()
	s.byName[p.Name] = p
	kept := append(s.older[p.Name], p)
	s.older[p.Name] = kept[max(0, len(kept)-maxVersions):]
	return p
}

// Parameter returns a parameter as it is now.
func (s *Store) Parameter(name string) (Parameter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.byName[name]; ok {
		return p, nil
	}
	return Parameter{}, notFound(name)
}

// version is a version of a parameter, given as NAME:NUMBER.
func (s *Store) version(name, number string) (Parameter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.older[name] {
		if strconv.Itoa(p.Version) == number {
			return p, nil
		}
	}
	return Parameter{}, awserr.New("ParameterVersionNotFound", "Systems Manager could not find version %s of %s.", number, name)
}

// Delete deletes a parameter.
func (s *Store) Delete(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.byName[name]; !ok {
		return notFound(name)
	}
	delete(s.byName, name)
	delete(s.older, name)
	delete(s.tags, name)
	return nil
}

func notFound(name string) error {
	return awserr.WithStatus(http.StatusBadRequest, "ParameterNotFound", "Parameter %s not found.", name)
}

// Names returns the names of the parameters, sorted.
func (s *Store) Names() []string {
	var out []string
	for _, p := range s.all() {
		out = append(out, p.Name)
	}
	return out
}

func (s *Store) all() []Parameter {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Parameter
	for _, p := range s.byName {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Parameter) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// made finds a parameter that somebody made.
func (s *Store) made(name string) (Parameter, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.byName[name]
	return p, ok
}

// Value is the value of a parameter in a template: typ is the type inside
// AWS::SSM::Parameter::Value<…>. It is for [cfn.Options].
func (s *Store) Value(typ, name string) (any, error) {
	p, ok := s.made(name)
	if !ok {
		return s.Public(typ, name)
	}
	if !strings.HasPrefix(typ, "List<") && typ != "CommaDelimitedList" {
		return p.Value, nil
	}
	var list []any
	for part := range strings.SplitSeq(p.Value, ",") {
		list = append(list, strings.TrimSpace(part))
	}
	return list, nil
}

// find is a parameter that the API returns: one that somebody made, or one of AWS's, which
// begin with /aws/.
func (s *Store) find(name string) (Parameter, error) {
	if p, ok := s.made(name); ok {
		return p, nil
	}
	if strings.HasPrefix(name, "/aws/") && s.Public != nil {
		if value, err := s.Public("String", name); err == nil {
			if text, ok := value.(string); ok {
				return Parameter{Name: name, Type: "String", Value: text, Version: 1, Modified: s.Clock.Now()}, nil
			}
		}
	}
	return Parameter{}, notFound(name)
}

// arn is a parameter's ARN.
func (s *Store) arn(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return s.Scope.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

var ssm = api.TargetAPI[*Store]{Name: "ssm", Target: "AmazonSSM"}

// Service is the API.
func (s *Store) Service() api.Service { return ssm.Service(s) }
