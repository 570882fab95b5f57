// Package resources are the CloudFormation resource types that the lab knows:
// what AWS::EC2::VPC and the others do to the lab's network, its cloud, its
// functions and its instances.
//
// Each type is a Go struct of its properties and a handful of short functions.
// The struct says which properties are supported, which need a replacement
// ("Update requires" in docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference,
// createOnlyProperties in the published schemas), and which are inert: they
// change nothing that anybody in the lab could see, for the reason beside them.
// Every other property, and every other type, is refused by name.
//
// Ids have AWS's form and follow from the stack, the logical id and how often
// the resource was made, so that two runs of the same deployment are the same.
package resources
