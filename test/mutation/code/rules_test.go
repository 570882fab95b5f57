package code

import (
	"go/ast"
	"go/token"
	"strconv"
)

// turned are the operators that stand in for others. Conditions are turned as a
// whole (see condition), so that comparisons need but their bounds moved.
var turned = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.AND: token.OR, token.OR: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
}

// visit applies the rules to one node. What comes out may not compile: that is
// no mutant then.
func (f *file) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT || n.Op == token.SUB {
			f.add("without "+n.Op.String(), n.Pos(), n.End(), f.text(n.X))
		}
	case *ast.IfStmt:
		f.condition(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			f.addIn(f.boolean(n.Cond), "never", n.Cond.Pos(), n.Cond.End(), "("+f.text(n.Cond)+") && false")
		}
	case *ast.RangeStmt:
		f.addIn(f.at(n.Body.Lbrace+1), "no loop", n.Body.Lbrace+1, n.Body.Rbrace, "break")
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.SwitchStmt:
		f.cases(n.Body, n.Tag == nil)
	case *ast.TypeSwitchStmt:
		f.cases(n.Body, false)
	case *ast.CommClause:
		f.statements(n.Body)
	case *ast.ReturnStmt:
		f.results(n)
	case *ast.BasicLit:
		f.number(n)
	case *ast.CompositeLit:
		f.elements(n)
		for _, e := range n.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				e = pair.Value // a key is a field, or goes with its value
			}
			f.walk(e)
		}
		return false
	case *ast.CallExpr:
		if sel, ok := n.Fun.(*ast.SelectorExpr); ok && isPackage(sel.X, "strings") {
			f.texts(n.Args...)
		}
	case *ast.IndexExpr:
		f.texts(n.Index)
	case *ast.SelectorExpr:
		f.walk(n.X) // what is selected is no constant of ours
		return false
	case *ast.Ident:
		if other, ok := f.siblings[n.Name]; ok {
			f.add("constant", n.Pos(), n.End(), other)
		}
		if n.Name == "true" || n.Name == "false" {
			f.addIn(f.boolean(n), "constant", n.Pos(), n.End(), strconv.FormatBool(n.Name == "false"))
		}
	}
	return true
}

// texts empties those that decide something: what is compared, looked for or
// looked up. What is said to people is for the tests of messages.
func (f *file) texts(exprs ...ast.Expr) {
	for _, e := range exprs {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING && len(lit.Value) > len(`""`) {
			f.add("text", lit.Pos(), lit.End(), `""`)
		}
	}
}

func isPackage(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

func (f *file) binary(n *ast.BinaryExpr) {
	if op, ok := turned[n.Op]; ok {
		f.add("operator in "+brief(f.text(n)), n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), op.String())
	}
	switch n.Op {
	case token.EQL, token.NEQ:
		f.texts(n.X, n.Y)
	case token.LAND, token.LOR:
		f.add("one side", n.Pos(), n.End(), f.text(n.X))
		f.add("one side", n.Pos(), n.End(), f.text(n.Y))
	}
}

func (f *file) condition(cond ast.Expr) {
	// Names stay used, so that it compiles.
	f.addIn(f.boolean(cond), "always", cond.Pos(), cond.End(), "("+f.text(cond)+") || true")
	f.addIn(f.boolean(cond), "never", cond.Pos(), cond.End(), "("+f.text(cond)+") && false")
}

// statements removes those that stand for themselves.
func (f *file) statements(list []ast.Stmt) {
	for _, s := range list {
		in := f.statement(s)
		switch s := s.(type) {
		case *ast.BranchStmt:
			if s.Tok == token.FALLTHROUGH { // it must stay the last one
				in = scope{}
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt:
		default:
			continue
		}
		f.addIn(in, "statement", s.Pos(), s.End(), "")
	}
}

// cases removes the cases of a switch, one of a list of them, or what they do.
func (f *file) cases(body *ast.BlockStmt, conditions bool) {
	for _, s := range body.List {
		n := s.(*ast.CaseClause)
		f.statements(n.Body)
		switch {
		case len(n.List) > 1:
			list(n.List, n.Colon, func(from, to token.Pos) { f.add("without case", from, to, "") })
		case conditions && len(n.List) == 1:
			f.condition(n.List[0])
		case len(n.Body) > 0:
			head := string(f.src[f.offset(n.Pos()):f.offset(n.Colon)])
			f.add("nothing in "+brief(head), n.Body[0].Pos(), n.Body[len(n.Body)-1].End(), "")
		}
	}
}

// list calls f with the place of each of the elements, a comma with it.
func list[T ast.Node](elements []T, end token.Pos, f func(from, to token.Pos)) {
	for i, e := range elements {
		switch {
		case i+1 < len(elements):
			f(e.Pos(), elements[i+1].Pos())
		case i > 0:
			f(elements[i-1].End(), end)
		default:
			f(e.Pos(), end)
		}
	}
}

// results returns something else: no error, no value.
func (f *file) results(n *ast.ReturnStmt) {
	for _, r := range n.Results {
		switch r := r.(type) {
		case *ast.Ident:
			if r.Name != "nil" && r.Name != "true" && r.Name != "false" {
				f.add("result", r.Pos(), r.End(), "nil")
			}
		case *ast.CallExpr:
			f.add("result", r.Pos(), r.End(), "nil")
		case *ast.BinaryExpr, *ast.UnaryExpr, *ast.ParenExpr:
			f.addIn(f.boolean(r), "result", r.Pos(), r.End(), "!("+f.text(r)+")")
		}
	}
}

func (f *file) number(n *ast.BasicLit) {
	if n.Kind != token.INT {
		return
	}
	if v, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
		f.add("number", n.Pos(), n.End(), strconv.FormatInt(v+1, 10))
	}
}

// elements leaves out one element of a list or one field of a struct.
func (f *file) elements(n *ast.CompositeLit) {
	list(n.Elts, n.Rbrace, func(from, to token.Pos) { f.add("without", from, to, "") })
}
