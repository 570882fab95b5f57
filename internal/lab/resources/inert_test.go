package resources

import (
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
)

// An inert type is accepted and says what does not happen. It is not supported as well.
func TestInertTypesAreAcceptedAndSaySo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name := range inertResources {
		typ, ok := w.Type(name)
		if inert, is := typ.(cfn.Inert); !ok || !is || inert.Inert(nil, nil) == "" {
			t.Errorf("%s: it does not say why", name)
		}
		if _, twice := registry[name]; twice {
			t.Errorf("%s is supported and inert", name)
		}
		made := w.make(name, "It", props{"Anything": 1})
		for _, attribute := range typ.(cfn.Attributed).Attributes() {
			if _, ok := made.Attributes[attribute]; !ok {
				t.Errorf("%s has no attribute %s", name, attribute)
			}
		}
		made.delete()
	}
	topic := w.make("AWS::SNS::Topic", "Topic", props{"TopicName": "news"})
	if !strings.HasSuffix(topic.id(), ":news") || topic.Attributes["TopicArn"] != topic.id() || topic.Attributes["TopicName"] != "news" {
		t.Errorf("topic %+v", topic.Result)
	}
	if log := w.make("AWS::EC2::FlowLog", "Log", nil); !strings.HasPrefix(log.id(), "fl-0") {
		t.Errorf("flow log %s", log.id())
	}
}
