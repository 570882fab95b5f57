package ec2

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"path"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/replicas"
)

// description is a Describe operation: a list of objects, some of them chosen by
// ids and filters. Policies can limit few of them to a resource
// (docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
// It tells of what its replica has seen: see package replicas.
type description struct {
	// name is the operation's.
	name string
	// set is the name of the answer's list, ids the parameter with ids.
	set, ids string
	// items returns every object that there is.
	items func(account) ([]item, error)
	// notFound is the error code for an id that does not exist.
	notFound string
	// filters are those that the items answer.
	filters []string
	// of is the parameter that names the object that the described ones belong
	// to. Optional for the operation, required in its requests. owners is the
	// operation that describes what it names.
	of, owners string
	// resource is the beginning of the resource part of the ARN that the call is
	// authorised on, before what of names. Default: policies cannot limit it.
	resource string
}

// descriptions are the registered ones, by name.
var descriptions = map[string]description{}

// item is an object of a Describe operation's answer.
type item struct {
	id string
	// values are what filters are compared with, and the parameter that names what the
	// item belongs to.
	values map[string][]string
	// xml is what it looks like, or [late].
	xml any
}

// late is an item that is written if it is asked for: a Region has thousands, of which
// most requests choose one.
type late struct {
	// value is what a filter is compared with. Default: the item's values.
	value func(filter string) []string
	write func() any
}

// written is what the item looks like.
func (i item) written() any {
	if l, ok := i.xml.(late); ok {
		return l.write()
	}
	return i.xml
}

// valuesOf are what a filter is compared with.
func (i item) valuesOf(filter string) []string {
	if l, ok := i.xml.(late); ok && l.value != nil {
		return l.value(filter)
	}
	return i.values[filter]
}

// describe registers a Describe operation.
func describe(d description) {
	parameters := []string{"Filter.", "MaxResults", "NextToken", "DryRun"}
	if d.ids != "" {
		parameters = append(parameters, d.ids+".")
	}
	if d.of != "" {
		parameters = append(parameters, d.of)
	}
	descriptions[d.name] = d
	var resource func(account, *api.Request) string
	if d.resource != "" {
		resource = func(a account, r *api.Request) string { return a.scope.ARN("ec2", d.resource+r.Form.Get(d.of)) }
	}
	ec2.Register(api.QueryOperation[account]{
		Name: d.name, Parameters: parameters, Resource: resource,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			if r.Form.Get("DryRun") == "true" {
				return nil, awserr.WithStatus(http.StatusPreconditionFailed, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
			}
			return d.run(a, r)
		},
	})
}

// set is the list of an answer. encoding/xml names list elements by their field:
// the list's name differs from operation to operation, so it is an element of
// its own.
type set struct {
	XMLName xml.Name
	Items   []any `xml:"item"`
}

// run answers in one page and ignores MaxResults: it is only the most that a page
// of AWS may hold.
func (d description) run(a account, r *api.Request) (any, error) {
	if r.Form.Get("NextToken") != "" {
		return nil, awserr.New("InvalidNextToken", "The token is not valid: the lab answers in one page")
	}
	filters, err := filtersOf(r, d.filters)
	if err != nil {
		return nil, err
	}
	if d.of != "" && r.Form.Get(d.of) == "" {
		return nil, awserr.New("MissingParameter", "The request must contain the parameter %s", d.of)
	}
	items, err := d.seen(a, r)
	if err != nil {
		return nil, err
	}
	var ids []string
	if d.ids != "" {
		ids = r.List(d.ids)
	}
	for _, id := range ids {
		if !slices.ContainsFunc(items, func(i item) bool { return i.id == id }) {
			return nil, awserr.New(d.notFound, "The ID '%s' does not exist", id)
		}
	}
	found := set{XMLName: xml.Name{Local: d.set}}
	for _, item := range items {
		if len(ids) > 0 && !slices.Contains(ids, item.id) {
			continue
		}
		if slices.ContainsFunc(filters, func(f filter) bool { return !f.matches(item) }) {
			continue
		}
		found.Items = append(found.Items, item.written())
	}
	return found, nil
}

// seen are the items that the request sees.
func (d description) seen(a account, r *api.Request) ([]item, error) {
	if d.of == "" {
		return d.all(a, r.Caller)
	}
	owner := r.Form.Get(d.of)
	owners, err := descriptions[d.owners].all(a, r.Caller)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(owners, func(i item) bool { return i.id == owner }) {
		return nil, awserr.New(d.notFound, "The ID '%s' does not exist", owner)
	}
	items, err := d.all(a, r.Caller)
	return slices.DeleteFunc(items, func(i item) bool { return !slices.Contains(i.values[d.of], owner) }), err
}

// all are the items that a caller sees.
func (d description) all(a account, caller api.Caller) ([]item, error) {
	if a.reads == nil || caller.Outside {
		return d.items(a)
	}
	var items []item
	for _, o := range a.reads.Seen("ec2:"+d.name, caller.ARN) {
		items = append(items, o.Value.(item))
	}
	return items, nil
}

// track makes the items of every operation known to the replicas.
func (a account) track() {
	for name, d := range descriptions {
		a.reads.Track("ec2:"+name, func() []replicas.Object {
			items, _ := d.items(a) // an error leaves nothing to see
			out := make([]replicas.Object, len(items))
			for n, i := range items {
				out[n] = replicas.Object{ID: i.id, Value: i, Equal: i.written()}
			}
			return out
		})
	}
}

// filter is a filter of a request: one of its values must match one of the item's.
type filter struct {
	name   string
	values []string
}

// filtersOf reads the parameters Filter.N.Name and Filter.N.Value.M.
func filtersOf(r *api.Request, known []string) ([]filter, error) {
	var out []filter
	for i := 1; ; i++ {
		name := r.Form.Get(fmt.Sprintf("Filter.%d.Name", i))
		if name == "" {
			return out, nil
		}
		if !slices.Contains(known, name) {
			return nil, awserr.New("InvalidParameterValue", "The filter '%s' is invalid", name)
		}
		out = append(out, filter{name, r.List(fmt.Sprintf("Filter.%d.Value", i))})
	}
}

// matches compares as EC2 does: * and ? are wildcards.
func (f filter) matches(i item) bool {
	for _, want := range f.values {
		for _, got := range i.valuesOf(f.name) {
			if ok, err := path.Match(want, got); want == got || err == nil && ok {
				return true
			}
		}
	}
	return false
}
