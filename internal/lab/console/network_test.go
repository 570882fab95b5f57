package console_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"provenendpoints/internal/lab/console/consoletest"
	"provenendpoints/internal/test/assembled"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// The network's picture is a page, whose elements lead to the things' pages, and a file that
// can be shown as an image; a claim's path is singled out by a query.
func TestNetworkPage(t *testing.T) {
	t.Parallel()
	c := consoletest.New(t)
	c.Deployed(t, assembled.Stack(t, assembled.InterfaceEndpoint))
	info, ok := c.Stack(assembled.InterfaceEndpoint)
	if !ok {
		t.Fatal("there is no stack")
	}
	base := "/console/stacks/ap-northeast-2/InterfaceEndpoint/" + info.ID[strings.LastIndex(info.ID, "/")+1:] + "/network"
	all, _ := get(t, c.URL+base)
	if strings.Contains(all, ` chosen">`) || strings.Contains(all, `pic one`) {
		t.Error("a claim is singled out although none is chosen")
	}
	claims, things, chosen := map[string]bool{}, map[string]bool{}, 0
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(all, -1) {
		switch href := m[1]; {
		case strings.Contains(href, "?claim="):
			claims[href] = true
			body, answer := get(t, c.URL+href)
			n := strings.Count(body, ` chosen">`)
			if answer.StatusCode != http.StatusOK || n != 1 || strings.Contains(body, "pic one") != (n == 1) {
				t.Errorf("%s: status %d, %d claims are singled out", href, answer.StatusCode, n)
			}
			chosen += n
			// What was measured inside of a VPC was recorded packet by packet.
			if strings.HasSuffix(href, "-PrivateEndpointSecures") && (!strings.Contains(body, "ROUTED") || !strings.Contains(body, "DELIVERED")) {
				t.Errorf("%s: there is no trace", href)
			}
			if strings.HasSuffix(href, "-PrivateOtherUnreachable") && !strings.Contains(body, "DROPPED") {
				t.Errorf("%s: there is no trace of what was dropped", href)
			}
		case strings.Contains(href, "/resources/"):
			things[href] = true
			if _, answer := get(t, c.URL+href); answer.StatusCode != http.StatusOK {
				t.Errorf("%s: status %d", href, answer.StatusCode)
			}
		}
	}
	// Three of the thirty claims are about roles and the stack, which have no place in it.
	if len(claims) != 27 || chosen != 27 || len(things) < 15 {
		t.Errorf("links to %d claims, of which %d can be singled out, and %d things", len(claims), chosen, len(things))
	}
	file, answer := get(t, c.URL+base+"/picture.svg")
	if answer.Header.Get("Content-Type") != "image/svg+xml" || strings.Contains(file, `<a href="/`) {
		t.Errorf("the file: %v", answer.Header)
	}
	// The pages' policy allows the style sheet that is in the picture, and no other.
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'self' 'sha256-") {
		t.Errorf("policy %s", policy)
	}
	for _, at := range []string{base + "/none", base + "/picture.svg/none"} {
		if _, answer := get(t, c.URL+at); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", at, answer.StatusCode)
		}
	}
}

// The report has, for each claim that was measured, the way of its packets with the names
// of things.
func TestReportPage(t *testing.T) {
	t.Parallel()
	c := consoletest.New(t)
	c.Deployed(t, assembled.Stack(t, assembled.GatewayEndpoint))
	info, ok := c.Stack(assembled.GatewayEndpoint)
	if !ok {
		t.Fatal("there is no stack")
	}
	body, _ := get(t, c.URL+"/console/stacks/ap-northeast-2/GatewayEndpoint/"+info.ID[strings.LastIndex(info.ID, "/")+1:])
	for _, want := range []string{
		"<summary>The way of the packets</summary>", "DELIVERED   to com.amazonaws.ap-northeast-2.s3",
		"FORWARDED   by S3Endpoint to", "DROPPED     by NetworkPrivateRouteTable (rtb-",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

func get(t *testing.T, url string) (string, *http.Response) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.ReplaceAll(url, "&amp;", "&"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return consoletest.Answer(t, r)
}
