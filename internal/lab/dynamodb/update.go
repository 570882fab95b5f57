package dynamodb

import (
	"maps"
	"math/big"
	"slices"
	"strings"
)

// Update is what an update expression does to an item
// (docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html).
type Update []action

// action changes an item; before is the item as it was.
type action func(item, before Item) error

// ParseUpdate reads an update expression. The attributes that it changes are of the item
// itself, not inside of documents.
func ParseUpdate(text string, names Names) (Update, error) {
	p, err := newParser(text, names)
	if err != nil {
		return nil, err
	}
	var out Update
	clauses := map[string]func() (action, error){"SET": p.set, "REMOVE": p.remove, "ADD": p.add, "DELETE": p.add}
	for p.peek() != "" {
		word := strings.ToUpper(p.next())
		clause, ok := clauses[word]
		if !ok {
			return nil, invalid("Syntax error; token: %q", word)
		}
		if word == "DELETE" {
			clause = p.takeAway
		}
		for more := true; more; more = p.take(",") {
			one, err := clause()
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
	}
	return out, nil
}

// Of is the item after the update. key are the attributes of a new item.
func (u Update) Of(before, key Item) (Item, error) {
	item := maps.Clone(before)
	if item == nil {
		item = maps.Clone(key)
	}
	for _, do := range u {
		if err := do(item, before); err != nil {
			return nil, err
		}
	}
	return item, nil
}

// attribute is a path that is one name.
func (p *parser) attribute() (string, error) {
	at, err := p.path()
	if err != nil {
		return "", err
	}
	if len(at) > 1 {
		return "", invalid("the lab changes attributes of the item alone, not inside of documents")
	}
	return at[0].(string), nil
}

func (p *parser) set() (action, error) {
	name, err := p.attribute()
	if err == nil {
		err = p.want("=")
	}
	if err != nil {
		return nil, err
	}
	left, err := p.source()
	if err != nil {
		return nil, err
	}
	sign := p.peek()
	if sign != "+" && sign != "-" {
		return func(item, before Item) error { return assign(item, name, left, before) }, nil
	}
	p.next()
	right, err := p.source()
	return func(item, before Item) error {
		return assign(item, name, func(i Item) (Value, bool) {
			a, _ := left(i)
			b, _ := right(i)
			return sum(a, b, sign == "-")
		}, before)
	}, err
}

func assign(item Item, name string, from operand, before Item) error {
	v, ok := from(before)
	if !ok {
		return invalid("The provided expression refers to an attribute that does not exist in the item, or an operand has the wrong type")
	}
	item[name] = v
	return nil
}

// sum adds or subtracts numbers.
func sum(a, b Value, minus bool) (Value, bool) {
	x, ok := numberOf(a)
	y, too := numberOf(b)
	if !ok || !too {
		return nil, false
	}
	if minus {
		return numeric(new(big.Rat).Sub(x, y)), true
	}
	return numeric(new(big.Rat).Add(x, y)), true
}

// source is an operand of SET: also if_not_exists and list_append.
func (p *parser) source() (operand, error) {
	name := strings.ToLower(p.peek())
	if name != "if_not_exists" && name != "list_append" || len(p.tokens) < 2 || p.tokens[1] != "(" {
		return p.operand()
	}
	p.next()
	args, err := p.list()
	if err != nil || len(args) != 2 {
		return nil, invalid("%s has two operands", name)
	}
	return func(i Item) (Value, bool) {
		a, ok := args[0](i)
		if name == "if_not_exists" {
			if ok {
				return a, true
			}
			return args[1](i)
		}
		b, _ := args[1](i)
		x, is := a["L"].([]any)
		y, too := b["L"].([]any)
		return Value{"L": slices.Concat(x, y)}, is && too
	}, nil
}

func (p *parser) remove() (action, error) {
	name, err := p.attribute()
	return func(item, _ Item) error {
		delete(item, name)
		return nil
	}, err
}

func (p *parser) add() (action, error) { return p.merged(false) }

func (p *parser) takeAway() (action, error) { return p.merged(true) }

// merged adds to a number or a set, or takes members out of a set.
func (p *parser) merged(without bool) (action, error) {
	name, err := p.attribute()
	if err != nil {
		return nil, err
	}
	by, err := p.operand()
	return func(item, before Item) error {
		v, _ := by(before)
		old, exists := item[name]
		if _, number := numberOf(v); number && !without {
			if !exists {
				old = Value{"N": "0"}
			}
			total, ok := sum(old, v, false)
			if !ok {
				return invalid("An operand in the update expression has an incorrect data type")
			}
			item[name] = total
			return nil
		}
		kind := v.kind()
		members, set := v[kind].([]any)
		own, same := old[kind].([]any)
		if !set || kind == "L" || exists && !same {
			return invalid("An operand in the update expression has an incorrect data type")
		}
		var out []any
		for _, e := range own {
			if !without || !slices.Contains(members, e) {
				out = append(out, e)
			}
		}
		for _, e := range members {
			if !without && !slices.Contains(out, e) {
				out = append(out, e)
			}
		}
		item[name] = Value{kind: out}
		if len(out) == 0 {
			delete(item, name)
		}
		return nil
	}, err
}

// Changed are the attributes of an item that an update has given other values.
func Changed(before, after Item) Item {
	out := Item{}
	for name, v := range after {
		if old, ok := before[name]; !ok || !equal(old, v) {
			out[name] = v
		}
	}
	return out
}
