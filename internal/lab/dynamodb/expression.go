package dynamodb

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/awserr"
)

// The language of expressions:
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

// Names are the values of the placeholders in expressions: of names (#n) and values (:v).
type Names struct {
	Attributes map[string]string
	Values     map[string]Value
}

// Condition is a condition on an item. The zero value holds for every one.
type Condition struct{ test func(Item) (bool, error) }

func (c Condition) holds(item Item) (bool, error) {
	if c.test == nil {
		return true, nil
	}
	return c.test(item)
}

var token = regexp.MustCompile(`\s*(<>|<=|>=|[=<>(),+.\[\]-]|[#:]?[A-Za-z0-9_]+)`)

// parser reads one expression.
type parser struct {
	names  Names
	tokens []string
}

func newParser(text string, names Names) (*parser, error) {
	p := &parser{names: names}
	rest := text
	for strings.TrimSpace(rest) != "" {
		at := token.FindStringSubmatchIndex(rest)
		if at == nil || at[0] != 0 {
			return nil, invalid("Syntax error; token: %q", strings.TrimSpace(rest))
		}
		p.tokens = append(p.tokens, rest[at[2]:at[3]])
		rest = rest[at[1]:]
	}
	return p, nil
}

func invalid(format string, args ...any) error {
	return awserr.New("ValidationException", "Invalid expression: "+format, args...)
}

func (p *parser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *parser) next() string {
	t := p.peek()
	if t != "" {
		p.tokens = p.tokens[1:]
	}
	return t
}

// take takes a word or a sign if it comes next.
func (p *parser) take(what string) bool {
	if strings.EqualFold(p.peek(), what) {
		p.next()
		return true
	}
	return false
}

func (p *parser) want(what string) error {
	if !p.take(what) {
		return invalid("Syntax error; token: %q, expected %q", p.peek(), what)
	}
	return nil
}

// ParseCondition reads a condition, a filter or a key condition. An empty text is one that
// always holds.
func ParseCondition(text string, names Names) (Condition, error) {
	if text == "" {
		return Condition{}, nil
	}
	p, err := newParser(text, names)
	if err != nil {
		return Condition{}, err
	}
	c, err := p.or()
	if err == nil && p.peek() != "" {
		err = invalid("Syntax error; token: %q", p.peek())
	}
	return c, err
}

func (p *parser) or() (Condition, error) {
	return p.joined("OR", p.and, func(a, b bool) bool { return a || b })
}

func (p *parser) and() (Condition, error) {
	return p.joined("AND", p.not, func(a, b bool) bool { return a && b })
}

func (p *parser) joined(word string, operand func() (Condition, error), join func(a, b bool) bool) (Condition, error) {
	left, err := operand()
	for err == nil && p.take(word) {
		var right Condition
		if right, err = operand(); err != nil {
			break
		}
		one := left
		left = Condition{func(i Item) (bool, error) {
			a, err := one.holds(i)
			if err != nil {
				return false, err
			}
			b, err := right.holds(i)
			return join(a, b), err
		}}
	}
	return left, err
}

func (p *parser) not() (Condition, error) {
	if p.take("NOT") {
		c, err := p.not()
		return Condition{func(i Item) (bool, error) {
			holds, err := c.holds(i)
			return !holds, err
		}}, err
	}
	if p.take("(") {
		c, err := p.or()
		if err == nil {
			err = p.want(")")
		}
		return c, err
	}
	return p.test()
}

// operand is what stands on a side of a comparison.
type operand func(Item) (Value, bool)

var functions = []string{"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"}

func (p *parser) test() (Condition, error) {
	if name := strings.ToLower(p.peek()); slices.Contains(functions, name) && len(p.tokens) > 1 && p.tokens[1] == "(" {
		return p.function()
	}
	left, err := p.operand()
	if err != nil {
		return Condition{}, err
	}
	switch sign := strings.ToUpper(p.next()); sign {
	case "=", "<>", "<", "<=", ">", ">=":
		right, err := p.operand()
		return Condition{func(i Item) (bool, error) { return compared(sign, left, right, i), nil }}, err
	case "BETWEEN":
		low, err := p.operand()
		if err == nil {
			err = p.want("AND")
		}
		if err != nil {
			return Condition{}, err
		}
		high, err := p.operand()
		return Condition{func(i Item) (bool, error) { return compared(">=", left, low, i) && compared("<=", left, high, i), nil }}, err
	case "IN":
		list, err := p.list()
		return Condition{func(i Item) (bool, error) {
			return slices.ContainsFunc(list, func(o operand) bool { return compared("=", left, o, i) }), nil
		}}, err
	default:
		return Condition{}, invalid("Syntax error; token: %q", sign)
	}
}

