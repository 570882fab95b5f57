package server_test

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"provenendpoints/internal/lab/console/consoletest"
	"provenendpoints/internal/lab/server"
)

// Every page that a link leads to is there, is a whole document that a screen reader can
// find its way in, and writes what it shows as text.
func TestPages(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	w.deploy("Words", strings.Replace(parameters, "two parameters", `"<script>alert(1)</script>"`, 1))
	w.deploy("Fails", `{"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "Not a name"}}}}`)
	w.deploy("Net", hostile)
	seen := map[string]bool{}
	todo := []string{"/", "/console/stacks/ap-northeast-2/Net", "/console/stacks/ap-northeast-2/Words", "/console/static/live.js"}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		body, answer := get(t, w, at)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", at, answer.StatusCode)
			continue
		}
		if strings.Contains(body, "<script>alert") {
			t.Errorf("%s: a text became a script", at)
		}
		if !strings.Contains(answer.Header.Get("Content-Type"), "text/html") {
			continue
		}
		if !strings.Contains(answer.Header.Get("Content-Security-Policy"), "default-src 'none'") || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", at, answer.Header)
		}
		document, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, href := range checkDocument(t, at, document) {
			u, err := answer.Request.URL.Parse(href)
			if err != nil {
				t.Errorf("%s: link %q: %v", at, href, err)
			} else if "http://"+u.Host == w.URL() {
				todo = append(todo, u.RequestURI())
			}
		}
	}
	var views []string
	for at := range seen {
		if strings.Contains(at, "/Words/") {
			views = append(views, at[strings.LastIndex(at, "/")+1:])
		}
	}
	for _, at := range []string{"/network", "/network/picture.svg", "/resources/Subnet"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(seen)), func(s string) bool { return strings.Contains(s, "/Net/") && strings.HasSuffix(s, at) }) {
			t.Errorf("no link leads to %s", at)
		}
	}
	for _, view := range []string{"events", "resources", "outputs", "parameters", "template", "logs", "First", "Second"} {
		if !slices.Contains(views, view) {
			t.Errorf("no link leads to %s", view)
		}
	}
	for _, at := range []string{"/console/none", "/console/stacks/eu-west-1/Words", "/console/stacks/ap-northeast-2/None", "/console/stacks/ap-northeast-2/Words/x/events", "/console/static/none", "/console/../env/"} {
		if _, answer := get(t, w, at); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", at, answer.StatusCode)
		}
	}
}

// hostile is a network whose names want to be markup.
const hostile = `
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: Name, Value: "<script>alert(1)</script>"}]}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, Tags: [{Key: Name, Value: "\"><svg onload=alert(1)>"}]}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: none}}
  Interface: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet, GroupSet: [!Ref Group], Tags: [{Key: Name, Value: "</title><script>alert(1)</script>"}]}}
`

func get(t *testing.T, w *world, at string) (string, *http.Response) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.URL, err = url.Parse(w.URL() + at); err != nil {
		t.Fatal(err)
	}
	return consoletest.Answer(t, r)
}

// checkDocument checks a page's structure and returns its links.
func checkDocument(t *testing.T, at string, document *html.Node) (links []string) {
	t.Helper()
	count, ids := map[string]int{}, map[string]bool{}
	for n := range document.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Namespace == "" {
			count[n.Data]++
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		if id := attributes["id"]; id != "" {
			if ids[id] {
				t.Errorf("%s: the id %s is there twice", at, id)
			}
			ids[id] = true
		}
		switch n.Data {
		case "a":
			links = append(links, attributes["href"])
		case "html":
			if attributes["lang"] == "" {
				t.Errorf("%s: it has no language", at)
			}
		case "th":
			if s := attributes["scope"]; s != "col" && s != "row" {
				t.Errorf("%s: a header cell with scope %q", at, s)
			}
		case "nav":
			if attributes["aria-label"] == "" {
				t.Errorf("%s: a navigation without a name", at)
			}
		case "table":
			if n.FirstChild == nil || !slices.ContainsFunc(slices.Collect(n.ChildNodes()), func(c *html.Node) bool { return c.Data == "caption" }) {
				t.Errorf("%s: a table without a caption", at)
			}
		case "pre":
			if attributes["tabindex"] != "0" {
				t.Errorf("%s: text that scrolls and cannot be reached by keyboard", at)
			}
		case "script":
			if attributes["src"] == "" {
				t.Errorf("%s: a script inside of the page", at)
			}
		}
	}
	for _, one := range []string{"h1", "main", "header", "title"} {
		if count[one] != 1 {
			t.Errorf("%s: %d elements %s", at, count[one], one)
		}
	}
	for _, href := range links {
		if anchor, ok := strings.CutPrefix(href, "#"); ok && !ids[anchor] {
			t.Errorf("%s: nothing is at %s", at, href)
		}
	}
	return links
}

// A page is told when something changes.
func TestPagesAreTold(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL()+"/console/changes", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	const told = "data: changed\n\n"
	buffer := make([]byte, len(told))
	read := func() {
		t.Helper()
		if _, err := io.ReadFull(answer.Body, buffer); err != nil || string(buffer) != told {
			t.Fatalf("%q, %v", buffer, err)
		}
	}
	read() // at once
	w.deploy("Words", parameters)
	read()
}
