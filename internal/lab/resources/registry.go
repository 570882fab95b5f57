package resources

import (
	"fmt"
	"reflect"

	"provenendpoints/internal/lab/cfn"
)

// registration is what a resource type's own file says about it.
type registration struct {
	// define makes the type for one Region.
	define func(*Resources) cfn.ResourceType
	// properties is the Go struct of the type's properties.
	properties reflect.Type
}

// supported holds the resource types by their CloudFormation names. The init
// functions beside the types fill it, and nothing changes it afterwards.
var supported = map[string]registration{}

// register adds a resource type. Each type's file calls it from init, so that
// a new type is one file.
func register[P any](name string, describe func(*Resources) cfn.Definition[P]) {
	if _, twice := supported[name]; twice {
		panic(fmt.Sprintf("resources: %s is registered twice", name))
	}
	supported[name] = registration{
		define:     func(r *Resources) cfn.ResourceType { return cfn.Define(describe(r)) },
		properties: reflect.TypeFor[P](),
	}
}
