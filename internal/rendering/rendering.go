// Package rendering shows a stack's template while CDK is still writing it.
//
// A proof must know the whole stack that it is part of: to run again when
// anything in it changes, and to run after everything else. CDK's public API
// shows a resource's properties but not what AddOverride and its like make of
// them, nor mappings and conditions. CDK itself asks each element for its part of
// the template; so does this package. That takes one class in JavaScript, since
// the method is not part of the API that jsii offers to Go. The class stands in
// the folder module and is handed to jsii as any other module is.
//
// It makes one call to Node for a whole stack, however large.
package rendering

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	jsii "github.com/aws/jsii-runtime-go/runtime"

	"provenendpoints/internal/template"
)

// moduleName and moduleVersion are those in the module's package.json.
const (
	moduleName    = "proven-endpoints-rendering"
	moduleVersion = "1.0.0"
)

// Of returns a stack's template as CDK would write it now. It fails where CDK
// could not write the template either.
//
// It may be called while CDK resolves a token of package lazy's Written, which
// produces nothing meanwhile. What other constructs add later is missing, so ask when
// the template is written, not before.
func Of(stack awscdk.Stack) (rendered *template.Template, err error) {
	// jsii reports JavaScript's errors by panics. A caller that JavaScript called
	// must not panic: that would end the kernel.
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("rendering the stack %s: %v", *stack.Node().Path(), reason)
		}
	}()
	load()
	var text string
	jsii.StaticInvoke(moduleName+".Rendering", "of", []any{stack}, &text)
	return template.Parse([]byte(text))
}

// Late is the JavaScript class that produces what is known when the template is
// written; see package lazy.
func Late() jsii.FQN {
	load()
	return moduleName + ".Late"
}

//go:embed module
var files embed.FS

// load gives the module to jsii, which ignores it if it has it already.
func load() { jsii.Load(moduleName, moduleVersion, archive()) }

// archive packs the module as npm does. jsii wants the assembly, which says
// what there is to call, under the name .jsii; Go would not embed that name.
var archive = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	tarred := tar.NewWriter(zipped)
	for _, file := range [][2]string{{"package.json", "package.json"}, {"assembly.json", ".jsii"}, {"index.js", "index.js"}} {
		content, err := files.ReadFile("module/" + file[0])
		if err != nil {
			panic(err) // it is embedded
		}
		// Writing to memory does not fail.
		_ = tarred.WriteHeader(&tar.Header{Name: "package/" + file[1], Mode: 0o644, Size: int64(len(content))})
		_, _ = tarred.Write(content)
	}
	_ = tarred.Close()
	_ = zipped.Close()
	return packed.Bytes()
})
