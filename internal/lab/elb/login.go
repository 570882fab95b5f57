package elb

import (
	"net/http"
	"net/url"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// Login is what an Application Load Balancer does with a request before its action: it wants
// the client to have signed in. No client has one of its sessions here, as nobody answers at
// an identity provider
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html).
type Login struct {
	// Endpoint is where clients are sent to sign in, ClientID and Scope what they say there.
	Endpoint, ClientID, Scope string
	// Deny has it answer 401 instead.
	Deny bool
}

// answer answers a request of a client that has not signed in.
func (l Login) answer(w http.ResponseWriter, r *http.Request) {
	if l.Deny {
		refuse(w, http.StatusUnauthorized)
		return
	}
	scope := l.Scope
	if scope == "" {
		scope = "openid"
	}
	query := url.Values{
		"client_id": {l.ClientID}, "redirect_uri": {"https://" + r.Host + "/oauth2/idpresponse"}, "response_type": {"code"}, "scope": {scope},
		"state": {awsid.Lower(32, r.Host, r.URL.Path)},
	}
	joint := "?"
	if strings.Contains(l.Endpoint, "?") {
		joint = "&"
	}
	w.Header().Set("Location", l.Endpoint+joint+query.Encode())
	refuse(w, http.StatusFound)
}

// checkLogin refuses a login without HTTPS.
func (a Action) checkLogin(protocol string) error {
	if a.Login != nil && protocol != protocolHTTPS {
		return awserr.New("ValidationError", "Actions of type 'authenticate-oidc' and 'authenticate-cognito' are supported only on HTTPS listeners")
	}
	return nil
}
