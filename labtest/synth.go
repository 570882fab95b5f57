package labtest

// Synth synthesizes an awscdk.App or a Stage of one and returns the directory of the
// assembly:
//
//	lab := labtest.Deploy(t, labtest.Synth(app))
//
// The directory stays where the app puts it. CDK's Go bindings are not safe for concurrent use: no
// two tests may synthesize at the same time.
//
// The type parameters are found by the compiler: this package does not depend on CDK.
func Synth[Options any, Assembly interface{ Directory() *string }](app interface {
	Synth(*Options) Assembly
}) string {
	return *app.Synth(nil).Directory()
}
