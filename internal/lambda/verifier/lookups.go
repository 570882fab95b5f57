package verifier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	"github.com/aws/smithy-go"

	"provenendpoints/proof"
)

// clients are what look-ups call AWS with. Each call is made once: the
// verification's own rounds are the retries, and bound it.
type clients struct {
	ec2            *ec2.Client
	elb            *elb.Client
	iam            *iam.Client
	lambda         *lambda.Client
	cloudformation *cloudformation.Client
	// The names of a VPC are those of three APIs. Hosted zones belong to no Region,
	// but are associated with VPCs of one.
	zones    *route53.Client
	resolver *route53resolver.Client
	profiles *route53profiles.Client
	region   string
	// probers are the functions' ARNs by vantage point.
	probers map[string]string
	log     *slog.Logger
}

// implementations are the look-ups on AWS's APIs. Each lookup_NAME.go adds its own by
// [implement].
var implementations []func(*clients) proof.Answer

// implement says how a look-up is made. A panic becomes an error,
// and errors name the IAM action and the reason. What was looked for is added by
// [proof.Gather].
func implement[K, V any](lookup *proof.Lookup[K, V], call func(context.Context, *clients, K) (V, error)) bool {
	implementations = append(implementations, func(c *clients) proof.Answer {
		return lookup.By(func(ctx context.Context, key K) (found V, err error) {
			action := strings.Join(lookup.Actions(), ", ")
			defer func() {
				if p := recover(); p != nil {
					logPanic(c.log, p)
					err = fmt.Errorf("%s: the call panicked: %v", action, p)
				}
			}()
			found, err = call(ctx, c, key)
			if err != nil {
				return found, fmt.Errorf("%s: %w", action, reasonOf(err))
			}
			return found, nil
		})
	})
	return true
}

// newLookups are all look-ups, made with this configuration.
func newLookups(config aws.Config, probers map[string]string, log *slog.Logger) proof.Lookups {
	c := &clients{
		ec2: ec2.NewFromConfig(config), elb: elb.NewFromConfig(config), iam: iam.NewFromConfig(config), lambda: lambda.NewFromConfig(config),
		zones: route53.NewFromConfig(config), resolver: route53resolver.NewFromConfig(config), profiles: route53profiles.NewFromConfig(config),
		region:         config.Region,
		cloudformation: cloudformation.NewFromConfig(config),
		probers:        probers, log: log,
	}
	var lookups proof.Lookups
	for _, implementation := range implementations {
		lookups = append(lookups, implementation(c))
	}
	return lookups
}

// paginator is any of the SDK's.
type paginator[Page, Options any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Options)) (*Page, error)
}

// all collects the items of all pages.
func all[Page, Options, Item any](ctx context.Context, pages paginator[Page, Options], items func(*Page) []Item) ([]Item, error) {
	var found []Item
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		found = append(found, items(page)...)
	}
	return found, nil
}

// one is the item that there must be on the pages, and no other.
func one[Page, Options, Item any](ctx context.Context, pages paginator[Page, Options], items func(*Page) []Item) (item Item, err error) {
	found, err := all(ctx, pages, items)
	if err != nil {
		return item, err
	}
	if len(found) != 1 {
		return item, fmt.Errorf("asked for 1, got %d", len(found))
	}
	return found[0], nil
}

// distinct counts different ids.
func distinct(ids []string) int {
	set := make(map[string]struct{}, len(ids))
	for _, id := range ids {
		set[id] = struct{}{}
	}
	return len(set)
}

// filter makes a filter of one value.
func filter(name, value string) types.Filter {
	return types.Filter{Name: &name, Values: []string{value}}
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
