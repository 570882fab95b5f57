// Package cfn is a CloudFormation in a process: it reads cloud assemblies,
// evaluates templates, and creates, updates, rolls back and deletes stacks.
//
//	ReadAssembly ─▶ Stack ─▶ Engine.Deploy ─▶ compile: parameters, conditions,
//	                                          static values, graph, findings
//	                            │
//	                            ├─ create ──▶ failure: ROLLBACK_COMPLETE
//	                            └─ update ──▶ failure: UPDATE_ROLLBACK_COMPLETE
//
// Of resource types it knows only what CloudFormation itself provides: custom
// resources, wait conditions and their handles, and CDK's metadata. All others
// come in from outside as [ResourceType]; [Define] makes one of a Go struct
// that states which properties are supported.
//
// What a template asks for and nobody supports (a resource type, a property, an
// intrinsic function, a section) is refused by name, all findings at once,
// before anything is created; nothing is skipped. Time passes on a
// [proof.Clock].
//
// The behaviour follows docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide
// and …/TemplateReference; statuses and reasons are worded as the console shows
// them.
package cfn
