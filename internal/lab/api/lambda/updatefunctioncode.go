package lambda

import (
	"context"
	"encoding/json"
	"net/http"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/functions"
)

// docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html. `cdk deploy --hotswap`
// and `cdk watch` call it. CloudFormation knows nothing of the new code, as on AWS.
func init() {
	register(http.MethodPut, "code", operation{action: "UpdateFunctionCode", validate: validateCode, run: updateFunctionCode})
}

// newCode is the request. ZipFile is the zip file itself, in Base64 on the way.
type newCode struct {
	ZipFile                                                     []byte
	S3Bucket, S3Key, S3ObjectVersion, ImageUri, SourceKMSKeyArn string
	Architectures                                               []string
	DryRun, Publish                                             bool
	RevisionID                                                  string `json:"RevisionId"`
}

func codeIn(r *api.Request) (c newCode, err error) {
	if err := json.Unmarshal(r.Body, &c); err != nil {
		return c, awserr.New("InvalidRequestContentException", "Could not parse request body into json: %v", err)
	}
	return c, nil
}

func validateCode(r *api.Request) error {
	c, err := codeIn(r)
	switch {
	case err != nil:
		return err
	case c.DryRun, c.Publish, c.ImageUri != "", c.RevisionID != "", len(c.Architectures) > 0, c.S3ObjectVersion != "":
		return awserr.New("InvalidParameterValueException", "the lab's UpdateFunctionCode takes ZipFile, or S3Bucket with S3Key, and nothing else")
	case (len(c.ZipFile) > 0) == (c.S3Bucket != "" && c.S3Key != ""):
		return awserr.New("InvalidParameterValueException", "Please provide a source for function code.")
	}
	return nil
}

func updateFunctionCode(_ context.Context, f Functions, arn string, r *api.Request) (*api.Reply, error) {
	given, err := codeIn(r)
	if err != nil {
		return nil, err
	}
	c, err := f.Config(arn)
	if err != nil {
		return nil, err
	}
	if c.Recode == nil {
		return nil, awserr.New("InvalidParameterValueException", "the code of the function %s cannot be changed", c.Name)
	}
	if c.Program, c.CodeSHA256, err = c.Recode(functions.Code{Zip: given.ZipFile, Bucket: given.S3Bucket, Key: given.S3Key}); err != nil {
		return nil, awserr.New("InvalidParameterValueException", "%v", err)
	}
	if err := f.Update(c); err != nil {
		return nil, err
	}
	out, err := configuration(f, arn)
	if err != nil {
		return nil, err
	}
	return api.ReplyJSON(out)
}
