package verification

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/build"
)

// FunctionsContext is the context key that names a folder with the functions'
// binaries, as in `cdk synth -c functions=dist`. The command lambda/build of this
// module makes them. Without it, the app compiles them with the local Go toolchain.
const FunctionsContext = "functions"

// compiled are the binaries that the app compiles, once per process.
var compiled = sync.OnceValues(func() (build.Binaries, error) { return build.Functions(".") })

// Prepare begins to compile the functions, or to find what was compiled before, beside
// whatever the caller does next: call it first in main, and CDK starts meanwhile. It is
// not needed, and does nothing where `-c functions=DIR` gives binaries.
func Prepare() {
	var context map[string]any
	_ = json.Unmarshal([]byte(os.Getenv("CDK_CONTEXT_JSON")), &context) // CDK says what is wrong with it
	if context[FunctionsContext] == nil {
		go func() { _, _ = compiled() }() // whoever needs the functions sees the error
	}
}

// packed is the deployment package of a function whose binary is in a folder: CDK uploads
// a zip file as it is, so that its hash is known at synthesis.
func packed(dir string) build.Package {
	made, err := build.Pack(dir)
	if err != nil {
		panic(err)
	}
	return made
}

// binaries are the folders of the functions' binaries. It panics if there are
// none: constructors have no other way to fail.
func binaries(scope constructs.Construct) build.Binaries {
	given := scope.Node().TryGetContext(jsii.String(FunctionsContext))
	if given == nil {
		found, err := compiled()
		if err != nil {
			panic(fmt.Errorf("compiling the verification's functions: %w", err))
		}
		return found
	}
	dir, ok := given.(string)
	if !ok || dir == "" {
		panic(fmt.Errorf("context %s: must be the path of a folder, got %v", FunctionsContext, given))
	}
	found, err := build.Prebuilt(dir)
	if err != nil {
		panic(fmt.Errorf("context %s: %w", FunctionsContext, err))
	}
	return found
}
