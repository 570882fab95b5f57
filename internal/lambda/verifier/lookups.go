package verifier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"

	"provenendpoints/proof"
)

// lookups implements [proof.Lookups] on AWS's APIs. Each call is made once: the
// verification's own rounds are the retries, and bound it.
type lookups struct {
	ec2    *ec2.Client
	elb    *elb.Client
	lambda *lambda.Client
	// probers are the functions' ARNs by vantage point.
	probers map[string]string
	log     *slog.Logger
}

var (
	_ proof.Lookups   = (*lookups)(nil)
	_ proof.Functions = (*lookups)(nil)
)

func newLookups(config aws.Config, probers map[string]string, log *slog.Logger) *lookups {
	return &lookups{
		ec2: ec2.NewFromConfig(config), elb: elb.NewFromConfig(config), lambda: lambda.NewFromConfig(config),
		probers: probers, log: log,
	}
}

// lookUp runs one look-up: a panic becomes an error, and the error is put so that
// it names the IAM action and the reason. What was looked for is added by
// [proof.Gather].
func lookUp[T any](ctx context.Context, l *lookups, action string, ask func(context.Context) (T, error)) (found T, err error) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(l.log, p)
			err = fmt.Errorf("%s: the call broke: %v", action, p)
		}
	}()
	found, err = ask(ctx)
	if err != nil {
		return found, fmt.Errorf("%s: %w", action, reasonOf(err))
	}
	return found, nil
}

// Endpoint needs ec2:DescribeVpcEndpoints, and ec2:DescribeNetworkInterfaces for
// interface endpoints.
func (l *lookups) Endpoint(ctx context.Context, id string) (proof.Endpoint, error) {
	endpoint, err := lookUp(ctx, l, "ec2:DescribeVpcEndpoints", func(ctx context.Context) (types.VpcEndpoint, error) {
		pages := ec2.NewDescribeVpcEndpointsPaginator(l.ec2, &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: []string{id}})
		var found []types.VpcEndpoint
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return types.VpcEndpoint{}, err
			}
			found = append(found, page.VpcEndpoints...)
		}
		return only(found)
	})
	if err != nil {
		return proof.Endpoint{}, err
	}
	result := endpointOf(endpoint)
	if endpoint.VpcEndpointType != types.VpcEndpointTypeInterface || len(endpoint.NetworkInterfaceIds) == 0 {
		// Of another type, none is of interest; one of this type has none yet. The
		// role of a gateway endpoint's verifier may not even look.
		return result, nil
	}
	result.Interfaces, err = lookUp(ctx, l, "ec2:DescribeNetworkInterfaces", func(ctx context.Context) ([]proof.Interface, error) {
		pages := ec2.NewDescribeNetworkInterfacesPaginator(l.ec2, &ec2.DescribeNetworkInterfacesInput{NetworkInterfaceIds: endpoint.NetworkInterfaceIds})
		var found []types.NetworkInterface
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			found = append(found, page.NetworkInterfaces...)
		}
		if len(found) != len(endpoint.NetworkInterfaceIds) {
			return nil, fmt.Errorf("asked for %d interfaces, got %d", len(endpoint.NetworkInterfaceIds), len(found))
		}
		return interfacesOf(found, endpoint.DnsOptions)
	})
	return result, err
}

// VPC needs ec2:DescribeVpcs.
func (l *lookups) VPC(ctx context.Context, id string) ([]netip.Prefix, error) {
	return lookUp(ctx, l, "ec2:DescribeVpcs", func(ctx context.Context) ([]netip.Prefix, error) {
		pages := ec2.NewDescribeVpcsPaginator(l.ec2, &ec2.DescribeVpcsInput{VpcIds: []string{id}})
		var found []types.Vpc
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			found = append(found, page.Vpcs...)
		}
		vpc, err := only(found)
		if err != nil {
			return nil, err
		}
		return blocksOf(vpc)
	})
}

// PrefixList needs ec2:DescribePrefixLists.
func (l *lookups) PrefixList(ctx context.Context, name string) (proof.PrefixList, error) {
	return lookUp(ctx, l, "ec2:DescribePrefixLists", func(ctx context.Context) (proof.PrefixList, error) {
		pages := ec2.NewDescribePrefixListsPaginator(l.ec2, &ec2.DescribePrefixListsInput{Filters: filter("prefix-list-name", name)})
		var found []types.PrefixList
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return proof.PrefixList{}, err
			}
			found = append(found, page.PrefixLists...)
		}
		list, err := only(found)
		if err != nil {
			return proof.PrefixList{}, err
		}
		entries, err := prefixes(list.Cidrs)
		return proof.PrefixList{ID: aws.ToString(list.PrefixListId), Entries: entries}, err
	})
}

// RouteTables needs ec2:DescribeRouteTables.
func (l *lookups) RouteTables(ctx context.Context, vpc string, ids []string) ([]proof.RouteTable, error) {
	input := &ec2.DescribeRouteTablesInput{RouteTableIds: ids}
	if len(ids) == 0 {
		if vpc == "" {
			return nil, errors.New("ec2:DescribeRouteTables: neither route tables nor a vpc to look for")
		}
		input.Filters = filter("vpc-id", vpc)
	}
	return lookUp(ctx, l, "ec2:DescribeRouteTables", func(ctx context.Context) ([]proof.RouteTable, error) {
		pages := ec2.NewDescribeRouteTablesPaginator(l.ec2, input)
		var found []proof.RouteTable
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, table := range page.RouteTables {
				found = append(found, routeTableOf(table))
			}
		}
		// Every VPC has a main route table: none is no answer either.
		if want := distinct(ids); len(found) == 0 || want > 0 && len(found) != want {
			return nil, fmt.Errorf("asked for %d route tables, got %d", max(want, 1), len(found))
		}
		return found, nil
	})
}

