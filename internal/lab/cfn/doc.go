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
// The behaviour follows docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide
// and …/TemplateReference; statuses and reasons are worded as in the
// console.
package cfn
