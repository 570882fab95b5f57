package region_test

import (
	"os"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/test/assembled"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// scenario returns a stack of the application.
func scenario(t *testing.T, id string) cfn.Stack {
	t.Helper()
	return assembled.Stack(t, id)
}