func compared(sign string, left, right operand, i Item) bool {
	a, ok := left(i)
	b, too := right(i)
	if !ok || !too {
		return sign == "<>" && ok != too
	}
	order, comparable := compare(a, b)
	switch sign {
	case "=":
		return equal(a, b)
	case "<>":
		return !equal(a, b)
	case "<":
		return comparable && order < 0
	case "<=":
		return comparable && order <= 0
	case ">":
		return comparable && order > 0
	}
	return comparable && order >= 0
}

// list is operands in parentheses.
func (p *parser) list() (out []operand, err error) {
	if err := p.want("("); err != nil {
		return nil, err
	}
	for {
		o, err := p.operand()
		if err != nil {
			return nil, err
		}
		out = append(out, o)
		if !p.take(",") {
			return out, p.want(")")
		}
	}
}

func (p *parser) function() (Condition, error) {
	name := strings.ToLower(p.next())
	args, err := p.list()
	if err != nil {
		return Condition{}, err
	}
	if want := map[bool]int{true: 1, false: 2}[strings.HasSuffix(name, "exists")]; len(args) != want {
		return Condition{}, invalid("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, len(args))
	}
	return Condition{func(i Item) (bool, error) {
		v, ok := args[0](i)
		switch name {
		case "attribute_exists":
			return ok, nil
		case "attribute_not_exists":
			return !ok, nil
		}
		what, _ := args[1](i)
		text, _ := what["S"].(string)
		switch name {
		case "attribute_type":
			return ok && v.kind() == text, nil
		case "begins_with":
			own, is := v["S"].(string)
			return is && strings.HasPrefix(own, text), nil
		}
		return ok && v.contains(what), nil
	}}, nil
}

// operand is a value, a path, or the size of one.
func (p *parser) operand() (operand, error) {
	if strings.EqualFold(p.peek(), "size") && len(p.tokens) > 1 && p.tokens[1] == "(" {
		p.next()
		args, err := p.list()
		if err != nil || len(args) != 1 {
			return nil, invalid("size has one operand")
		}
		return func(i Item) (Value, bool) {
			v, _ := args[0](i)
			n, ok := v.size()
			return Value{"N": strconv.Itoa(n)}, ok
		}, nil
	}
	if strings.HasPrefix(p.peek(), ":") {
		name := p.next()
		v, ok := p.names.Values[name]
		if !ok {
			return nil, invalid("An expression attribute value used in expression is not defined; attribute value: %s", name)
		}
		return func(Item) (Value, bool) { return v, true }, nil
	}
	path, err := p.path()
	return func(i Item) (Value, bool) { return path.of(i) }, err
}

// path leads to an attribute, or into a document: names, and positions as numbers.
type path []any

func (p *parser) path() (path, error) {
	var out path
	for {
		name := p.next()
		if !regexp.MustCompile(`^#?[A-Za-z0-9_]+$`).MatchString(name) {
			return nil, invalid("Syntax error; token: %q", name)
		}
		if strings.HasPrefix(name, "#") {
			own, ok := p.names.Attributes[name]
			if !ok {
				return nil, invalid("An expression attribute name used in the document path is not defined; attribute name: %s", name)
			}
			name = own
		}
		out = append(out, name)
		for p.take("[") {
			n, err := strconv.Atoi(p.next())
			if err != nil || p.want("]") != nil {
				return nil, invalid("a position in a list must be a number")
			}
			out = append(out, n)
		}
		if !p.take(".") {
			return out, nil
		}
	}
}

// of is the value that the path leads to.
func (p path) of(item Item) (Value, bool) {
	v, ok := item[p[0].(string)]
	for _, step := range p[1:] {
		switch step := step.(type) {
		case string:
			m, _ := v["M"].(map[string]any)
			v = member(m[step])
		case int:
			l, _ := v["L"].([]any)
			if step >= len(l) {
				return nil, false
			}
			v = member(l[step])
		}
		ok = v != nil
	}
	return v, ok && v != nil
}
