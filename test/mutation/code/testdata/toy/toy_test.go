package toy

import "testing"

func TestOf(t *testing.T) {
	for _, test := range []struct {
		name  string
		count int
		want  Size
	}{
		{"sheep", 1, Small}, {"sheep", 9, Small}, {"sheep", 10, Large}, {"herd", 0, Large}, {"swarm", 1, Large}, {"all sheep", 0, Large}, {"two sheep", 2, Small},
	} {
		if got, err := Of(test.name, test.count); got != test.want || err != nil {
			t.Errorf("%d %s: got %s, %v", test.count, test.name, got, err)
		}
	}
	if _, err := Of("sheep", -1); err == nil {
		t.Error("no error")
	}
}
