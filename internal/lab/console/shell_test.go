package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"provenendpoints/internal/lab/console/consoletest"
	"provenendpoints/internal/test/assembled"
)

// Somebody runs commands on an instance, whose packets go where the network lets them.
func TestShell(t *testing.T) {
	t.Parallel()
	c := consoletest.New(t)
	c.Deployed(t, assembled.Stack(t, assembled.InterfaceEndpoint))
	at := "/console/instances/ap-northeast-2/" + c.Instances()[0]
	for _, r := range c.Resources(assembled.InterfaceEndpoint) {
		if r.Type == "AWS::EC2::Instance" {
			if body, _ := get(t, c.URL+"/console/stacks/ap-northeast-2/InterfaceEndpoint"); body == "" {
				t.Error("no page")
			}
			info, _ := c.Stack(assembled.InterfaceEndpoint)
			page, _ := get(t, c.URL+"/console/stacks/ap-northeast-2/InterfaceEndpoint/"+info.ID[strings.LastIndex(info.ID, "/")+1:]+"/resources/"+r.LogicalID)
			if !strings.Contains(page, `href="`+at+`"`) {
				t.Error("the instance's page has no link to its shell")
			}
		}
	}
	if body, answer := get(t, c.URL+at+"?command=touch+/tmp/got"); answer.StatusCode != http.StatusOK || !strings.Contains(body, "<textarea") {
		t.Errorf("the form: status %d", answer.StatusCode)
	}
	for _, test := range []struct {
		command, want string
		status        int
	}{
		{"ls /tmp/got", "Exit status 2", http.StatusOK}, // what is only looked at does nothing
		{"dig +short cloudformation.ap-northeast-2.amazonaws.com", "52.95.", http.StatusOK},
		{"echo '<script>alert(1)</script>'; exit 3", "&lt;script&gt;alert(1)&lt;/script&gt;", http.StatusOK},
		{"exit 3", "Exit status 3.", http.StatusOK},
		{"nonsense", "unsupported command &#34;nonsense&#34;", http.StatusOK},
		{"for i in $(seq 1 400); do printf '%01024d' 7; done", "The rest of it is left out.", http.StatusOK},
		{strings.Repeat("#", 20000), "it has more than 16384 bytes", http.StatusRequestEntityTooLarge},
	} {
		body, answer := post(t, c.URL+at, test.command)
		if answer.StatusCode != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%.60q: status %d, want %d and %q:\n%.1500s", test.command, answer.StatusCode, test.status, test.want, body)
		}
		if strings.Contains(body, "<script>alert") || len(body) > 400<<10 {
			t.Errorf("%.60q: %d bytes", test.command, len(body))
		}
	}
	for _, none := range []string{"/console/instances/ap-northeast-2/i-none", "/console/instances/eu-west-1/" + c.Instances()[0]} {
		if _, answer := post(t, c.URL+none, "true"); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", none, answer.StatusCode)
		}
	}
}

func post(t *testing.T, at, command string) (string, *http.Response) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, strings.NewReader(url.Values{"command": {command}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return consoletest.Answer(t, r)
}
