package cloud

import (
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"provenendpoints/internal/lab/awserr"
)

// planQuery reads a call of a query API: it must be signed, of the version that
// the lab has, and an action that it has.
func planQuery(r *request, version string) (action string, err error) {
	if err := r.readForm(); err != nil {
		return "", err
	}
	if r.caller.session == nil {
		return "", r.service.style.authFailure(missingSignature)
	}
	action = r.form.Get("Action")
	if action == "" {
		return "", awserr.New("MissingAction", "The request is missing an action")
	}
	if v := r.form.Get("Version"); v != version {
		return "", awserr.New("NoSuchVersion", "the lab has version %s of this API, not %q", version, v)
	}
	return action, nil
}

// invalidAction refuses an action that the lab does not have.
func invalidAction(action string) error {
	return awserr.New("InvalidAction", "the lab has no action %s", action)
}

// refuseOthers refuses parameters besides the known ones; names ending in a dot
// stand for all that begin so.
func (r *request) refuseOthers(known ...string) error {
	names := make([]string, 0, len(r.form))
	for name := range r.form {
		names = append(names, name)
	}
	sort.Strings(names)
next:
	for _, name := range names {
		if name == "Action" || name == "Version" || strings.HasPrefix(name, "X-Amz-") {
			continue
		}
		for _, k := range known {
			if name == k || strings.HasSuffix(k, ".") && strings.HasPrefix(name, k) {
				continue next
			}
		}
		return awserr.New("UnknownParameter", "the lab does not know the parameter %s", name)
	}
	return nil
}

// list reads the parameters prefix.1, prefix.2, ….
func (r *request) list(prefix string) []string {
	var out []string
	for i := 1; ; i++ {
		v, ok := r.form[fmt.Sprintf("%s.%d", prefix, i)]
		if !ok {
			return out
		}
		out = append(out, v[0])
	}
}

// queryReply wraps a result as query APIs do.
func queryReply(r *request, action, namespace string, result any) (*reply, error) {
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	answer := struct {
		XMLName          xml.Name
		Result           any
		ResponseMetadata metadata
	}{XMLName: xml.Name{Space: namespace, Local: action + "Response"}, Result: result, ResponseMetadata: metadata{r.id}}
	return replyXML(answer)
}

// stsNamespace is the XML namespace of STS's answers.
const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"

// planSTS has GetCallerIdentity, which needs no permission
// (docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
func planSTS(c *Cloud, r *request) (*operation, error) {
	action, err := planQuery(r, "2011-06-15")
	if err != nil {
		return nil, err
	}
	if action != "GetCallerIdentity" {
		return nil, invalidAction(action)
	}
	return &operation{run: func(context.Context) (*reply, error) {
		s := r.caller.session
		return queryReply(r, action, stsNamespace, struct {
			XMLName              xml.Name `xml:"GetCallerIdentityResult"`
			Arn, UserId, Account string
		}{Arn: s.arn, UserId: s.roleID + ":" + s.name, Account: c.scope.Account})
	}}, nil
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
