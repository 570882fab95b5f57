package resources

import (
	"context"
	"fmt"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register(vpcLinkType, (*Resources).vpcLinkType) }

const vpcLinkType = "AWS::ApiGatewayV2::VpcLink"

type vpcLinkProps struct {
	Name             string            `cfn:"required"`
	SubnetIds        []string          `cfn:"required,replace"`
	SecurityGroupIds []string          `cfn:"replace"`
	Tags             map[string]string `cfn:"inert"` // names for people
}

// vpcLinkType is AWS::ApiGatewayV2::VpcLink: an interface in each of its subnets, with its
// groups or the VPC's default one, by which HTTP APIs reach what is in the VPC
// (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html). No API
// answers in the lab, so nothing comes by them. They count all the same, as interfaces by
// which AWS brings others in.
func (r *Resources) vpcLinkType() cfn.Definition[vpcLinkProps] {
	interfaceOf := func(id string, i int) string { return awsid.Derived("eni-", fmt.Sprint(id, "/", i)) }
	return cfn.Definition[vpcLinkProps]{
		Attributes: []string{"VpcLinkId"},
		Inert:      func(vpcLinkProps, map[string]string) string { return "nobody comes by it: " + noEdge },
		Create: func(_ context.Context, c cfn.TypedRequest[vpcLinkProps]) (cfn.Result, error) {
			id := awsid.Lower(10, r.generation(resourceKey(c.Request)))
			out := cfn.Result{PhysicalID: id, Attributes: map[string]any{"VpcLinkId": id}}
			for i, subnet := range c.Props.SubnetIds {
				if _, err := r.Network.Interfaces().Create(vpc.Interface{
					ID: interfaceOf(id, i), Subnet: subnet, Groups: c.Props.SecurityGroupIds,
					Description: "VPC Link Network Interface for API Gateway " + id, Type: "api_gateway_managed",
				}); err != nil {
					return out, err
				}
			}
			return out, nil
		},
		Update: func(context.Context, cfn.TypedRequest[vpcLinkProps]) (cfn.Result, error) { return cfn.Result{}, nil },
		Delete: func(ctx context.Context, c cfn.TypedRequest[vpcLinkProps]) error {
			for i := range c.Props.SubnetIds {
				if err := r.remove(ctx, interfaceOf(c.PhysicalID, i), r.Network.Interfaces().Delete); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
