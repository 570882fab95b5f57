package resources

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/elb"
)

type fixedResponse struct {
	StatusCode               string `cfn:"required"`
	ContentType, MessageBody string
}

type redirect struct {
	StatusCode                        string `cfn:"required,only=HTTP_301|HTTP_302"`
	Protocol, Host, Port, Path, Query string
}

type listenerAction struct {
	Type           string `cfn:"required,only=forward|redirect|fixed-response|authenticate-oidc|authenticate-cognito"`
	TargetGroupArn string
	ForwardConfig  *struct {
		TargetGroups []struct {
			TargetGroupArn string `cfn:"required"`
			Weight         *int
		} `cfn:"required"`
		TargetGroupStickinessConfig *struct {
			Enabled         *bool `cfn:"only=false"`
			DurationSeconds *int  `cfn:"inert"` // says nothing while stickiness is off
		}
	}
	FixedResponseConfig       *fixedResponse
	RedirectConfig            *redirect
	AuthenticateOidcConfig    *authenticateOIDC
	AuthenticateCognitoConfig *authenticateCognito
	Order                     *int
}

// theAction is the action of a listener or a rule, after one that has clients sign in, if there
// is one of those.
func (r *Resources) theAction(property string, actions []listenerAction) (elb.Action, error) {
	actions = slices.Clone(actions)
	slices.SortStableFunc(actions, func(a, b listenerAction) int { return cmp.Compare(valueOr(a.Order, 0), valueOr(b.Order, 0)) })
	var login *elb.Login
	if len(actions) > 1 && strings.HasPrefix(actions[0].Type, "authenticate-") {
		var err error
		if login, err = r.login(property, actions[0]); err != nil {
			return elb.Action{}, err
		}
		actions = actions[1:]
	}
	if len(actions) != 1 || strings.HasPrefix(actions[0].Type, "authenticate-") {
		return elb.Action{}, fmt.Errorf("property %s: one action is needed, and one that authenticates may come before it; there are %d", property, len(actions))
	}
	a := actions[0]
	out := elb.Action{Type: a.Type, Login: login}
	add := func(arn string, weight int) {
		for i, g := range out.Groups {
			if g.Group == arn {
				out.Groups[i].Weight = weight
				return
			}
		}
		out.Groups = append(out.Groups, elb.WeightedGroup{Group: arn, Weight: weight})
	}
	if a.TargetGroupArn != "" {
		add(a.TargetGroupArn, 1)
	}
	if a.ForwardConfig != nil {
		for _, g := range a.ForwardConfig.TargetGroups {
			add(g.TargetGroupArn, valueOr(g.Weight, 1))
		}
	}
	switch {
	case a.Type == elb.ActionRedirect && a.RedirectConfig == nil, a.Type == elb.ActionFixed && a.FixedResponseConfig == nil:
		return out, fmt.Errorf("property %s: an action of type %s needs its configuration", property, a.Type)
	case a.Type == elb.ActionRedirect:
		d := a.RedirectConfig
		out.Redirect = elb.Redirect{Protocol: d.Protocol, Host: d.Host, Port: d.Port, Path: d.Path, Query: d.Query, Status: d.StatusCode}
	case a.Type == elb.ActionFixed:
		f := a.FixedResponseConfig
		out.Fixed = elb.FixedResponse{Status: f.StatusCode, ContentType: f.ContentType, Body: f.MessageBody}
	}
	return out, nil
}
