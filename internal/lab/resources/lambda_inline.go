package resources

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

// maxInline is the size limit of inline code, in characters
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html).
const maxInline = 4 << 20

// The module by which inline code answers CloudFormation: cfn-response for Node.js, cfnresponse
// for Python. Functions with other code do not have it
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html).
var (
	//go:embed inline/cfn-response.js
	responseJS []byte
	//go:embed inline/cfnresponse.py
	responsePython []byte
)

// inlineRoot is the folder of inline code, which is the file index of the runtime's language.
func (r *Resources) inlineRoot(p functionProps, family string) (string, error) {
	var files map[string][]byte
	code := []byte(p.Code.ZipFile)
	switch family {
	case "nodejs":
		files = map[string][]byte{"index.js": code, "node_modules/cfn-response/index.js": responseJS}
	case "python":
		files = map[string][]byte{"index.py": code, "cfnresponse.py": responsePython}
	default:
		return "", fmt.Errorf("property Code.ZipFile: the runtime %s takes no inline code", p.Runtime)
	}
	if len(code) > maxInline {
		return "", fmt.Errorf("property Code.ZipFile: %d characters are more than %d", len(code), maxInline)
	}
	return r.unpacked("inline "+family+p.Code.ZipFile, func(dir string) error {
		for name, text := range files {
			file := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(file, text, 0o644); err != nil {
				return err
			}
		}
		return nil
	})
}
