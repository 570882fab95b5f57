package proof

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Gather looks up the facts that judging the claim (and making its probe)
// needs. The error names the look-up that failed; the claim is then unproven.
func Gather(ctx context.Context, lookups Lookups, claim Claim) (Facts, error) {
	if !claim.needsFacts() {
		return Facts{}, nil
	}
	if lookups == nil {
		return Facts{}, errors.New("nothing to look facts up with")
	}
	g := gatherer{ctx: ctx, from: lookups, claim: claim}
	switch claim.Kind {
	case Routed:
		g.prefixList()
		g.routes("", claim.RouteTables)
	case Unrouted:
		g.endpoint()
		g.routes(g.facts.Endpoint.VPC, nil)
	case Enclosed:
		g.routes("", claim.RouteTables)
		g.gateways()
	case Guarded:
		g.endpoint()
		g.vpc()
		g.groups()
	case Available:
		g.endpoint()
		g.connection()
	case Healthy:
		g.targets()
	case Limited:
		g.endpoint()
	case Permitted:
		g.principals()
	case Placed:
		g.function()
	default:
		g.endpoint()
		if claim.Answer == AnswerPublic {
			g.vpc()
		}
		g.prefixList()
	}
	if g.err != nil {
		return Facts{}, g.err
	}
	return g.facts, nil
}

// needsFacts tells whether the claim cannot be judged without look-ups.
func (c Claim) needsFacts() bool {
	return !c.Kind.Measured() || c.Endpoint != "" || c.PrefixList != ""
}

// gatherer collects facts step by step; after an error the further steps do
// nothing.
type gatherer struct {
	ctx   context.Context
	from  Lookups
	claim Claim
	facts Facts
	err   error
}

// step does one look-up unless one before it failed.
func (g *gatherer) step(what string, look func() error) {
	if g.err != nil {
		return
	}
	if err := look(); err != nil {
		g.err = fmt.Errorf("looking up %s: %w", what, err)
	}
}

func (g *gatherer) endpoint() {
	if g.claim.Endpoint == "" {
		return
	}
	g.step("the endpoint "+g.claim.Endpoint, func() (err error) {
		g.facts.Endpoint, err = g.from.Endpoint(g.ctx, g.claim.Endpoint)
		if err == nil && g.facts.Endpoint.ID != g.claim.Endpoint {
			err = fmt.Errorf("the answer was about %q", g.facts.Endpoint.ID)
		}
		return err
	})
}

func (g *gatherer) vpc() {
	g.step("the VPC of the endpoint "+g.claim.Endpoint, func() (err error) {
		if g.facts.Endpoint.VPC == "" {
			return errors.New("the endpoint was described without its VPC")
		}
		g.facts.VPC, err = g.from.VPC(g.ctx, g.facts.Endpoint.VPC)
		if err == nil && len(g.facts.VPC) == 0 {
			err = errors.New("the VPC was described without a CIDR block")
		}
		return err
	})
}

func (g *gatherer) prefixList() {
	if g.claim.PrefixList == "" {
		return
	}
	g.step("the prefix list "+g.claim.PrefixList, func() (err error) {
		g.facts.PrefixList, err = g.from.PrefixList(g.ctx, g.claim.PrefixList)
		if err == nil && (g.facts.PrefixList.ID == "" || len(g.facts.PrefixList.Entries) == 0) {
			err = errors.New("it was described without its id or entries")
		}
		return err
	})
}

func (g *gatherer) routes(vpc string, ids []string) {
	what := "the route tables " + list(ids)
	if len(ids) == 0 {
		what = "the route tables of the VPC " + vpc
	}
	g.step(what, func() (err error) {
		if len(ids) == 0 && vpc == "" {
			return errors.New("the endpoint was described without its VPC")
		}
		g.facts.RouteTables, err = g.from.RouteTables(g.ctx, vpc, ids)
		if err != nil {
			return err
		}
		if len(g.facts.RouteTables) == 0 {
			return errors.New("none was described")
		}
		for _, id := range ids {
			if !slices.ContainsFunc(g.facts.RouteTables, func(t RouteTable) bool { return t.ID == id }) {
				return fmt.Errorf("%s was not described", id)
			}
		}
		return nil
	})
}

// gateways looks up each VPC endpoint that a route leads to: a gateway endpoint
// leads to its service alone, a Gateway Load Balancer endpoint anywhere.
func (g *gatherer) gateways() {
	asked := map[string]bool{}
	for _, table := range g.facts.RouteTables {
		for _, route := range table.Routes {
			id := route.Target
			if !strings.HasPrefix(id, "vpce-") || asked[id] {
				continue
			}
			asked[id] = true
			g.step("the endpoint "+id, func() error {
				endpoint, err := g.from.Endpoint(g.ctx, id)
				g.facts.Gateways = append(g.facts.Gateways, endpoint)
				return err
			})
		}
	}
}

// groups looks up the endpoint's security groups and those that they name.
func (g *gatherer) groups() {
	if len(g.facts.Endpoint.Groups) == 0 {
		return // judged: an endpoint without a security group guards nothing
	}
	g.step("the security groups of "+g.claim.Endpoint, func() (err error) {
		ids := g.facts.Endpoint.Groups
		g.facts.Groups, err = g.from.SecurityGroups(g.ctx, ids)
		if err == nil && len(g.facts.Groups) != len(ids) {
			err = fmt.Errorf("%d of %d were described", len(g.facts.Groups), len(ids))
		}
		return err
	})
	var named []string
	for _, group := range g.facts.Groups {
		for _, rule := range group.Ingress {
			if rule.Group != "" && !slices.Contains(named, rule.Group) {
				named = append(named, rule.Group)
			}
		}
	}
	if len(named) == 0 {
		return
	}
	slices.Sort(named)
	g.step("the security groups "+list(named), func() (err error) {
		g.facts.Referenced, err = g.from.SecurityGroups(g.ctx, named)
		return err
	})
}

func (g *gatherer) connection() {
	if g.claim.Service == "" {
		return
	}
	g.step("the connection of "+g.claim.Endpoint+" with "+g.claim.Service, func() (err error) {
		g.facts.Connection, err = g.from.Connection(g.ctx, g.claim.Service, g.claim.Endpoint)
		return err
	})
}

func (g *gatherer) principals() {
	g.step("who may connect to "+g.claim.Service, func() (err error) {
		g.facts.Principals, err = g.from.Principals(g.ctx, g.claim.Service)
		switch {
		case err != nil:
		case len(g.facts.Principals) == 0:
			err = errors.New("none was described")
		case slices.Contains(g.facts.Principals, ""):
			err = errors.New("one was described without its name")
		}
		return err
	})
}

func (g *gatherer) targets() {
	g.step("the target group "+g.claim.targetGroupName(), func() (err error) {
		g.facts.Targets, err = g.from.Targets(g.ctx, g.claim.TargetGroup)
		return err
	})
}

func (g *gatherer) function() {
	g.step("the prober at "+g.claim.From, func() (err error) {
		g.facts.Function, err = g.from.Function(g.ctx, g.claim.From)
		if err == nil && g.facts.Function.Name == "" {
			err = errors.New("it was described without its name")
		}
		return err
	})
}

// contains tells whether any of the CIDR blocks contains the address.
func contains(blocks []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(blocks, func(block netip.Prefix) bool { return block.Contains(address) })
}
