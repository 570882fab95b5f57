package cfn

import "provenendpoints/internal/lab/dag"

// plan is a stack's template compiled for one operation. It holds everything
// that is known before a resource exists, and is not changed afterwards.
type plan struct {
	stack   Stack
	scope   *scope
	nodes   map[string]*node
	graph   *dag.Graph[string] // of the nodes' ids
	phases  *dag.Graph[phase]  // of their creations and updates
	outputs []plannedOutput
	inert   map[string]string // what does nothing, by logical id
	imports map[string]bool   // names of the exports it uses
	// explicit are the dependencies by DependsOn, by the dependent's id.
	explicit map[string][]string
	// outputsUsed are the outputs of other stacks that it uses without an export.
	outputsUsed map[StackOutput]bool
	// awaits reports whether a creation waits for signals of instances.
	awaits bool
	// fingerprint is the same for two plans if there is nothing to update.
	fingerprint string
}

// node is one resource of a plan.
type node struct {
	id, typ           string
	rt                ResourceType
	properties        map[string]any // as in the template
	deletion, replace string
	// static are the properties as far as they are known; the rest is [Unknown].
	static  map[string]any
	signals *signalPolicy // what its creation waits for; nil: nothing
	// metadata are the resource's, as in the template.
	metadata map[string]any
}

type plannedOutput struct {
	key, description, export string
	value                    any
}
