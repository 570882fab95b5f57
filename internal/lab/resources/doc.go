// Package resources holds the CloudFormation resource types that the lab knows:
// what AWS::EC2::VPC and the others do to the network, the roles, the buckets, the
// functions and the instances. The engine that calls them is package cfn.
//
// Each type is one file, named after it: a Go struct of its properties, a handful
// of short functions, and the call of register that makes it known. A new type
// also needs its published schema in testdata, which a test compares with it.
//
// The struct says which properties are supported, which need a replacement
// ("Update requires" in docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference,
// createOnlyProperties in the published schemas), and which are inert: they
// change nothing that can be observed in the lab, for the reason beside them.
// Every other property, and every other type, is refused by name.
//
// Ids have AWS's form. They follow from the stack, the logical id and how often
// the resource was made: two runs of the same deployment have the same ids.
package resources
