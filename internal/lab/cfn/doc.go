// Package cfn is a CloudFormation in a process: it reads cloud assemblies,
// evaluates templates, and creates, updates, rolls back and deletes stacks.
//
//	ReadAssembly ─▶ Stack ─▶ Engine.Deploy ─▶ compile: parameters, conditions,
//	                                          static values, graph, findings
//	                            │
//	                            ├─ create ──▶ failure: ROLLBACK_COMPLETE
//	                            └─ update ──▶ failure: UPDATE_ROLLBACK_COMPLETE
//
// The only resource types here are those that CloudFormation itself provides:
// custom resources, wait conditions and their handles, and CDK's metadata. All
// others come from outside as [ResourceType]. [Define] makes one from a Go struct
// of the properties that it supports.
//
// A resource type, property, intrinsic function or section that is not supported
// is refused by name before anything is created, and all findings are reported at
// once. Nothing is skipped. A [proof.Clock] measures time.
//
// Where to find what:
//
//	assembly    cloud assemblies and their stacks
//	template    the text of a template; parameters; conditions and rules
//	eval        expressions; function_…, dynamic: their functions, in the tables
//	            of functions.go and conditions.go
//	compile     checks a template and makes the plan of one operation
//	operation   the course of one resource in an operation: create, update,
//	            replace; provider: the calls of resource types
//	deploy      Deploy; create, update, rollback, delete: the course of a stack
//	state       stacks and physical resources; describe: what others may see
//	resource    what a resource type is; define, schema, decode: made of a struct
//	custom      custom resources; wait, waithandle: wait conditions
//
// The behaviour follows docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide
// and …/TemplateReference; statuses and reasons are worded as in the
// console.
package cfn
