// Package mutation breaks templates on purpose. [Mutants] derives from a
// template every way of breaking it that the rules know: each resource, rule,
// flag, reference, dependency removed or turned, and ways out added. The test
// deploys each mutant in the lab; one that breaks privacy or function must end
// with a failed stack and the claim refuted that the break concerns.
//
// The rules know CloudFormation's forms (Ref, DependsOn, a policy's Effect) and
// nothing of this project's constructs: what the templates hold decides which
// mutants there are. Which of them survive, and why that is right, stands in
// testdata.
package mutation
