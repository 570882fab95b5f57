package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"provenendpoints/internal/lab/server"
)

// A nested stack stands below the stack that it is in, by its name there, and not among the
// others.
func TestNestedStacksOnTheFirstPage(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	objects := s3.NewFromConfig(w.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	w.deploy("store", `{"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "templates"}}}}`)
	must[*s3.PutObjectOutput](t)(objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: ptr("templates"), Key: ptr("inner.json"), Body: strings.NewReader(
		`{"Description": "what is inside", "Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}}`)}))
	w.deploy("outer", `{"Resources": {"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://s3.ap-northeast-2.amazonaws.com/templates/inner.json"}}}}`)
	answer, err := http.Get(w.URL() + "/console/")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, row, _ := strings.Cut(string(page), ">outer</a>")
	row, _, _ = strings.Cut(row, "</tr>")
	for _, want := range []string{"1 nested stack<", ">Inner</a>", "what is inside"} {
		if !strings.Contains(row, want) {
			t.Errorf("the row of the outer stack has no %q: %s", want, row)
		}
	}
	if n := strings.Count(string(page), "<th scope=\"row\">"); n != 2 {
		t.Errorf("%d rows, want the two stacks that are nested in none", n)
	}
}
