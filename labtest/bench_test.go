package labtest_test

import (
	"testing"

	"provenendpoints/labtest"
)

// BenchmarkTable is what a row of a table costs: a deployment and two assertions.
func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		lab := labtest.Deploy(b, "testdata/web")
		lab.Internet().Reaches("Web:80")
		lab.Internet().DoesNotReach("Web:22")
	}
}
