package awsapi

import (
	"context"
	"fmt"
	"reflect"
)

// Call is one operation of a service, with Go's types for its input and output: their
// exported fields bear the names of the API's members. What is not needed has no field.
type Call[In, Out any] struct{ Service, Operation string }

// Do makes the call.
func (o Call[In, Out]) Do(ctx context.Context, c *Client, in In) (out Out, err error) {
	members, _ := valueOf(reflect.ValueOf(in)).(map[string]any)
	value, err := c.Do(ctx, o.Service, o.Operation, members)
	if err != nil {
		return out, err
	}
	if err := fill(reflect.ValueOf(&out).Elem(), value); err != nil {
		return out, fmt.Errorf("the answer of %s: %w", o.Operation, err)
	}
	return out, nil
}

// List is an operation that answers with a list of items, in pages if the model says so.
type List[In, Item any] struct{ Service, Operation string }

// All returns the items of all pages.
func (o List[In, Item]) All(ctx context.Context, c *Client, in In) ([]Item, error) {
	known, err := c.of(o.Service)
	if err != nil {
		return nil, err
	}
	page, ok := known.service.Pagination[o.Operation]
	if !ok || len(page.InputToken) != 1 || len(page.OutputToken) != 1 || len(page.ResultKey) == 0 {
		return nil, fmt.Errorf("%s: the model has no pages with one token and one list", o.Operation)
	}
	members, _ := valueOf(reflect.ValueOf(in)).(map[string]any)
	var found []Item
	for {
		value, err := c.Do(ctx, o.Service, o.Operation, members)
		if err != nil {
			return nil, err
		}
		var items []Item
		if list := value[page.ResultKey[0]]; list != nil {
			if err := fill(reflect.ValueOf(&items).Elem(), list); err != nil {
				return nil, fmt.Errorf("the answer of %s: %w", o.Operation, err)
			}
		}
		found = append(found, items...)
		token, _ := value[page.OutputToken[0]].(string)
		if more, said := value[page.MoreResults].(bool); token == "" || page.MoreResults != "" && said && !more {
			return found, nil
		}
		members[page.InputToken[0]] = token
	}
}

// One returns the item that there must be on the pages, and no other.
func (o List[In, Item]) One(ctx context.Context, c *Client, in In) (item Item, err error) {
	found, err := o.All(ctx, c, in)
	if err != nil {
		return item, err
	}
	if len(found) != 1 {
		return item, fmt.Errorf("asked for 1, got %d", len(found))
	}
	return found[0], nil
}

// Uses are the types of the call, for those who cut a model down to it.
func (o Call[In, Out]) Uses() (service, operation string, in, out reflect.Type, list bool) {
	return o.Service, o.Operation, reflect.TypeFor[In](), reflect.TypeFor[Out](), false
}

// Uses are the types of the call, out of one item.
func (o List[In, Item]) Uses() (service, operation string, in, out reflect.Type, list bool) {
	return o.Service, o.Operation, reflect.TypeFor[In](), reflect.TypeFor[Item](), true
}
