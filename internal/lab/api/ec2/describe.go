package ec2

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"slices"
	"strconv"

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
	// names is a parameter with names, which are those of the filter group-name. Default: none.
	names string
	// notFound is the error code for an id that does not exist.
	notFound string
	// filters are those that the items' values answer. Others are compared with what the items
	// look like: see [description.filtersOf].
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
	parameters := []string{"Filter.", "MaxResults", "NextToken"}
	if d.ids != "" {
		parameters = append(parameters, d.ids+".")
	}
	if d.names != "" {
		parameters = append(parameters, d.names+".")
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

// run answers the request.
func (d description) run(a account, r *api.Request) (any, error) {
	if d.of != "" && r.Form.Get(d.of) == "" {
		return nil, awserr.New("MissingParameter", "The request must contain the parameter %s", d.of)
	}
	items, err := d.seen(a, r)
	if err != nil {
		return nil, err
	}
	filters, err := d.filtersOf(a, r, items)
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
	if d.names != "" {
		for _, name := range r.List(d.names) {
			if !slices.ContainsFunc(items, func(i item) bool { return slices.Contains(i.valuesOf("group-name"), name) }) {
				return nil, awserr.New(d.notFound, "The security group '%s' does not exist", name)
			}
		}
		if names := r.List(d.names); len(names) > 0 {
			items = slices.DeleteFunc(items, func(i item) bool {
				return !slices.ContainsFunc(i.valuesOf("group-name"), func(n string) bool { return slices.Contains(names, n) })
			})
		}
	}
	var found []item
	for _, item := range items {
		if len(ids) > 0 && !slices.Contains(ids, item.id) {
			continue
		}
		if slices.ContainsFunc(filters, func(f filter) bool { return !f.matches(a, item) }) {
			continue
		}
		found = append(found, item)
	}
	found, next, err := page(r, found)
	if err != nil {
		return nil, err
	}
	list := set{XMLName: xml.Name{Local: d.set}}
	for _, item := range found {
		list.Items = append(list.Items, a.withTags(item))
	}
	return answer{list, next}, nil
}

// answer is a page of what was found, and the token of the next.
type answer struct {
	list set
	next string
}

// MarshalXML implements [xml.Marshaler].
func (a answer) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if err := e.Encode(a.list); err != nil || a.next == "" {
		return err
	}
	return element{"nextToken", a.next}.MarshalXML(e, start)
}

// page is the part of what was found that the request wants, and what the next request must
// say. Tokens are ids: what was on the page before is behind them, whatever came and went
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination).
func page(r *api.Request, found []item) ([]item, string, error) {
	if token := r.Form.Get("NextToken"); token != "" {
		last, err := base64.RawURLEncoding.DecodeString(token)
		at := -1
		for n, i := range found { // a service is listed once for each of its types
			if i.id == string(last) {
				at = n
			}
		}
		if err != nil || at < 0 {
			return nil, "", awserr.New("InvalidNextToken", "The token '%s' is not valid", token)
		}
		found = found[at+1:]
	}
	text := r.Form.Get("MaxResults")
	if text == "" {
		return found, "", nil
	}
	most, err := strconv.Atoi(text)
	switch {
	case err != nil || most < 1:
		return nil, "", awserr.New("InvalidParameterValue", "Value ( %s ) for parameter maxResults is invalid.", text)
	case most >= len(found):
		return found, "", nil
	}
	for most < len(found) && found[most].id == found[most-1].id {
		most++
	}
	return found[:most], base64.RawURLEncoding.EncodeToString([]byte(found[most-1].id)), nil
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
