package proof

import (
	"testing"
)

var _ = exampleOf(Placed, example{
	valid:  Claim{From: "private", Subnets: []string{"subnet-1"}, Group: "sg-1", Role: "arn:aws:iam::1:role/prober", Code: "c2hh"},
	fields: "From! Subnets Group Role Code",
	gathered: []Claim{
		{From: "private"},
	},
})

func TestJudgePlaced(t *testing.T) {
	t.Parallel()
	in := Claim{Kind: Placed, From: "private", Subnets: []string{"subnet-1", "subnet-2"}, Group: "sg-1"}
	outside := Claim{Kind: Placed, From: "outside"}
	const hint = "the VPC configuration of the prober at private"
	at := func(groups []string, subnets ...string) Facts {
		return Facts{placedFacts{Function{Name: "f", Role: "arn:r", Subnets: subnets, Groups: groups}}}
	}
	one := []string{"sg-1"}
	role := outside
	role.Role = "arn:aws:iam::1:role/prober"
	as := func(role string) Facts { return Facts{placedFacts{Function{Name: "f", Role: role}}} }
	own := outside
	own.Code = "b3du"
	running := func(code string, layers, variables []string) Facts {
		return Facts{placedFacts{Function{Name: "f", Code: code, Layers: layers, Variables: variables}}}
	}
	invoked := func(by string) Facts {
		return Facts{placedFacts{Function{Name: "f", Policy: `{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"a","Effect":"Allow","Principal":` + by + `,"Action":"lambda:InvokeFunction","Resource":"arn:f"}]}`}}}
	}
	checkJudged(t, map[string]judged{
		"its own code":          {claim: own, facts: running("b3du", nil, nil), state: Holds, text: "no VPC"},
		"other code":            {claim: own, facts: running("b3RoZXI=", nil, nil), state: Refuted, text: "its code has the SHA-256 b3RoZXI=", hint: "who changed the code of the prober at outside; deploy it again"},
		"unknown code":          {claim: own, facts: running("", nil, nil), state: Unproven, text: "the prober's code is unknown"},
		"a layer":               {claim: own, facts: running("b3du", []string{"arn:layer:1"}, nil), state: Refuted, text: "it has the layer arn:layer:1", hint: "the layers of the prober at outside"},
		"a variable":            {claim: own, facts: running("b3du", nil, []string{"GODEBUG"}), state: Refuted, text: "it has the environment variable GODEBUG", hint: "the environment of the prober at outside"},
		"for a service":         {claim: outside, facts: invoked(`{"Service":"s3.amazonaws.com"}`), state: Refuted, text: "its resource policy lets s3.amazonaws.com invoke it", hint: "who added that permission to the prober at outside"},
		"for everybody":         {claim: outside, facts: invoked(`"*"`), state: Refuted, text: "its resource policy lets * invoke it", hint: "who added that permission to the prober at outside"},
		"for nobody":            {claim: outside, facts: Facts{placedFacts{Function{Name: "f", Policy: `{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}`}}}, state: Holds, text: "no VPC"},
		"for nobody knows whom": {claim: outside, facts: Facts{placedFacts{Function{Name: "f", Policy: "x"}}}, state: Unproven, text: "the resource policy of the prober could not be read: invalid character 'x' looking for beginning of value"},
		"any code":              {claim: outside, facts: running("b3RoZXI=", []string{"arn:layer:1"}, []string{"GODEBUG"}), state: Holds, text: "no VPC"},
		"in whatever role":      {claim: Claim{Kind: Placed, From: "private"}, facts: as(""), state: Holds, text: "no VPC"},
		"in its role":           {claim: role, facts: as(role.Role), state: Holds, text: "no VPC"},
		"in another role":       {claim: role, facts: as("arn:aws:iam::1:role/other"), state: Refuted, text: "it runs as arn:aws:iam::1:role/other", hint: "the role of the prober at outside"},
		"in an unknown role":    {claim: role, facts: as(""), state: Unproven, text: "the prober's role is unknown"},
		"in any role":           {claim: outside, facts: as("arn:aws:iam::1:role/other"), state: Holds, text: "no VPC"},
		"in place":              {claim: in, facts: at(one, "subnet-2", "subnet-1"), state: Holds, text: "subnet-1 and subnet-2, sg-1"},
		"in another subnet":     {claim: in, facts: at(one, "subnet-1", "subnet-3"), state: Refuted, text: "it is in subnet-1 and subnet-3", hint: hint},
		"in one of two":         {claim: in, facts: at(one, "subnet-1"), state: Refuted, text: "it is in subnet-1", hint: hint},
		"in one too many":       {claim: in, facts: at(one, "subnet-1", "subnet-2", "subnet-3"), state: Refuted, text: "it is in subnet-1, subnet-2 and subnet-3", hint: hint},
		"in no VPC":             {claim: in, facts: at(nil), state: Refuted, text: "it is in no VPC", hint: hint},
		"another group":         {claim: in, facts: at([]string{"sg-2"}, "subnet-1", "subnet-2"), state: Refuted, text: "it has the security group sg-2", hint: hint},
		"one group too many":    {claim: in, facts: at([]string{"sg-2", "sg-1"}, "subnet-1", "subnet-2"), state: Refuted, text: "it has the security groups sg-1 and sg-2", hint: hint},
		"no group":              {claim: in, facts: at(nil, "subnet-1", "subnet-2"), state: Refuted, text: "it has no security group", hint: hint},
		"any group":             {claim: Claim{Kind: Placed, From: "private", Subnets: []string{"subnet-1"}}, facts: at(one, "subnet-1"), state: Holds, text: "subnet-1"},
		"unknown":               {claim: outside, state: Unproven, text: "the prober's location is unknown"},
		"outside":               {claim: outside, facts: at(nil), state: Holds, text: "no VPC"},
		"not outside":           {claim: outside, facts: at(one, "subnet-1"), state: Refuted, text: "it is in subnet-1", hint: "the VPC configuration of the prober at outside"},
		"half outside":          {claim: outside, facts: at(one), state: Refuted, text: "it has the security group sg-1", hint: "the VPC configuration of the prober at outside"},
	})
}
