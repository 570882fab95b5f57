package commands

import (
	"bufio"
	"context"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
)

func init() { register(runPython, "python3") }

// runPython is python3 -m http.server and nothing else
// (docs.python.org/3/library/http.server.html).
func runPython(ctx context.Context, p *Process) int {
	words := p.Args
	for len(words) > 0 && words[0] == "-u" {
		words = words[1:]
	}
	if len(words) < 2 || words[0] != "-m" || words[1] != "http.server" {
		return p.Fail(2, "python3: only -m http.server is supported, got %q", strings.Join(p.Args, " "))
	}
	f := p.flags()
	bind, directory := f.text("b", "bind", ""), f.text("d", "directory", ".")
	operands, status := f.parseWords(words[2:])
	if status != 0 {
		return status
	}
	port := 8000
	if len(operands) > 0 {
		var err error
		if port, err = strconv.Atoi(operands[0]); err != nil || port < 1 || port > 65535 || len(operands) > 1 {
			return p.Fail(2, "http.server: error: argument port: invalid int value: '%s'", strings.Join(operands, " "))
		}
	}
	switch bind.text {
	case "", "0.0.0.0", "::", p.Host.Addr().String():
	default:
		return p.Fail(2, "http.server: unsupported --bind %q", bind.text)
	}
	if p.Unprivileged && port < 1024 {
		return p.Fail(1, "PermissionError: [Errno 13] Permission denied")
	}
	listener, err := p.Host.Listen(port)
	if err != nil {
		return p.Fail(1, "OSError: [Errno 98] Address already in use: %v", err)
	}
	fmt.Fprintf(p.Out, "Serving HTTP on 0.0.0.0 port %d (http://0.0.0.0:%d/) ...\n", port, port)
	(&webServer{Process: p, root: p.path(directory.text)}).serve(ctx, listener)
	return 0
}

// webServer answers as Python's SimpleHTTPRequestHandler does.
type webServer struct {
	*Process
	root string
	// software is the Server header. Default: Python's.
	software string
	// noListing refuses folders without an index.
	noListing bool
}

// serve accepts connections until ctx is done, then closes those that are open.
func (w *webServer) serve(ctx context.Context, listener net.Listener) {
	var open sync.WaitGroup
	defer open.Wait()
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	defer listener.Close()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		open.Add(1)
		go func() {
			defer open.Done()
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			defer conn.Close()
			w.answer(conn)
		}()
	}
}

// answer serves one request. The protocol is HTTP/1.0: each request has a
// connection of its own.
func (w *webServer) answer(conn net.Conn) {
	out := bufio.NewWriter(conn)
	defer out.Flush()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	a := w.find(request)
	from, _ := netip.ParseAddrPort(conn.RemoteAddr().String())
	fmt.Fprintf(w.Err, "%s - - [%s] \"%s %s %s\" %d -\n", from.Addr(), w.Clock.Now().Format("02/Jan/2006 15:04:05"), request.Method, request.RequestURI, request.Proto, a.status)
	software := w.software
	if software == "" {
		software = "SimpleHTTP/0.6 Python/3.9"
	}
	fmt.Fprintf(out, "HTTP/1.0 %d %s\r\nServer: %s\r\nDate: %s\r\n", a.status, a.phrase, software, w.Clock.Now().UTC().Format(http.TimeFormat))
	for _, h := range a.headers {
		fmt.Fprintf(out, "%s: %s\r\n", h[0], h[1])
	}
	fmt.Fprintf(out, "Content-Length: %d\r\n\r\n", len(a.body))
	if request.Method != http.MethodHead {
		_, _ = out.Write(a.body)
	}
}

// webAnswer is a response.
type webAnswer struct {
	status  int
	phrase  string
	headers [][2]string
	body    []byte
}

func webError(status int, phrase, explain string) webAnswer {
	body := fmt.Sprintf("<!DOCTYPE HTML>\n<html>\n<head><title>Error response</title></head>\n<body>\n<h1>Error response</h1>\n<p>Error code: %d</p>\n<p>Message: %s.</p>\n<p>%s</p>\n</body>\n</html>\n", status, html.EscapeString(phrase), explain)
	return webAnswer{status, phrase, [][2]string{{"Content-Type", "text/html;charset=utf-8"}}, []byte(body)}
}

// find maps the request to a file or a directory of the root.
func (w *webServer) find(r *http.Request) webAnswer {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return webError(501, fmt.Sprintf("Unsupported method ('%s')", r.Method), "Server does not support this operation.")
	}
	missing := webError(404, "File not found", "Nothing matches the given URI.")
	// Clean keeps the path below the root.
	name := path.Join(w.root, path.Clean("/"+r.URL.Path))
	stat, err := w.Files.Stat(name)
	switch {
	case err != nil:
		return missing
	case !stat.IsDir() && strings.HasSuffix(r.URL.Path, "/"):
		return missing
	case !stat.IsDir():
		return w.file(name, stat)
	case !strings.HasSuffix(r.URL.Path, "/"):
		return webAnswer{status: 301, phrase: "Moved Permanently", headers: [][2]string{{"Location", r.URL.Path + "/"}}}
	}
	for _, index := range []string{"index.html", "index.htm"} {
		if stat, err := w.Files.Stat(path.Join(name, index)); err == nil && !stat.IsDir() {
			return w.file(path.Join(name, index), stat)
		}
	}
	if w.noListing {
		return webError(403, "Forbidden", "There is no index.")
	}
	return w.listing(name, r.URL.Path)
}

// contentTypes are Python's guesses by the extension of a file.
var contentTypes = map[string]string{
	".html": "text/html", ".htm": "text/html", ".txt": "text/plain", ".css": "text/css", ".js": "text/javascript",
	".json": "application/json", ".png": "image/png", ".svg": "image/svg+xml",
}

func (w *webServer) file(name string, stat os.FileInfo) webAnswer {
	data, err := w.Files.ReadFile(name)
	if err != nil {
		return webError(404, "File not found", "Nothing matches the given URI.")
	}
	kind, ok := contentTypes[strings.ToLower(path.Ext(name))]
	if !ok {
		kind = "application/octet-stream"
	}
	return webAnswer{200, "OK", [][2]string{{"Content-type", kind}, {"Last-Modified", stat.ModTime().UTC().Format(http.TimeFormat)}}, data}
}

func (w *webServer) listing(name, shown string) webAnswer {
	entries, err := w.Files.ReadDir(name)
	if err != nil {
		return webError(404, "No permission to list directory", "Nothing matches the given URI.")
	}
	title := "Directory listing for " + html.EscapeString(shown)
	var out strings.Builder
	fmt.Fprintf(&out, "<!DOCTYPE HTML>\n<html>\n<head>\n<title>%s</title>\n</head>\n<body>\n<h1>%s</h1>\n<hr>\n<ul>\n", title, title)
	for _, entry := range entries {
		label := entry.Name()
		if entry.IsDir() {
			label += "/"
		}
		fmt.Fprintf(&out, "<li><a href=\"%s\">%s</a></li>\n", url.PathEscape(entry.Name()), html.EscapeString(label))
	}
	out.WriteString("</ul>\n<hr>\n</body>\n</html>\n")
	return webAnswer{200, "OK", [][2]string{{"Content-type", "text/html; charset=utf-8"}}, []byte(out.String())}
}
