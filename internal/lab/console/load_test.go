package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/console/consoletest"
)

// The load: so many stacks with so many resources each, and so many browsers.
const (
	loadStacks    = 50
	loadResources = 100
	loadBrowsers  = 20
)

// topics is a stack of topics.
func topics(name string, n int) cfn.Stack {
	resources := map[string]any{}
	for i := range n {
		resources[fmt.Sprintf("Topic%03d", i)] = map[string]any{"Type": "AWS::SNS::Topic"}
	}
	template, err := json.Marshal(map[string]any{"Resources": resources})
	if err != nil {
		panic(err) // it is made of texts
	}
	return cfn.Stack{ID: name, Name: name, Template: template}
}

// Twenty browsers look at everything of fifty stacks with five thousand resources at once,
// each while it waits for changes; some vanish in the middle. Nothing is refused, and
// nothing is left running.
func TestLoad(t *testing.T) {
	t.Parallel()
	c := consoletest.New(t)
	for i := range loadStacks {
		c.Deployed(t, topics(fmt.Sprintf("Stack%02d", i), loadResources))
	}
	var paths []string
	for _, s := range c.Stacks() {
		base := "/console/stacks/ap-northeast-2/" + s.Name + "/" + s.ID[strings.LastIndex(s.ID, "/")+1:]
		for _, view := range []string{"", "/network", "/events", "/resources", "/resources/Topic042", "/outputs", "/parameters", "/template", "/logs"} {
			paths = append(paths, base+view)
		}
	}
	paths = append(paths, "/console/", "/console/monitoring/ap-northeast-2")
	began := time.Now()
	var browsers sync.WaitGroup
	var mu sync.Mutex
	bytes, slowest := 0, time.Duration(0)
	for b := range loadBrowsers {
		browsers.Go(func() {
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			events, err := ask(ctx, c.URL+"/console/changes")
			if err != nil {
				t.Error(err)
				return
			}
			defer events.Body.Close()
			if line, err := bufio.NewReader(events.Body).ReadString('\n'); err != nil || line != "data: changed\n" {
				t.Errorf("changes: %q, %v", line, err)
			}
			for i := range paths {
				if i%loadBrowsers != b && i < len(paths)-2 {
					continue // each page is looked at by one of them, the lists by all
				}
				start := time.Now()
				answer, err := ask(ctx, c.URL+paths[i])
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(answer.Body)
				answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusOK || !strings.HasSuffix(strings.TrimSpace(string(body)), "</html>") {
					t.Errorf("%s: status %d, %v, %d bytes", paths[i], answer.StatusCode, err, len(body))
				}
				mu.Lock()
				bytes, slowest = bytes+len(body), max(slowest, time.Since(start))
				mu.Unlock()
			}
			// It vanishes: half of a request, and nobody who reads the answer.
			gone, err := net.Dial("tcp", strings.TrimPrefix(c.URL, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprintf(gone, "GET %s HTTP/1.1\r\nHost: x\r\n\r\nGET /conso", paths[len(paths)-2])
			gone.Close()
		})
	}
	browsers.Wait()
	t.Logf("%d pages of %d stacks by %d browsers: %d kB in %s, the slowest after %s", len(paths)+2*(loadBrowsers-1), loadStacks, loadBrowsers, bytes/1000, time.Since(began), slowest)
	if _, answer := get(t, c.URL+"/console/"); answer.StatusCode != http.StatusOK {
		t.Errorf("afterwards: status %d", answer.StatusCode)
	}
}

func ask(ctx context.Context, url string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(r)
}

// Addresses that try to lead elsewhere lead nowhere, other methods do nothing, and a body
// that nobody asked for is not read.
func TestTricks(t *testing.T) {
	t.Parallel()
	c := consoletest.New(t)
	c.Deployed(t, topics("Stack", 1))
	info, _ := c.Stack("Stack")
	base := "/console/stacks/ap-northeast-2/Stack/" + info.ID[strings.LastIndex(info.ID, "/")+1:]
	for _, path := range []string{
		"/console/static/../pages/layout.html", "/console/static/..%2fpages/layout.html", "/console/static/%2e%2e/pages/layout.html",
		"/console/static//etc/passwd", "/console/static/style.css/x", base + "/resources/..%2f..%2fTopic000", base + "/resources/%00", base + "/logs/..",
		base + "/network/../../x", "/console/stacks/%2e%2e/Stack", "/console/stacks/ap-northeast-2/Stack%2f" + info.ID, "/console/instances/ap-northeast-2/..%2fi-1",
		"/console/" + strings.Repeat("a/", 2000), base + "/network?claim=" + strings.Repeat("x", 10000), base + "/events?all=%ff",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path) // as it is: a client would tidy it up
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%.80s: %v", path, err)
		}
		body, _ := io.ReadAll(answer.Body)
		conn.Close()
		_, query, _ := strings.Cut(path, "?")
		if ok := answer.StatusCode == http.StatusOK; ok != (query != "") || answer.StatusCode >= 500 {
			t.Errorf("%.80s: status %d", path, answer.StatusCode)
		}
		if strings.Contains(string(body), "{{") || strings.Contains(string(body), "root:") {
			t.Errorf("%.80s: it shows a file", path)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		r, err := http.NewRequestWithContext(t.Context(), method, c.URL+base, strings.NewReader(strings.Repeat("x", 8<<20)))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			continue // it hung up before the whole body was sent
		}
		answer.Body.Close()
		if answer.StatusCode < 400 || answer.StatusCode >= 500 {
			t.Errorf("%s: status %d", method, answer.StatusCode)
		}
	}
	if _, still := c.Stack("Stack"); !still {
		t.Error("the stack is gone")
	}
}
