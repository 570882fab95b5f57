// Package mutation changes templates on purpose and deploys the results in the
// lab. [Mutants] derives every way of breaking a template that the rules know: each
// resource, rule, flag, reference, dependency removed or turned. [Additions] adds
// what can carry, admit or divert traffic, and what concerns nobody: before the
// proof, while it runs, after it, and by updates of a running stack.
//
// Each edit is deployed once more without its proof, and the oracle (package
// oracle) finds out by packets who can really reach what. Compared with the
// declared matrix (package declared), that gives each mutant its class: one that is
// worse than declared must not deploy, and one that is not must not be refused
// without cause.
//
//	                 is refused   deploys
//	worse            killed       HARMFUL
//	not worse        strict       harmless
//
// A pair is two edits at once, at its creation and by an update. What one half alone is the
// reason for is no news: a pair that is no worse than a half that is known to be harmful, or
// that is refused as a half of it is. All else needs a reason of its own.
//
// The rules know CloudFormation's forms (Ref, DependsOn, a policy's Effect) and
// nothing of this project's constructs: what the templates hold decides which
// mutants there are. The classes of all mutants stand in testdata; reasons for
// those that are not right by themselves in explanations_test.go.
//
//	go test ./test/mutation                                  a sample
//	go test ./test/mutation -mutants                         all mutants
//	go test ./test/mutation -update                          all, and writes testdata
//	go test ./test/mutation -v -run Mutants -only REGEXP     some, with the oracle's words
//	go test ./test/mutation -run TestPairs -pairs 1          the pairs of the golden files; with -update or -missing write them
//	go test ./test/mutation -v -run TestPairs -pairs 5       five times as many, with the oracle's words
//	go test ./test/mutation -run TestTable -update           the table in the documentation
//	go test ./test/mutation -v -run Explained                the report
//	go test ./test/mutation -run TestCauses                  a few mutants with what package why says of them
//	go test ./test/mutation -run TestCauses -causes          one in 15 of those that are refuted; with -update writes causes.txt
//	go test ./test/mutation -v -run CausesAreFound           how often the cause is named, and mended
package mutation
