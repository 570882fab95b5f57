package cloud

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
)

// Instances sign calls of CloudFormation with their identity documents where they have no
// credentials; CloudFormation then admits them to their own stack alone
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-signal.html).

// byIdentity begins an Authorization header with an identity document.
const byIdentity = "CFN_V1 "

// identities are the instances that exist, by id.
type identities struct {
	mu   sync.Mutex
	byID map[string]identity
}

type identity struct{ stack, signature string }

// Identify makes the signature of an instance's identity document. stack is the ARN of the
// stack that the instance belongs to.
func (c *Cloud) Identify(instance, stack string) (signature string) {
	c.identities.mu.Lock()
	defer c.identities.mu.Unlock()
	if c.identities.byID == nil {
		c.identities.byID = map[string]identity{}
	}
	signature = awsid.Hex(64, "identity", instance, stack)
	c.identities.byID[instance] = identity{stack, signature}
	return signature
}

// Forget ends an instance's identity.
func (c *Cloud) Forget(instance string) {
	c.identities.mu.Lock()
	defer c.identities.mu.Unlock()
	delete(c.identities.byID, instance)
}

// identify finds out which instance makes a request.
func (c *Cloud) identify(x *exchange, header string) error {
	encoded, signature, ok := strings.Cut(strings.TrimPrefix(header, byIdentity), ":")
	text, err := base64.StdEncoding.DecodeString(encoded)
	var document struct {
		InstanceID string `json:"instanceId"`
	}
	if !ok || err != nil || json.Unmarshal(text, &document) != nil || x.service.Name != "cloudformation" {
		return x.failure(api.MalformedAuthorization)
	}
	c.identities.mu.Lock()
	known, ok := c.identities.byID[document.InstanceID]
	c.identities.mu.Unlock()
	if !ok || subtle.ConstantTimeCompare([]byte(signature), []byte(known.signature)) != 1 {
		return x.failure(api.UnknownKey)
	}
	x.Caller.Instance, x.Caller.Stack = document.InstanceID, known.stack
	return nil
}
