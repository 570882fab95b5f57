package labtest

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/roles"
)

// HTTPClient sends requests from the place. It connects as [Place.Dial] does, so that the
// host of a URL may be a thing of the stacks, and trusts the certificates of AWS's
// services in the lab. Every request has a connection of its own. It must not be used
// after an update.
func (p *Place) HTTPClient() *http.Client {
	p.lab.t.Helper()
	s, place, err := p.find()
	if err != nil {
		p.lab.fatal(err)
	}
	client := functions.Environment{Network: place.Host, Roots: s.Region.Cloud.Roots(), Clock: p.lab.lab.Clock()}.Client()
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		p.lab.fatal(fmt.Errorf("the lab's HTTP client has the transport %T", client.Transport))
	}
	transport.TLSClientConfig.RootCAs = p.lab.roots()
	transport.DisableKeepAlives = true // an idle connection would keep the clock running
	transport.DialContext = p.Dial
	return client
}

// roots are the certificate authorities of all Regions.
func (l *Lab) roots() *x509.CertPool {
	l.looking.Lock()
	defer l.looking.Unlock()
	pool := x509.NewCertPool()
	for _, s := range l.lab.Survey() {
		pool.AppendCertsFromPEM(s.Region.Cloud.RootsPEM())
	}
	return pool
}

// Response is an answer to an HTTP request.
type Response struct {
	Status int
	Header http.Header
	Body   string
}

// Get requests an http or https URL, such as http://Web/index.html, where Web is a thing
// of the stacks. The error is that of the connection; every status is an answer.
func (p *Place) Get(url string) (Response, error) {
	p.lab.t.Helper()
	request, err := http.NewRequestWithContext(p.lab.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return Response{}, err
	}
	answer, err := p.HTTPClient().Do(request)
	if err != nil {
		return Response{}, err
	}
	body, err := io.ReadAll(answer.Body)
	return Response{answer.StatusCode, answer.Header, string(body)}, errors.Join(err, answer.Body.Close())
}

// As returns the place with another role for [Place.AWS]: a role's logical id or name, or
// [Administrator].
func (p *Place) As(role string) *Place { return &Place{p.lab, p.text, role} }

// Administrator is a role that may do everything: what it is denied, an endpoint's or a
// resource's policy denies.
const Administrator = "LabtestAdministrator"

// AWS configures clients of the AWS SDK for Go whose calls start from the place:
//
//	out, err := s3.NewFromConfig(lab.Subnet("Private").AWS()).ListBuckets(ctx, nil)
//
// The calls are signed with the role of [Place.As]. Default: the role of the function or
// of the instance's profile; everywhere else [Administrator]. Nothing is retried. The Region is
// the place's; outside of every VPC the first stack's. It must not be used after an update.
func (p *Place) AWS() aws.Config {
	p.lab.t.Helper()
	s, place, err := p.find()
	if err != nil {
		p.lab.fatal(err)
	}
	role, session := p.role, roles.SessionOptions{Name: "labtest"}
	if role == "" {
		role, session = p.ownRole(s.Region, place)
	}
	arn, err := p.roleARN(s.Region, role)
	if err != nil {
		p.lab.fatal(err)
	}
	return aws.Config{
		Region: s.Region.Network.Region(), HTTPClient: p.HTTPClient(),
		Credentials: s.Region.Cloud.Roles.Credentials(arn, session),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// ownRole is the name of the role that a place has, with what AWS adds to its calls.
func (p *Place) ownRole(r *region.Region, place reach.Place) (role string, session roles.SessionOptions) {
	id := place.ID()
	session.Name = "labtest"
	switch place.Kind() {
	case reach.KindFunction:
		if f, err := r.Functions.Config(id); err == nil {
			session.Context = map[string]string{"lambda:SourceFunctionArn": r.Functions.ARN(id)}
			return f.Role[strings.LastIndexByte(f.Role, '/')+1:], session
		}
	case reach.KindInstance:
		if role := p.profileRole(id); role != "" {
			session.Name = id
			return role, session
		}
	}
	return Administrator, session
}

// profileRole is the role of an instance's profile; empty if it has none.
func (p *Place) profileRole(instance string) string {
	profile := ""
	all := p.lab.resources()
	for _, res := range all {
		if res.PhysicalID == instance {
			profile, _ = res.Properties["IamInstanceProfile"].(string)
		}
	}
	for _, res := range all {
		if list, ok := res.Properties["Roles"].([]any); ok && profile != "" && res.PhysicalID == profile && len(list) > 0 {
			role, _ := list[0].(string)
			return role
		}
	}
	return ""
}

// resources are those of all stacks.
func (l *Lab) resources() []cfn.ResourceInfo {
	var out []cfn.ResourceInfo
	for _, s := range l.lab.Stacks() {
		if r, _, ok := l.lab.Region(s.ID); ok {
			out = append(out, r.Resources(s.Name)...)
		}
	}
	return out
}

// roleARN finds a role by its logical id or name. That of the administrator is made.
func (p *Place) roleARN(r *region.Region, name string) (string, error) {
	if name == Administrator {
		if err := makeAdministrator(r); err != nil {
			return "", err
		}
	}
	for _, res := range p.lab.resources() {
		if res.LogicalID == name && res.Type == "AWS::IAM::Role" {
			name = res.PhysicalID
		}
	}
	role, err := r.Cloud.Roles.Role(name)
	if err != nil {
		return "", fmt.Errorf("there is no role %q", name)
	}
	return role.ARN, nil
}

func makeAdministrator(r *region.Region) error {
	if _, err := r.Cloud.Roles.Role(Administrator); err == nil {
		return nil
	}
	trust := iam.Policy{Version: "2012-10-17", Statements: []iam.Statement{{
		Principal: &iam.Principal{Services: []string{"ec2.amazonaws.com"}}, Actions: []string{"sts:AssumeRole"},
	}}}
	if _, err := r.Cloud.Roles.CreateRole(roles.Role{Name: Administrator, Trust: trust}); err != nil {
		return err
	}
	return r.Cloud.Roles.AttachRolePolicy(Administrator, r.Cloud.Scope().ManagedPolicy("AdministratorAccess"))
}

// forgetAdministrators removes the roles that AWS has made.
func (l *Lab) forgetAdministrators() {
	for _, s := range l.lab.Stacks() {
		r, _, ok := l.lab.Region(s.ID)
		if !ok {
			continue
		}
		if _, err := r.Cloud.Roles.Role(Administrator); err != nil {
			continue
		}
		if err := r.Cloud.Roles.DetachRolePolicy(Administrator, r.Cloud.Scope().ManagedPolicy("AdministratorAccess")); err != nil {
			l.t.Error(err)
		}
		if err := r.Cloud.Roles.DeleteRole(Administrator); err != nil {
			l.t.Error(err)
		}
	}
}
