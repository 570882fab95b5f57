package commands

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The helper scripts of CloudFormation that Amazon Linux has in /opt/aws/bin
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-helper-scripts-reference.html)
// call its API from the instance: by the instance's network, and with its identity document
// in place of a signature unless they are given a role.

// helperDirectory is where the helper scripts lie, besides the commands' own directory.
const helperDirectory = "/opt/aws/bin"

// cfnFlags are the flags that the helper scripts share.
type cfnFlags struct {
	stack, resource, region, url, role *textFlag
}

// cfn declares them, with the letters of --stack and --resource, which may be empty.
func (f *flags) cfn(stack, resource string) cfnFlags {
	for _, inert := range []string{"http-proxy", "https-proxy"} { // the lab's network has no proxies of this kind
		f.text("", inert, "")
	}
	return cfnFlags{
		stack: f.text(stack, "stack", ""), resource: f.text(resource, "resource", ""),
		region: f.text("", "region", ""), url: f.text("u", "url", ""), role: f.text("", "role", ""),
	}
}

// cloudFormation is the API, as an instance calls it.
type cloudFormation struct {
	*Process
	cfnFlags
	client *http.Client
}

func (p *Process) cloudFormation(f cfnFlags) cloudFormation {
	return cloudFormation{p, f, p.httpClient()}
}

// httpClient makes requests over the machine's network.
func (p *Process) httpClient() *http.Client {
	t := &transfer{Process: p, started: p.Clock.Now(), curlOptions: curlOptions{connectTimeout: time.Minute}}
	return &http.Client{Transport: &http.Transport{
		DialContext: t.dial, TLSClientConfig: &tls.Config{RootCAs: p.Roots}, DisableKeepAlives: true, DisableCompression: true,
	}}
}

// place is the Region: the one that is given, or the instance's own.
func (c cloudFormation) place() string {
	if c.region.text != "" {
		return c.region.text
	}
	return c.Metadata.Instance().Region
}

// call makes a call and decodes the answer. It tries again where the API cannot be
// reached or throttles, with twice the pause each time.
func (c cloudFormation) call(ctx context.Context, action string, parameters map[string]string, into any) error {
	const tries = 10
	pause := time.Second
	for try := 1; ; try++ {
		again, err := c.once(ctx, action, parameters, into)
		if err == nil || !again || try == tries {
			return err
		}
		if c.Clock.Sleep(ctx, pause) != nil {
			return ctx.Err()
		}
		pause = min(2*pause, time.Minute)
	}
}

// once makes a call once. again: another try may succeed.
func (c cloudFormation) once(ctx context.Context, action string, parameters map[string]string, into any) (again bool, err error) {
	endpoint := c.url.text
	if endpoint == "" {
		endpoint = "https://cloudformation." + c.place() + ".amazonaws.com"
	}
	query := url.Values{"Action": {action}, "Version": {"2010-05-15"}, "StackName": {c.stack.text}, "LogicalResourceId": {c.resource.text}}
	for name, value := range parameters {
		query.Set(name, value)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(endpoint, "/")+"/?"+query.Encode(), nil)
	if err != nil {
		return false, err
	}
	if err := c.sign(ctx, request); err != nil {
		return false, err
	}
	response, err := c.client.Do(request)
	if err != nil {
		return ctx.Err() == nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return true, err
	}
	if response.StatusCode != http.StatusOK {
		var failure struct {
			Error struct{ Code, Message string }
		}
		if xml.Unmarshal(body, &failure) != nil || failure.Error.Code == "" {
			return true, fmt.Errorf("HTTP status %s", response.Status)
		}
		again := response.StatusCode >= http.StatusInternalServerError || failure.Error.Code == "Throttling"
		return again, fmt.Errorf("%s: %s", failure.Error.Code, failure.Error.Message)
	}
	if into == nil {
		return false, nil
	}
	return false, xml.Unmarshal(body, into)
}

// sign signs a request with the role's credentials, or with the instance's identity. What
// it is called by, CFN_V1, is in the source of aws-cfn-bootstrap and of the SDK plug-ins
// that do the same (rubydoc.info/gems/hiera-cfn-metadata, signers/cfn_v1.rb).
func (c cloudFormation) sign(ctx context.Context, request *http.Request) error {
	i := c.Metadata.Instance()
	if c.role.text == "" {
		document := base64.StdEncoding.EncodeToString(i.Document())
		request.Header.Set("Authorization", "CFN_V1 "+document+":"+i.Signature)
		return nil
	}
	return c.signAs(ctx, request, c.role.text, "cloudformation", c.place())
}

// signAs signs a request without a body with the credentials of the instance's role.
func (p *Process) signAs(ctx context.Context, request *http.Request, role, service, region string) error {
	i := p.Metadata.Instance()
	if i.Credentials == nil || i.Role != role {
		return fmt.Errorf("credentials of the role %s: the instance's metadata have none", role)
	}
	credentials, err := i.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("credentials of the role %s: %w", role, err)
	}
	nothing := sha256.Sum256(nil)
	hash := hex.EncodeToString(nothing[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	return v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" }).SignHTTP(ctx, credentials, request, hash, service, region, p.Clock.Now())
}
