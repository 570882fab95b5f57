package topology

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/lab/vpc"
)

// Options say what a model shows. The zero value is useful.
type Options struct {
	// Link returns the address of the page about a resource of a stack. Default: there are
	// none.
	Link func(stack, logicalID string) string
	// ClaimLink returns the address at which a claim of a stack's picture is highlighted.
	// Default: the fragments of the picture. Stacks are named by their ARNs.
	ClaimLink func(stack, claim string) string
}

// Of returns the model of a stack, by its name or ARN, with those that are nested in it: of
// every VPC that it has something in, and all that is in these, whoever made it.
func Of(r *region.Region, stack string, o Options) picture.Model {
	info, ok := r.Stack(stack)
	if !ok {
		return picture.Model{Name: stack}
	}
	w := look(r)
	n := w.nameAll(info.ID, o)
	m := picture.Model{Name: info.Name}
	b := &builder{world: w, stackID: info.ID, names: n, model: &m, options: o, groups: map[string]bool{}}
	var reports []verdict.Report
	for _, id := range append([]string{info.ID}, nested(r, info.ID)...) {
		reports = append(reports, reportsOf(r, id)...)
	}
	b.proofs(info.ID, reports)
	for _, v := range b.ordered() {
		b.vpc(v)
	}
	b.services()
	b.claims(reports)
	b.functions()
	b.connectOutside()
	for i, report := range reports {
		if i > 0 {
			m.Summary += "; "
		}
		m.Summary += report.Summary()
	}
	m.Text = info.Description
	return m
}

// nested are the ARNs of the stacks that are nested in a stack.
func nested(r *region.Region, stack string) []string {
	var out []string
	for _, resource := range r.Resources(stack) {
		if resource.Type == nestedType && resource.PhysicalID != "" {
			out = append(append(out, resource.PhysicalID), nested(r, resource.PhysicalID)...)
		}
	}
	return out
}

// reportsOf are the last verifications of a stack, by its ARN.
func reportsOf(r *region.Region, stack string) []verdict.Report {
	info, ok := r.Stack(stack)
	if !ok {
		return nil
	}
	current, _ := r.Reports(info)
	return current
}

// ordered are the VPCs that the stack has something in: those that use endpoint services
// before those that offer them, then the larger ones, then by name.
func (b *builder) ordered() []vpc.VPC {
	var out []vpc.VPC
	offers, size := map[string]int{}, map[string]int{}
	for _, s := range b.subnets {
		size[s.VPC]++
	}
	for _, v := range b.vpcs {
		if b.concerns(v.ID) {
			out = append(out, v)
		}
		for _, s := range b.offered {
			for _, l := range b.balancers {
				if l.VPC == v.ID && slices.Contains(s.LoadBalancers, l.ID) {
					offers[v.ID] = 1
				}
			}
		}
	}
	slices.SortStableFunc(out, func(x, y vpc.VPC) int {
		return cmp.Or(offers[x.ID]-offers[y.ID], size[y.ID]-size[x.ID], strings.Compare(b.named(x.ID, ""), b.named(y.ID, "")))
	})
	return out
}

// builder makes a model.
type builder struct {
	*world
	names
	stackID string
	options Options
	model   *picture.Model
	groups  map[string]bool // ids of the groups that there are
	// probers and verifiers are functions of the proofs, by name.
	probers   map[string]prober
	verifiers map[string]bool
	proven    []proven
}

// concerns reports whether a stack of the picture has something in a VPC.
func (b *builder) concerns(vpc string) bool {
	if b.knows(vpc) {
		return true
	}
	for _, s := range b.subnets {
		if s.VPC == vpc && b.knows(s.ID) {
			return true
		}
	}
	for _, e := range b.endpoints {
		if e.VPC == vpc && b.knows(e.ID) {
			return true
		}
	}
	for _, i := range b.interfaces {
		if i.VPC == vpc && (b.knows(i.ID) || b.knows(b.ownerOf(i).id)) {
			return true
		}
	}
	return false
}

// addOutside adds a thing outside of all VPCs, once. What leads to it is added up.
func (b *builder) addOutside(t picture.Thing) {
	i := slices.IndexFunc(b.model.Outside, func(o picture.Thing) bool { return o.ID == t.ID })
	if i < 0 {
		b.model.Outside = append(b.model.Outside, t)
		return
	}
	b.model.Outside[i].Beside = append(b.model.Outside[i].Beside, t.Beside...)
}

func (b *builder) isOutside(id string) bool {
	return slices.ContainsFunc(b.model.Outside, func(t picture.Thing) bool { return t.ID == id })
}

// group adds a security group that a thing has.
func (b *builder) group(id string) {
	if b.groups[id] {
		return
	}
	b.groups[id] = true
	i := slices.IndexFunc(b.allGroups, func(g group) bool { return g.ID == id })
	if i < 0 {
		return
	}
	b.model.Groups = append(b.model.Groups, picture.Group{ID: id, Name: b.groupName(id), Text: b.admits(b.allGroups[i]), URL: b.link(id)})
}

// groupEnd is the end of CDK's names of security groups, which may be numbered.
var groupEnd = regexp.MustCompile(`^(.+)SecurityGroup([0-9]*)$`)

// groupName is what a security group is called, without saying that it is one.
func (b *builder) groupName(id string) string {
	other := ""
	if g, ok := find(b.allGroups, func(g group) bool { return g.ID == id }); ok {
		other = g.Name
	}
	name := last(b.named(id, other))
	if m := groupEnd.FindStringSubmatch(name); m != nil {
		return m[1] + m[2]
	}
	return name
}
