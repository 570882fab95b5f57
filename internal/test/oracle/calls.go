package oracle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/roles"
)

// call is a request of AWS's APIs.
type call struct {
	service, action string
	// on is what it is about, for people.
	on           string
	method, host string
	path, body   string
}

// caller is a role that signs requests.
type caller struct {
	name, arn string
	context   map[string]string
}

// other is a bucket that no policy of a stack names.
const other = "oracle-other-bucket"

// callPatience is how long a call may take, by the lab's clock.
const callPatience = 32 * time.Second

// admin is a role that may do everything: what it is denied, an endpoint's policy
// denies.
const admin = "OracleAdministrator"

// callAll makes each call as each caller from each subnet and from the internet,
// and notes by which way it was allowed. The way is what the service saw.
func (m *measurement) callAll() error {
	if err := m.Buckets.CreateBucket(other); err != nil {
		return err
	}
	role, err := m.Cloud.Roles.CreateRole(roles.Role{Name: admin, Trust: iam.Policy{Version: "2012-10-17", Statements: []iam.Statement{{
		Principal: &iam.Principal{Services: []string{"ec2.amazonaws.com"}}, Actions: []string{"sts:AssumeRole"},
	}}}})
	if err != nil {
		return err
	}
	if err := m.Cloud.Roles.AttachRolePolicy(admin, m.Cloud.Scope().ManagedPolicy("AdministratorAccess")); err != nil {
		return err
	}
	callers := append(m.functionRoles(), caller{name: "an administrator", arn: role.ARN})
	var waiting sync.WaitGroup
	n := 0
	ways := map[string]*way{}
	for _, from := range m.places {
		if !from.own {
			continue
		}
		for _, by := range callers {
			if from.name == internet && by.arn == role.ARN {
				continue // whoever may do everything may do it from there
			}
			for _, c := range m.calls() {
				n++
				session := "oracle-" + strconv.Itoa(n)
				ways[session] = &way{from, by, c}
				waiting.Go(func() { m.request(from, by, session, c) })
			}
		}
	}
	waiting.Wait()
	allowed := map[string][]string{}
	for _, c := range m.Cloud.Calls() {
		if c.Allowed && ways[c.Session] != nil {
			allowed[c.Session] = []string{m.through(c.Endpoint)}
		}
	}
	for session, w := range ways {
		m.add(w.from.name, "calls", fmt.Sprintf("%s on %s as %s", w.call.action, w.call.on, w.by.name), allowed[session]...)
	}
	return nil
}

type way struct {
	from place
	by   caller
	call call
}

// through says by which way a call came.
func (m *measurement) through(endpoint string) string {
	if endpoint == "" {
		return "over the internet"
	}
	return "through " + m.named(endpoint)
}

// functionRoles are the roles of the functions in a VPC, with what Lambda adds to
// the calls of their code.
func (m *measurement) functionRoles() []caller {
	var out []caller
	seen := map[string]bool{}
	for _, name := range m.Functions.Names() {
		f, err := m.Functions.Config(name)
		if err != nil || f.VPC == "" || seen[f.Role] {
			continue
		}
		seen[f.Role] = true
		out = append(out, caller{m.roleName(f.Role), f.Role, map[string]string{"lambda:SourceFunctionArn": m.Functions.ARN(name)}})
	}
	return out
}

// roleName is the name of a role by its ARN.
func (m *measurement) roleName(arn string) string {
	return m.named(arn[strings.LastIndexByte(arn, '/')+1:])
}

// calls are the calls that matter, at the services' own names and at those of
// the endpoints.
func (m *measurement) calls() []call {
	region := m.Network.Region()
	var out []call
	s3 := func(bucket, on, suffix, host string) {
		out = append(out,
			call{"s3", "s3:ListBucket", on + suffix, http.MethodGet, bucket + "." + host, "/?list-type=2&max-keys=1", ""},
			call{"s3", "s3:PutObject", on + suffix, http.MethodPut, bucket + "." + host, "/oracle", "x"})
	}
	cloudformation := func(suffix, host string) {
		for _, stack := range []struct{ name, on string }{{m.stack, "the stack"}, {"another", "another stack"}} {
			out = append(out, call{"cloudformation", "cloudformation:GetStackPolicy", stack.on + suffix, http.MethodPost, host, "/",
				"Action=GetStackPolicy&Version=2010-05-15&StackName=" + stack.name})
		}
	}
	for _, bucket := range m.Buckets.Buckets() {
		if m.survey.Knows(bucket) {
			s3(bucket, m.named(bucket), "", "s3."+region+".amazonaws.com")
		}
	}
	s3(other, "another bucket", "", "s3."+region+".amazonaws.com")
	cloudformation("", "cloudformation."+region+".amazonaws.com")
	for _, e := range m.PrivateLink.Endpoints() {
		if len(e.DNSNames) == 0 || !m.survey.Knows(e.ID) {
			continue
		}
		at, host := " at "+m.named(e.ID), strings.TrimPrefix(e.DNSNames[0].Name, "*.")
		switch {
		case strings.HasSuffix(e.Service, ".s3"):
			s3(other+".bucket", "another bucket", at, host)
		case strings.HasSuffix(e.Service, ".cloudformation"):
			cloudformation(at, host)
		}
	}
	return out
}

// request signs a call and sends it. What comes of it the Region's own record of
// calls tells.
func (m *measurement) request(from place, by caller, session string, c call) {
	ctx, cancel := m.within(callPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, c.method, "https://"+c.host+c.path, strings.NewReader(c.body))
	if err != nil {
		return
	}
	credentials, err := m.Cloud.Roles.Credentials(by.arn, roles.SessionOptions{Name: session, Context: by.context}).Retrieve(ctx)
	if err != nil {
		return
	}
	if c.method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	sum := sha256.Sum256([]byte(c.body))
	hash := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = c.service == "s3" })
	if err := signer.SignHTTP(context.Background(), credentials, request, hash, c.service, m.Network.Region(), m.Now()); err != nil {
		return
	}
	client := functions.Environment{Network: from.host, Roots: m.Cloud.Roots(), Clock: m.Network.Clock()}.Client()
	defer client.CloseIdleConnections()
	answer, err := client.Do(request)
	if err != nil {
		return
	}
	answer.Body.Close()
}
