// Package dynamodb is the tables of DynamoDB with their items and the language of its
// expressions. The API is package api/dynamodb. Streams, backups, transactions and capacity
// are not here.
package dynamodb

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/awserr"
)

// Value is an attribute's value as the API has it: one of S, N, B, BOOL, NULL, M, L, SS, NS
// and BS with what it holds
// (docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html).
type Value map[string]any

// Item is an item by the names of its attributes.
type Item map[string]Value

// Key names an attribute of a key; Type is S, N or B.
type Key struct{ Name, Type string }

// Schema is the key of a table or of an index. Range has no name where there is none.
type Schema struct{ Hash, Range Key }

// keys are the attributes of the key.
func (s Schema) keys() []Key {
	if s.Range.Name == "" {
		return []Key{s.Hash}
	}
	return []Key{s.Hash, s.Range}
}

// Table is a table.
type Table struct {
	Name, ARN string
	Schema
	// Indexes are its secondary indexes, by name.
	Indexes map[string]Schema
	Created time.Time
}

// Tables are the tables of an account in a Region. They are safe for concurrent use.
type Tables struct {
	now    func() time.Time
	mu     sync.Mutex
	byName map[string]*table
}

type table struct {
	Table
	items map[string]Item // by key
}

// New returns no tables. now tells the time.
func New(now func() time.Time) *Tables { return &Tables{now: now, byName: map[string]*table{}} }

// Put makes a table, or changes its indexes.
func (t *Tables) Put(c Table) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old := t.byName[c.Name]; old != nil {
		c.Created = old.Created
		old.Table = c
		return
	}
	c.Created = t.now()
	t.byName[c.Name] = &table{Table: c, items: map[string]Item{}}
}

// Delete deletes a table with its items.
func (t *Tables) Delete(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byName, name)
}

// Names returns the names of the tables, sorted.
func (t *Tables) Names() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(maps.Keys(t.byName))
}

// Find returns a table by its name or ARN, and how many items it has.
func (t *Tables) Find(nameOrARN string) (found Table, items int, err error) {
	err = t.with(nameOrARN, func(t *table) error {
		found, items = t.Table, len(t.items)
		return nil
	})
	return found, items, err
}

func (t *Tables) with(nameOrARN string, do func(*table) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.byName[nameOrARN[strings.LastIndex(nameOrARN, "/")+1:]]
	if found == nil {
		return awserr.New("ResourceNotFoundException", "Requested resource not found")
	}
	return do(found)
}

// keyOf is the key of an item, or of a key that is given alone, as text.
func (t *table) keyOf(item Item, alone bool) (string, error) {
	var parts []string
	for _, k := range t.keys() {
		v, ok := item[k.Name]
		text, typed := v[k.Type].(string)
		if !ok || !typed || text == "" {
			return "", awserr.New("ValidationException", "One or more parameter values were invalid: the key %s must be of type %s and not empty", k.Name, k.Type)
		}
		if n, number := numberOf(v); number {
			text = n.RatString()
		}
		parts = append(parts, text)
	}
	if alone && len(item) != len(t.keys()) {
		return "", awserr.New("ValidationException", "The provided key element does not match the schema")
	}
	return strings.Join(parts, "\x00"), nil
}

// errCondition is the error of a write whose condition does not hold.
var errCondition = awserr.New("ConditionalCheckFailedException", "The conditional request failed")

// Change changes one item: of a key, or the one that a whole item is. change gets the item as
// it is, nil if there is none, and returns it as it shall be, nil for none.
func (t *Tables) Change(name string, key Item, alone bool, condition Condition, change func(Item) (Item, error)) (before, after Item, err error) {
	err = t.with(name, func(t *table) error {
		id, err := t.keyOf(key, alone)
		if err != nil {
			return err
		}
		before = t.items[id]
		holds, err := condition.holds(before)
		if err != nil {
			return err
		}
		if !holds {
			return errCondition
		}
		if after, err = change(maps.Clone(before)); err != nil {
			return err
		}
		if after == nil {
			delete(t.items, id)
			return nil
		}
		if again, err := t.keyOf(after, false); err != nil || again != id {
			return awserr.New("ValidationException", "One or more parameter values were invalid: Cannot update attribute of the key")
		}
		t.items[id] = after
		return nil
	})
	return before, after, err
}

// Get returns the item of a key, nil if there is none.
func (t *Tables) Get(name string, key Item) (found Item, err error) {
	err = t.with(name, func(t *table) error {
		id, err := t.keyOf(key, true)
		found = t.items[id]
		return err
	})
	return found, err
}

// Search is a query or a scan.
type Search struct {
	Table, Index string
	// Key and Filter choose; without Key it is a scan.
	Key, Filter Condition
	// Backward turns the order of the range key around.
	Backward bool
	// Limit is how many items are looked at; 0: all. After is where to go on.
	Limit int
	After Item
}

// Found is what a search has found.
type Found struct {
	Items []Item
	// Looked is how many items were looked at, Last the key of the last one where there
	// may be more.
	Looked int
	Last   Item
}

// Search finds items in the order of their keys.
func (t *Tables) Search(s Search) (out Found, err error) {
	err = t.with(s.Table, func(t *table) error {
		schema := t.Schema
		if s.Index != "" {
			var ok bool
			if schema, ok = t.Indexes[s.Index]; !ok {
				return awserr.New("ValidationException", "The table does not have the specified index: %s", s.Index)
			}
		}
		after := ""
		if s.After != nil {
			if after, err = t.keyOf(s.After, s.Index == ""); err != nil {
				return err
			}
		}
		for _, id := range t.ordered(schema, s.Backward) {
			if after != "" {
				if id == after {
					after = ""
				}
				continue
			}
			item := t.items[id]
			if s.Limit > 0 && out.Looked == s.Limit {
				return nil
			}
			if holds, err := s.Key.holds(item); err != nil {
				return err
			} else if !holds {
				continue
			}
			out.Looked++
			if holds, err := s.Filter.holds(item); err != nil {
				return err
			} else if holds {
				out.Items = append(out.Items, item)
			}
			if out.Looked == s.Limit {
				out.Last = Item{}
				for _, k := range append(t.keys(), schema.keys()...) {
					out.Last[k.Name] = item[k.Name]
				}
			}
		}
		out.Last = nil // there is no more
		return nil
	})
	return out, err
}

// ordered are the ids of the items that a schema covers, by hash and range key.
func (t *table) ordered(schema Schema, backward bool) []string {
	var ids []string
	for id, item := range t.items {
		if !slices.ContainsFunc(schema.keys(), func(k Key) bool { return item[k.Name] == nil }) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		x, y := t.items[a], t.items[b]
		if c, _ := compare(x[schema.Hash.Name], y[schema.Hash.Name]); c != 0 {
			return c
		}
		if c, _ := compare(x[schema.Range.Name], y[schema.Range.Name]); c != 0 {
			if backward {
				return -c
			}
			return c
		}
		return strings.Compare(a, b)
	})
	return ids
}
