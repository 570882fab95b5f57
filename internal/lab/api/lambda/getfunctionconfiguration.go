package lambda

import (
	"context"
	"net/http"

	"provenendpoints/internal/lab/api"
)

// docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
func init() {
	register(http.MethodGet, "configuration", operation{action: "GetFunctionConfiguration", run: getFunctionConfiguration})
}

// functionConfiguration is the answer. VpcConfig is absent outside of every VPC.
type functionConfiguration struct {
	FunctionName, FunctionArn, Role  string
	CodeSha256                       string `json:",omitempty"`
	Timeout                          int
	Version, State, LastUpdateStatus string
	VpcConfig                        *vpcConfig `json:",omitempty"`
	LoggingConfig                    struct{ LogGroup string }
	Layers                           []layer      `json:",omitempty"`
	Environment                      *environment `json:",omitempty"`
}

type layer struct{ Arn string }

type environment struct{ Variables map[string]string }

type vpcConfig struct {
	VpcID            string `json:"VpcId"`
	SubnetIds        []string
	SecurityGroupIds []string
}

func getFunctionConfiguration(_ context.Context, f Functions, arn string, _ *api.Request) (*api.Reply, error) {
	c, err := configuration(f, arn)
	if err != nil {
		return nil, err
	}
	return api.ReplyJSON(c)
}

// configuration describes a function.
func configuration(f Functions, arn string) (functionConfiguration, error) {
	c, err := f.Config(arn)
	if err != nil {
		return functionConfiguration{}, err
	}
	out := functionConfiguration{
		FunctionName: c.Name, FunctionArn: arn, Role: c.Role, Timeout: int(c.Timeout.Seconds()),
		Version: "$LATEST", State: "Active", LastUpdateStatus: "Successful",
	}
	if f.Pending(arn) {
		out.State = "Pending"
	}
	out.LoggingConfig.LogGroup = c.LogGroup
	out.CodeSha256 = c.CodeSHA256
	for _, arn := range c.Layers {
		out.Layers = append(out.Layers, layer{arn})
	}
	if len(c.Variables) > 0 {
		out.Environment = &environment{c.Variables}
	}
	if len(c.Subnets) > 0 {
		out.VpcConfig = &vpcConfig{c.VPC, c.Subnets, c.Groups}
	}
	return out, nil
}
