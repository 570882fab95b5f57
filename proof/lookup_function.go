package proof

import "errors"

// FunctionLookup finds where the prober of a vantage point runs, by the vantage
// point's name. It is the one look-up that is about the verification itself, not
// about what it verifies.
var FunctionLookup = newLookup[string, Function]("function", ProberFunctions, "lambda:GetFunctionConfiguration", "lambda:GetPolicy")

// Function is where a Lambda function has its interfaces, and what it runs; without any
// it is in no VPC.
type Function struct {
	// Name is the function's own; without it nothing is known.
	Name string
	// Role is the ARN of its execution role.
	Role            string
	Subnets, Groups []string
	// Code is the SHA-256 of its deployment package in Base64. Layers are the ARNs of its
	// layers, Variables the names of its environment variables.
	Code              string
	Layers, Variables []string
	// Policy is its resource policy, as JSON text: who besides principals of the account with
	// a permission may invoke it. Empty if it has none.
	Policy string
}

// function looks up the prober of a vantage point.
func (g *gatherer) function(vantagePoint string) Function {
	return look(g, FunctionLookup, "the prober at "+vantagePoint, vantagePoint, func(f Function) error {
		if f.Name == "" {
			return errors.New("it was described without its name")
		}
		return nil
	})
}
