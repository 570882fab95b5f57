package ec2

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/tags"
)

// The calls for tags (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html,
// …/API_DeleteTags.html, …/API_DescribeTags.html).
func init() {
	for name, change := range map[string]func(account, *api.Request, string) error{
		"CreateTags": func(a account, r *api.Request, id string) error {
			given, err := tagsIn(r, "Tag")
			a.tags.Set(id, given)
			return err
		},
		"DeleteTags": func(a account, r *api.Request, id string) error {
			given, err := tagsIn(r, "Tag")
			for _, t := range a.tags.Of(id) {
				value, named := given[t.Key]
				// A value that is given must be the tag's; without tags all go but AWS's own.
				if len(given) == 0 && !strings.HasPrefix(t.Key, reserved) || named && (value == t.Value || value == "") {
					a.tags.Unset(id, t.Key)
				}
			}
			return err
		},
	} {
		ec2.Register(api.QueryOperation[account]{
			Name: name, Parameters: []string{"ResourceId.", "Tag."}, Validate: needs("ResourceId"),
			Resource: func(a account, r *api.Request) string {
				id := r.Form.Get("ResourceId.1")
				return a.scope.ARN("ec2", kindOf(id)+"/"+id)
			},
			Run: func(_ context.Context, a account, r *api.Request) (any, error) {
				ids := r.List("ResourceId")
				for _, id := range ids {
					if !a.exists(id) {
						return nil, awserr.New("InvalidID", "The ID '%s' is not valid", id)
					}
				}
				for _, id := range ids {
					if err := change(a, r, id); err != nil {
						return nil, err
					}
				}
				return changed{}, nil
			},
		})
	}
	describe(description{name: "DescribeTags", set: "tagSet", items: tagItems, filters: []string{"key", "value", "resource-id", "resource-type"}})
}

// reserved is what the keys of AWS's own tags begin with.
const reserved = "aws:"

type (
	tagXML struct {
		Key   string `xml:"key"`
		Value string `xml:"value"`
	}
	taggedXML struct {
		ID    string `xml:"resourceId"`
		Type  string `xml:"resourceType"`
		Key   string `xml:"key"`
		Value string `xml:"value"`
	}
)

// value is what a filter is compared with.
func (x taggedXML) value(filter string) []string {
	switch filter {
	case "key":
		return []string{x.Key}
	case "value":
		return []string{x.Value}
	case "resource-id":
		return []string{x.ID}
	case "resource-type":
		return []string{x.Type}
	}
	return nil
}

func tagItems(a account) ([]item, error) {
	var items []item
	for _, id := range a.tags.Tagged() {
		kind := kindOf(id)
		if kind == "" {
			continue // another service's
		}
		for _, t := range a.tags.Of(id) {
			x := taggedXML{id, kind, t.Key, t.Value}
			items = append(items, item{id: id + "/" + t.Key, xml: late{x.value, func() any { return x }}})
		}
	}
	return items, nil
}

// kinds are what EC2 calls its resources, by what their ids begin with
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TagSpecification.html).
var kinds = map[string]string{
	"acl-": "network-acl", "cgw-": "customer-gateway", "dopt-": "dhcp-options", "eice-": "instance-connect-endpoint", "eigw-": "egress-only-internet-gateway",
	"eipalloc-": "elastic-ip", "eni-": "network-interface", "i-": "instance", "igw-": "internet-gateway", "lt-": "launch-template", "nat-": "natgateway",
	"pcx-": "vpc-peering-connection", "pl-": "prefix-list", "rtb-": "route-table", "sg-": "security-group", "subnet-": "subnet", "tgw-": "transit-gateway",
	"tgw-attach-": "transit-gateway-attachment", "tgw-rtb-": "transit-gateway-route-table", "vgw-": "vpn-gateway", "vpc-": "vpc", "vpce-": "vpc-endpoint",
	"vpce-svc-": "vpc-endpoint-service", "vpn-": "vpn-connection",
}

// kindOf is the kind of what has an id, or "".
func kindOf(id string) string {
	if at := strings.LastIndex(id, "-"); at > 0 {
		return kinds[id[:at+1]]
	}
	return ""
}

// exists reports whether some Describe call tells of an id, or it has tags.
func (a account) exists(id string) bool {
	if len(a.tags.Of(id)) > 0 {
		return true
	}
	for _, d := range descriptions {
		if d.ids == "" {
			continue
		}
		if items, err := d.items(a); err == nil && slices.ContainsFunc(items, func(i item) bool { return i.id == id }) {
			return true
		}
	}
	return false
}

// tagsIn reads the tags PREFIX.N.Key and PREFIX.N.Value.
func tagsIn(r *api.Request, prefix string) (map[string]string, error) {
	out := map[string]string{}
	for i := 1; ; i++ {
		key := r.Form.Get(fmt.Sprintf("%s.%d.Key", prefix, i))
		if key == "" {
			return out, nil
		}
		if strings.HasPrefix(key, reserved) {
			return nil, awserr.New("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
		}
		out[key] = r.Form.Get(fmt.Sprintf("%s.%d.Value", prefix, i))
	}
}

// tagsSpecified reads the tags that a new resource of a kind shall have.
func tagsSpecified(r *api.Request, kind string) (map[string]string, error) {
	for i := 1; r.Form.Has(fmt.Sprintf("TagSpecification.%d.ResourceType", i)); i++ {
		if at := fmt.Sprintf("TagSpecification.%d.", i); r.Form.Get(at+"ResourceType") == kind {
			return tagsIn(r, at+"Tag")
		}
	}
	return nil, nil
}

// withTags is what an item looks like, with its tags.
func (a account) withTags(i item) any {
	written := i.written()
	found := tagList(a.tags.Of(i.id))
	if of, ok := written.(reservationXML); ok { // the tags are those of what is in it
		of.Instances = slices.Clone(of.Instances)
		for n := range of.Instances {
			of.Instances[n].Tags = found
		}
		return of
	}
	if len(found) == 0 {
		return written
	}
	return withTags{written, found}
}

func tagList(found []tags.Tag) []tagXML {
	out := make([]tagXML, len(found))
	for n, t := range found {
		out[n] = tagXML(t)
	}
	return out
}

// withTags writes a tagSet at the end of a value's element.
type withTags struct {
	value any
	tags  []tagXML
}

// MarshalXML implements [xml.Marshaler].
func (w withTags) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	text, err := xml.Marshal(w.value)
	if err != nil {
		return err
	}
	// What is between the value's own first and last tag.
	inner := text[bytes.IndexByte(text, '>')+1 : bytes.LastIndex(text, []byte("</"))]
	return e.EncodeElement(struct {
		Inner []byte `xml:",innerxml"`
	}{slices.Concat(inner, tagSet(w.tags))}, start)
}

// tagSet is the element of a list of tags.
func tagSet(list []tagXML) []byte {
	text, _ := xml.Marshal(struct {
		XMLName xml.Name `xml:"tagSet"`
		Items   []tagXML `xml:"item"`
	}{Items: list}) // texts are always written
	return text
}
