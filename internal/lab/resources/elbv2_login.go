package resources

import (
	"fmt"

	"provenendpoints/internal/lab/elb"
)

type authenticateOIDC struct {
	AuthorizationEndpoint            string `cfn:"required"`
	Issuer                           string `cfn:"required"`
	TokenEndpoint                    string `cfn:"required"`
	UserInfoEndpoint                 string `cfn:"required"`
	ClientId                         string `cfn:"required"`
	ClientSecret                     string
	UseExistingClientSecret          *bool
	OnUnauthenticatedRequest         string `cfn:"only=authenticate|allow|deny"`
	Scope                            string
	SessionCookieName                string `cfn:"inert"` // there are no sessions
	SessionTimeout                   string `cfn:"inert"` // there are no sessions
	AuthenticationRequestExtraParams any    `cfn:"inert"` // for the identity provider
}

type authenticateCognito struct {
	UserPoolArn                      string `cfn:"required"`
	UserPoolClientId                 string `cfn:"required"`
	UserPoolDomain                   string `cfn:"required"`
	OnUnauthenticatedRequest         string `cfn:"only=authenticate|allow|deny"`
	Scope                            string
	SessionCookieName                string `cfn:"inert"` // there are no sessions
	SessionTimeout                   string `cfn:"inert"` // there are no sessions
	AuthenticationRequestExtraParams any    `cfn:"inert"` // for the identity provider
}

// login is what an action that authenticates does with clients that have not signed in; nil if
// it lets them pass. A user pool's domain is a prefix of Cognito's
// (docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html).
func (r *Resources) login(property string, a listenerAction) (*elb.Login, error) {
	var l elb.Login
	var otherwise string
	switch oidc, cognito := a.AuthenticateOidcConfig, a.AuthenticateCognitoConfig; {
	case a.Type == "authenticate-oidc" && oidc != nil:
		l = elb.Login{Endpoint: oidc.AuthorizationEndpoint, ClientID: oidc.ClientId, Scope: oidc.Scope}
		otherwise = oidc.OnUnauthenticatedRequest
	case a.Type == "authenticate-cognito" && cognito != nil:
		l = elb.Login{Endpoint: "https://" + cognito.UserPoolDomain + ".auth." + r.Scope.Region + ".amazoncognito.com/oauth2/authorize", ClientID: cognito.UserPoolClientId, Scope: cognito.Scope}
		otherwise = cognito.OnUnauthenticatedRequest
	default:
		return nil, fmt.Errorf("property %s: an action of type %s needs its configuration", property, a.Type)
	}
	if otherwise == "allow" {
		return nil, nil
	}
	l.Deny = otherwise == "deny"
	return &l, nil
}