// SecurityGroups needs ec2:DescribeSecurityGroups.
func (l *lookups) SecurityGroups(ctx context.Context, ids []string) ([]proof.SecurityGroup, error) {
	if len(ids) == 0 {
		// The API would answer with every group of the account.
		return nil, nil
	}
	return lookUp(ctx, l, "ec2:DescribeSecurityGroups", func(ctx context.Context) ([]proof.SecurityGroup, error) {
		pages := ec2.NewDescribeSecurityGroupsPaginator(l.ec2, &ec2.DescribeSecurityGroupsInput{GroupIds: ids})
		var found []proof.SecurityGroup
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, group := range page.SecurityGroups {
				converted, err := groupOf(group)
				if err != nil {
					return nil, err
				}
				found = append(found, converted)
			}
		}
		if want := distinct(ids); len(found) != want {
			return nil, fmt.Errorf("asked for %d security groups, got %d", want, len(found))
		}
		return found, nil
	})
}

// Connection needs ec2:DescribeVpcEndpointConnections. It is the service's side
// of the connection, so it answers only in the account that owns the service.
func (l *lookups) Connection(ctx context.Context, service, endpoint string) (string, error) {
	return lookUp(ctx, l, "ec2:DescribeVpcEndpointConnections", func(ctx context.Context) (string, error) {
		pages := ec2.NewDescribeVpcEndpointConnectionsPaginator(l.ec2, &ec2.DescribeVpcEndpointConnectionsInput{
			Filters: append(filter("service-id", service), filter("vpc-endpoint-id", endpoint)...),
		})
		var found []types.VpcEndpointConnection
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return "", err
			}
			found = append(found, page.VpcEndpointConnections...)
		}
		connection, err := only(found)
		return string(connection.VpcEndpointState), err
	})
}

// Principals needs ec2:DescribeVpcEndpointServicePermissions. It answers only in
// the account that owns the service. The SDK reads what is no answer as an empty
// one, so none is an error.
func (l *lookups) Principals(ctx context.Context, service string) ([]string, error) {
	return lookUp(ctx, l, "ec2:DescribeVpcEndpointServicePermissions", func(ctx context.Context) ([]string, error) {
		pages := ec2.NewDescribeVpcEndpointServicePermissionsPaginator(l.ec2, &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: &service})
		var found []string
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, allowed := range page.AllowedPrincipals {
				found = append(found, aws.ToString(allowed.Principal))
			}
		}
		if len(found) == 0 {
			return nil, errors.New("asked for who may connect, got 0: nobody may, or it was no answer")
		}
		return found, nil
	})
}

// Targets needs elasticloadbalancing:DescribeTargetHealth. The call has no pages.
func (l *lookups) Targets(ctx context.Context, targetGroup string) ([]proof.Target, error) {
	return lookUp(ctx, l, "elasticloadbalancing:DescribeTargetHealth", func(ctx context.Context) ([]proof.Target, error) {
		out, err := l.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &targetGroup})
		if err != nil {
			return nil, err
		}
		return targetsOf(out.TargetHealthDescriptions), nil
	})
}

// Function needs lambda:GetFunctionConfiguration on the prober.
func (l *lookups) Function(ctx context.Context, vantagePoint string) (proof.Function, error) {
	return lookUp(ctx, l, "lambda:GetFunctionConfiguration", func(ctx context.Context) (proof.Function, error) {
		arn := l.probers[vantagePoint]
		if arn == "" {
			return proof.Function{}, fmt.Errorf("there is no vantage point %q", vantagePoint)
		}
		out, err := l.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &arn})
		if err != nil {
			return proof.Function{}, err
		}
		place := proof.Function{Name: aws.ToString(out.FunctionName), Role: aws.ToString(out.Role)}
		if place.Name == "" {
			// An empty answer would say that the function is in no VPC.
			return proof.Function{}, errors.New("the answer names no function")
		}
		if vpc := out.VpcConfig; vpc != nil {
			place.Subnets, place.Groups = vpc.SubnetIds, vpc.SecurityGroupIds
		}
		return place, nil
	})
}

// only is the one element there must be.
func only[T any](found []T) (one T, err error) {
	if len(found) != 1 {
		return one, fmt.Errorf("asked for 1, got %d", len(found))
	}
	return found[0], nil
}

func distinct(ids []string) int {
	set := make(map[string]struct{}, len(ids))
	for _, id := range ids {
		set[id] = struct{}{}
	}
	return len(set)
}

func filter(name, value string) []types.Filter {
	return []types.Filter{{Name: &name, Values: []string{value}}}
}

// reasonOf leaves out what the SDK puts around a service's error (operation,
// attempts, request id): it must fit into a verdict.
func reasonOf(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		return fmt.Errorf("%s: %s", api.ErrorCode(), shorten(api.ErrorMessage(), 300))
	}
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		return withoutURL(operation.Err)
	}
	return err
}
