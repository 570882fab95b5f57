package proof

import (
	"fmt"
	"slices"
)

// judgePlaced wants the prober where the claim says, and nowhere else: what it
// measures from another subnet proves nothing about this one.
func judgePlaced(c Claim, f Facts, _ Observation) finding {
	look := "the VPC configuration of the prober at " + c.From
	switch {
	case f.Function.Name == "":
		return unproven("", "where the prober is is unknown")
	case !same(f.Function.Subnets, c.Subnets):
		return refuted(look, "it is in %s", subnets(f.Function.Subnets))
	case c.Group != "" && !same(f.Function.Groups, []string{c.Group}):
		return refuted(look, "it has %s", securityGroups(f.Function.Groups))
	case len(c.Subnets) == 0 && len(f.Function.Groups) > 0:
		return refuted(look, "it has %s", securityGroups(f.Function.Groups))
	case c.Role != "" && f.Function.Role == "":
		return unproven("", "whom the prober runs as is unknown")
	case c.Role != "" && f.Function.Role != c.Role:
		return refuted("the role of the prober at "+c.From, "it runs as %s", printable(f.Function.Role))
	}
	if c.Group == "" {
		return holds("%s", subnets(f.Function.Subnets))
	}
	return holds("%s, %s", subnets(f.Function.Subnets), c.Group)
}

// same tells whether two lists name the same things, in any order.
func same(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

func subnets(ids []string) string {
	if len(ids) == 0 {
		return "no VPC"
	}
	return list(slices.Sorted(slices.Values(ids)))
}

func securityGroups(ids []string) string {
	switch len(ids) {
	case 0:
		return "no security group"
	case 1:
		return "the security group " + ids[0]
	}
	return "the security groups " + list(slices.Sorted(slices.Values(ids)))
}

// judgeLimited wants the endpoint's policy to say what was declared.
func judgeLimited(c Claim, f Facts, _ Observation) finding {
	if f.Endpoint.Policy == "" {
		return unproven("", "the policy of the endpoint is unknown")
	}
	declared, err := readPolicy(c.Policy)
	if err != nil {
		return unproven("", "the declared policy cannot be read: %v", err)
	}
	actual, err := readPolicy(f.Endpoint.Policy)
	if err != nil {
		return unproven("", "the policy of the endpoint cannot be read: %v", err)
	}
	if where, differ := difference("", declared, actual); differ {
		return refuted("the policy of "+c.Endpoint+", and who changed it",
			"it differs%s: it is about %s", where, printable(shorten(list(actions(actual)), 200)))
	}
	return holds("%s", printable(shorten(commas(actions(actual)), 400)))
}

// actions are what the policy's statements are about, each once.
func actions(policy any) []string {
	var found []string
	root, _ := policy.(map[string]any)
	for _, statement := range items(root["Statement"]) {
		fields, _ := statement.(map[string]any)
		for _, element := range []string{"Action", "NotAction"} {
			for _, action := range items(fields[element]) {
				text := fmt.Sprint(action)
				if element == "NotAction" {
					text = "all but " + text
				}
				if effect := fmt.Sprint(fields["Effect"]); effect != "Allow" {
					text = effect + " " + text
				}
				found = append(found, text)
			}
		}
	}
	slices.Sort(found)
	if found = slices.Compact(found); len(found) == 0 {
		return []string{"nothing"}
	}
	return found
}
