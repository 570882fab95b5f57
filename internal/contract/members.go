package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/proof"
)

// Member is one of several things that are verified together.
type Member struct {
	// Name begins the ids of its claims in the verification: letters and digits.
	// Required.
	Name string
	// Subject describes it for people, as that of [Properties] does. Required.
	Subject string
	// Claims are what must be true of it. Required, at least one.
	Claims []proof.Claim
}

// All are all claims: those of the verification itself, and those of its members, whose
// ids begin with the member's name.
func (p Properties) All() []proof.Claim {
	all := slices.Clone(p.Claims)
	for _, member := range p.Members {
		for _, claim := range member.Claims {
			claim.ID = member.Name + claim.ID
			all = append(all, claim)
		}
	}
	return all
}

// Subjects are the subjects of the members' claims, by id.
func (p Properties) Subjects() map[string]string {
	subjects := map[string]string{}
	for _, member := range p.Members {
		for _, claim := range member.Claims {
			subjects[member.Name+claim.ID] = member.Subject
		}
	}
	return subjects
}

// memberList is a list of members. Claims that differ in nothing but the vantage point,
// and in an id that begins with it, travel as one: their From is the list of the
// vantage points, their Id the rest. A member's claims come back in that order.
var memberList = codec[[]Member]{
	encode: func(members []Member) any {
		if len(members) == 0 {
			return nil
		}
		list := make([]any, 0, len(members))
		for _, member := range members {
			list = append(list, map[string]any{"Name": member.Name, "Subject": member.Subject, claimsProperty: grouped(member.Claims)})
		}
		return list
	},
	decode: func(name string, raw any) ([]Member, error) {
		if raw == nil {
			return nil, nil
		}
		list, ok := raw.([]any)
		if !ok || len(list) == 0 {
			return nil, fmt.Errorf("%s: must be a list of at least one member, got %s", name, show(raw))
		}
		var members []Member
		var errs []error
		for i, item := range list {
			object, _ := item.(map[string]any)
			field := fmt.Sprintf("%s[%d]", name, i)
			var member Member
			var wrong [3]error
			member.Name, wrong[0] = text.decode(field+".Name", object["Name"])
			member.Subject, wrong[1] = text.decode(field+".Subject", object["Subject"])
			member.Claims, wrong[2] = claimList.decode(field+"."+claimsProperty, ungrouped(object[claimsProperty]))
			errs = append(errs, wrong[:]...)
			for key := range object {
				if key != "Name" && key != "Subject" && key != claimsProperty {
					errs = append(errs, fmt.Errorf("%s.%s: unknown property, must be one of %s, Name, Subject", field, printable(key), claimsProperty))
				}
			}
			members = append(members, member)
		}
		return members, errors.Join(errs...)
	},
}

// grouped are claims as a member holds them.
func grouped(claims []proof.Claim) []any {
	objects, _ := claimList.encode(claims).([]any)
	var list []any
	groups := map[string]map[string]any{}
	for _, item := range objects {
		object := item.(map[string]any)
		from, _ := object["From"].(string)
		id, _ := object["Id"].(string)
		rest, begins := strings.CutPrefix(id, from)
		if from == "" || !begins || rest == "" {
			list = append(list, object)
			continue
		}
		object["From"], object["Id"] = nil, rest
		data, err := json.Marshal(object)
		if err != nil {
			panic(err) // claims are texts
		}
		group := groups[string(data)]
		if group == nil {
			object["From"] = []any{}
			group = object
			groups[string(data)] = group
			list = append(list, group)
		}
		group["From"] = append(group["From"].([]any), from)
	}
	return list
}

// ungrouped are claims as the claims of a verification travel. What is no list of
// claims stays as it is.
func ungrouped(raw any) any {
	list, ok := raw.([]any)
	if !ok {
		return raw
	}
	var claims []any
	for _, item := range list {
		object, _ := item.(map[string]any)
		points, several := object["From"].([]any)
		if !several {
			claims = append(claims, item)
			continue
		}
		for _, point := range points {
			one := map[string]any{}
			for key, value := range object {
				one[key] = value
			}
			one["From"], one["Id"] = point, fmt.Sprint(point)+fmt.Sprint(object["Id"])
			claims = append(claims, one)
		}
	}
	return claims
}

// checkMembers checks the names; the claims are checked with all others.
func checkMembers(p Properties) error {
	var errs []error
	seen := map[string]bool{}
	for i, member := range p.Members {
		field := fmt.Sprintf("Members[%d]", i)
		if !memberForm.MatchString(member.Name) {
			errs = append(errs, fmt.Errorf("%s.Name: must be 1 to %d letters and digits, got %s", field, MaxPointName, show(member.Name)))
		}
		if seen[member.Name] {
			errs = append(errs, fmt.Errorf("%s.Name: must differ from the others, got %s twice", field, show(member.Name)))
		}
		seen[member.Name] = true
		if member.Subject == "" {
			errs = append(errs, fmt.Errorf("%s.Subject: required, got none", field))
		}
	}
	return errors.Join(errs...)
}

// memberForm is what names of members look like.
var memberForm = nameForm

// WithFormer are the properties of an update: what they claim, in which what was proved
// before it may still be there (see [proof.WithFormer]).
func (p Properties) WithFormer(former Properties) Properties {
	claims := proof.WithFormer(p.All(), former.All())
	next := func(count int) []proof.Claim {
		var some []proof.Claim
		some, claims = claims[:count:count], claims[count:]
		return some
	}
	p.Claims = next(len(p.Claims))
	p.Members = slices.Clone(p.Members)
	for i := range p.Members {
		member := &p.Members[i]
		member.Claims = next(len(member.Claims))
		for j := range member.Claims {
			member.Claims[j].ID = strings.TrimPrefix(member.Claims[j].ID, member.Name)
		}
	}
	return p
}
