// Package lazy makes values of claims that are known only when the template is
// written: when every construct of the stack has been made.
package lazy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// List returns a list that is produced when the template is written. An empty one
// is left out.
func List(produce func() []string) []string {
	token := *awscdk.Lazy_UncachedList(&list{produce}, &awscdk.LazyListValueOptions{OmitEmpty: jsii.Bool(true)})
	encoded := make([]string, len(token))
	for i, item := range token {
		encoded[i] = *item
	}
	return encoded
}

// Text returns a text that is produced when the template is written.
func Text(produce func() string) string {
	return *awscdk.Lazy_UncachedString(&text{produce}, nil)
}

// list and text are what JavaScript calls: their functions must not panic.
type (
	list struct{ produce func() []string }
	text struct{ produce func() string }
)

// Produce implements awscdk.IListProducer.
func (l *list) Produce(awscdk.IResolveContext) *[]*string { return jsii.Strings(l.produce()...) }

// Produce implements awscdk.IStringProducer.
func (t *text) Produce(awscdk.IResolveContext) *string { return jsii.String(t.produce()) }
