package cfn

import "strings"

// Stub is the answer of a custom resource whose function cannot run here, as its user
// declares it.
type Stub struct {
	// PhysicalResourceID is its physical id. Default: one like CloudFormation's.
	PhysicalResourceID string `json:"PhysicalResourceId"`
	// Data are its attributes.
	Data map[string]any
}

// stub returns the stub of a custom resource: by STACK/LOGICALID, or by its type.
func (e *Engine) stub(stack, logicalID, typ string) (Stub, bool) {
	for _, key := range []string{stack + "/" + logicalID, typ} {
		if s, ok := e.opts.Stubs[key]; ok {
			return s, true
		}
	}
	return Stub{}, false
}

// checkServiceTokens refuses custom resources that need a function which cannot run
// here: they would only fail, after an hour.
func (c *compiler) checkServiceTokens() {
	for _, id := range sortedKeys(c.nodes) {
		n := c.nodes[id]
		if n.rt != c.engine.customResource {
			continue
		}
		if _, ok := c.engine.stub(c.stack.Name, id, n.typ); ok {
			c.inert[id] = "its answer is declared by a stub"
			continue
		}
		target := referred(n.properties["ServiceToken"])
		if why := c.inert[target]; why != "" {
			c.find("%s (%s): its function %s: %s. Declare what it would answer with -stub", id, n.typ, target, why)
		}
	}
}

// referred is the logical id of the resource whose Ref or attribute an expression is.
func referred(expr any) string {
	m, _ := expr.(map[string]any)
	if id, ok := m["Ref"].(string); ok {
		return id
	}
	switch arg := m["Fn::GetAtt"].(type) {
	case string:
		id, _, _ := strings.Cut(arg, ".")
		return id
	case []any:
		if len(arg) > 0 {
			id, _ := arg[0].(string)
			return id
		}
	}
	return ""
}
